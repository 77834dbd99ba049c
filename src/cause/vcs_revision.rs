//! vcs-revision

use super::{Advice, Cause, Survey, find};
use crate::model::{CauseId, Difference, Evidence};

/// Words that say that a hash names a commit.
const WORDS: &[&str] = &[
    "commit",
    "revision",
    "rev",
    "git",
    "vcs",
    "changeset",
    "sha",
    "head",
    "hg",
    "githash",
    "gitcommit",
];

/// 7 to 40 lower-case hexadecimal digits (git abbreviates to 7 or more).
fn revision(text: &[u8]) -> bool {
    (7..=40).contains(&text.len()) && text.iter().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(c))
}

/// Hexadecimal commit names where a text says that they are.
pub struct VcsRevision;

impl Cause for VcsRevision {
    fn id(&self) -> CauseId {
        "vcs-revision"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A revision of the version control system stands in the output.",
            why: "The build asked git (or the like) for the commit, or whether the tree is clean; a release tarball and a checkout answer differently.",
            fix: "write the version to a file in the release tarball; go build -buildvcs=false; git describe --abbrev=12; build from a clean tree",
            references: &["https://reproducible-builds.org/docs/version-information/"],
        }
    }
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        if !find::textual(difference) {
            return None;
        }
        let tokens = |text: &[u8]| find::runs(text, |c| c.is_ascii_hexdigit() || c.is_ascii_alphanumeric());
        let accept = |pair: crate::model::Change| {
            let (x, y) = find::sides(difference, pair);
            let before = find::before(&difference.a.unit, pair.a.start, 48);
            // `git describe` puts a `g` before the hash: v1.2-3-gabcdef0.
            let (x, y, described) = match (x.strip_prefix(b"g"), y.strip_prefix(b"g")) {
                (Some(x), Some(y)) if before.ends_with('-') => (x, y, true),
                _ => (x, y, false),
            };
            revision(x) && revision(y) && (described || find::says(&before, WORDS))
        };
        Evidence::likely(find::around(difference, tokens, accept))
    }
}
