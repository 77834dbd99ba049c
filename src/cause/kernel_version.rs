//! kernel-version

use super::{Advice, Case, Cause, find, statement::Statement};
use crate::model::{CauseId, Evidence};

/// The release of the running kernel.
pub struct KernelVersion;

impl Cause for KernelVersion {
    fn id(&self) -> CauseId {
        "kernel-version"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::KERNELS
    }
    fn adopts(&self) -> &'static [super::FactKind] {
        super::known::KERNELS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The output contains the version of the kernel that ran the build.",
            why: "Something asked uname.",
            fix: "leave uname -r and -v out; set CMAKE_SYSTEM_VERSION; KBUILD_BUILD_VERSION and KBUILD_BUILD_TIMESTAMP for Linux itself",
            references: &["https://reproducible-builds.org/docs/env-variations/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["kernel"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let part = |c: u8| c.is_ascii_alphanumeric() || b".+~_-".contains(&c);
        let release = |text: &[u8]| {
            let text = String::from_utf8_lossy(text);
            let number = text.split(['-', '+', '_']).next().unwrap_or_default();
            let parts: Vec<&str> = number.split('.').collect();
            // x.y.z and what the distribution adds: `-18-amd64`, `.fc38.x86_64`.
            parts.len() >= 3
                && parts[..3]
                    .iter()
                    .all(|p| !p.is_empty() && p.len() <= 3 && p.bytes().all(|c| c.is_ascii_digit()))
        };
        let named = |text: &[u8]| text.iter().any(|&c| matches!(c, b'-' | b'_' | b'+'));
        Evidence::likely(find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            if !release(x) || !release(y) {
                return false;
            }
            let before = find::before(&case.a.unit, pair.a.start, 60);
            let key = before.trim_end_matches([' ', '\t', '"', '\'', '=', ':', '(', '-']);
            let statement = Statement::of(case, pair);
            if statement.limited() || before.trim_start().starts_with("- ") {
                return false;
            }
            let near = |words: &[&str]| words.iter().any(|word| key.ends_with(word));
            // A key such as `kernel` may say which are meant; these are written by what ran there.
            let kernel = near(&[
                "cmake_host_system_version",
                "cmake_system_version",
                "uname",
                "uname -r",
                "uname_r",
                "linux version",
            ]);
            // As `uname -sr` prints it.
            let exact = case.a.unit[..pair.a.start].ends_with(b"Linux ") && {
                let said = before.strip_suffix("linux ").unwrap_or(&before);
                let words = ["build", "built", "compiled", "configured", "uname", "host_os", "made"];
                statement.commented() || find::says(said, &words) || !said.contains(|c: char| c.is_alphanumeric())
            };
            kernel || exact && (named(x) || named(y))
        }))
    }
}
