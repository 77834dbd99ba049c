//! toolchain-version

use super::{Advice, Case, Cause, find, java_manifest_date};
use crate::model::{CauseId, Evidence, Role, Span, Warrant};
use std::cell::LazyCell;

/// Versions of the tools that built.
pub struct ToolchainVersion;

impl Cause for ToolchainVersion {
    fn id(&self) -> CauseId {
        "toolchain-version"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TOOLS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The tools of the build had other versions.",
            why: "Compilers, linkers and archivers write their version into what they make.",
            fix: "pin the toolchain: a .buildinfo, a lock file, or an image by digest",
            references: &[
                "https://reproducible-builds.org/docs/recording/",
                "https://reproducible-builds.org/docs/definition-strategies/",
            ],
        }
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role == Role::Version && case.both() && !readable(&case.a.unit) {
            // Systems behave to a program as its SDK expects.
            let acted = case.name().ends_with("SDK version");
            return Some(Evidence::whole(case).by_if(Warrant::Structure, !acted));
        }
        if !find::textual(case) {
            return None;
        }
        // The whole line is read once, and only if a tool is named in it.
        let asked = LazyCell::new(|| {
            let line = String::from_utf8_lossy(&case.a.unit).to_lowercase();
            let words = ["need", "needs", "require", "requires", "required", "minimum", "least"];
            find::says(&line, &words)
        });
        let evidence = Evidence::likely(find::around(case, versions, |pair| {
            let before = find::before(&case.a.unit, pair.a.start, 120);
            case.role == Role::Version
                || (tool(before.trim_start()) || manifest(case) && key(before.trim_start())) && !*asked
        }))?;
        // Nothing acts on these keys of a manifest.
        let whole = String::from_utf8_lossy(&case.a.unit).to_lowercase();
        let known = java_manifest_date::manifest(case) && key(whole.trim_start());
        Some(evidence.by_if(Warrant::Structure, known))
    }
}

fn readable(bytes: &[u8]) -> bool {
    bytes.len() > 4 && bytes.iter().all(|&c| c == 0 || c == b'\n' || c == b'\r' || c >= 0x20)
}

/// `12.2.0`, `12.2.0-14+deb12u1`, `17.0.9+9-Debian-1`: numbers with dots, and what a distribution adds. A number alone counts behind
/// a key that names a version.
fn versions(text: &[u8]) -> Vec<Span> {
    find::runs(text, |c| c.is_ascii_alphanumeric() || b".+~-_:".contains(&c))
        .into_iter()
        .filter(|s| text[s.start].is_ascii_digit())
        .collect()
}

/// Whether the line up to a version names a tool that builds.
fn tool(before: &str) -> bool {
    const TOOLS: &[&str] = &[
        "gcc: (",
        "clang version ",
        "rustc version ",
        "gnu c",
        "gnu as ",
        "gnu ld ",
        "linker: lld ",
        "go cmd/compile go",
    ];
    // `GNU ld (GNU Binutils for Debian) 2.40`: what the vendor says of itself may stand between.
    let follows = |rest: &str| {
        let rest = rest
            .trim_start_matches(|c: char| c.is_ascii_alphanumeric())
            .trim_start();
        let vendor = rest.matches('(').count() <= 1 && !rest.contains([';', ',', '=', '#', ':']);
        rest.is_empty() || vendor && (!rest.contains(')') || rest.trim_end().ends_with(')'))
    };
    TOOLS.iter().any(|tool| {
        let at = before.rfind(tool).filter(|&at| at == 0 || before[..at].ends_with(' '));
        at.is_some_and(|at| follows(&before[at + tool.len()..]))
    })
}

/// Whether a line of a jar's manifest names a tool.
fn key(before: &str) -> bool {
    const KEYS: &[&str] = &[
        "created-by:",
        "build-jdk:",
        "build-jdk-spec:",
        "build-tool:",
        "tool:",
        "ant-version:",
        "gradle-version:",
        "bnd-version:",
    ];
    KEYS.iter().any(|key| before.starts_with(key))
}

/// A jar's manifest, by how it begins: the same keys elsewhere ask for a version.
fn manifest(case: &Case<'_>) -> bool {
    let member = case.survey.container(case);
    member
        .is_some_and(|member| member.a.starts_with(b"Manifest-Version:") && member.b.starts_with(b"Manifest-Version:"))
}
