//! build-counter

use super::{Advice, Case, Cause, find, statement::Statement};
use crate::model::{CauseId, Evidence};

/// How far apart two builds of one tree may be counted.
const STEPS: u64 = 1000;

/// Whether the words before a number say that it counts builds: a line that says nothing but `Build number: `, or `#N` with a version
/// before it, as Linux's banner has; a build that is asked for is a requirement.
fn context(before: &str) -> bool {
    let key = before.trim_end_matches([' ', '\t', '"', '\'', '=', ':']);
    if let Some(banner) = key.strip_suffix('#') {
        let version = |word: &str| {
            word.contains('.')
                && word
                    .trim_start_matches(['v', '('])
                    .starts_with(|c: char| c.is_ascii_digit())
        };
        // The name, the version, and what `uname -v` and the like put behind it.
        let place = banner.split_whitespace().position(version);
        let linux = banner.contains("linux version");
        return key.len() == before.len() && place.is_some_and(|place| linux || place <= 1);
    }
    let line = key.trim_start_matches([' ', '\t', '"', '\'', '#', ';', '/', '*', '{', ',', '!']);
    let line = line.strip_prefix("define ").unwrap_or(line).trim();
    key.len() < before.len()
        && matches!(
            line,
            "build number" | "build_number" | "build.number" | "build-number" | "build no." | "build_no"
        )
}

/// A number that each build increments.
pub struct BuildCounter;

impl Cause for BuildCounter {
    fn id(&self) -> CauseId {
        "build-counter"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The output contains a counter of builds.",
            why: "It goes up by one with every build in a tree, so no two builds are equal.",
            fix: "drop the counter, or give it from outside: KBUILD_BUILD_VERSION=1; ant -Dbuild.number=0",
            references: &["https://docs.kernel.org/kbuild/reproducible-builds.html"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["mtime", "filesystem"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<u64>().ok();
        let part = |c: u8| c.is_ascii_alphanumeric() || c == b'.';
        let accept = |pair| {
            let (x, y) = find::sides(case, pair);
            number(x).zip(number(y)).is_some_and(|(x, y)| x.abs_diff(y) <= STEPS)
                && !Statement::of(case, pair).limited()
                && context(&find::before(&case.a.unit, pair.a.start, 80))
        };
        Evidence::likely(find::only(case, find::words(case, part, accept)))
    }
}
