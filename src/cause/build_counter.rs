//! build-counter

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence};

/// How far apart two builds of one tree may be counted.
const STEPS: u64 = 1000;

/// Whether the words before a number say that it counts builds: `Build number: `, `build=`, `(Build #`; a build that is asked for
/// is a requirement.
fn context(before: &str) -> bool {
    if find::says(
        before,
        &[
            "require", "requires", "required", "needs", "minimum", "least", "since", "min", "max",
        ],
    ) {
        return false;
    }
    let key = before.trim_end_matches([' ', '\t', '"', '\'', '=', ':', '#']);
    [
        "build",
        "build number",
        "build_number",
        "build.number",
        "build-number",
        "build no.",
        "build_no",
    ]
    .iter()
    .any(|words| {
        key.strip_suffix(words)
            .is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || "_.-".contains(c)))
    })
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
            what: "A counter of builds is part of the output.",
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
        let tokens = |text: &[u8]| find::runs(text, |c| c.is_ascii_alphanumeric() || c == b'.');
        let accept = |pair| {
            let (x, y) = find::sides(case, pair);
            number(x).zip(number(y)).is_some_and(|(x, y)| x.abs_diff(y) <= STEPS)
                && context(&find::before(&case.a.unit, pair.a.start, 40))
        };
        Evidence::likely(find::only(case, find::around(case, tokens, accept)))
    }
}
