//! vcs-revision

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Difference, Evidence};

/// Words that say that a hash names a commit.
const WORDS: &[&str] = &[
    "commit",
    "revision",
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

/// A file that pins what others provide.
fn lock(difference: &Difference) -> bool {
    let pins = |name: &str| {
        name.ends_with(".lock") || name.ends_with("-lock.json") || matches!(name, "go.sum" | "go.mod" | ".gitmodules")
    };
    difference.address.split('/').any(pins)
}

/// The tag of what `git describe` prints: `TAG-N-gHASH`, `TAG-dirty` or both.
fn described(text: &[u8]) -> Option<&[u8]> {
    let clean = text.strip_suffix(b"-dirty").or_else(|| text.strip_suffix(b"+dirty"));
    let rest = clean.unwrap_or(text);
    let Some(at) = memchr::memmem::rfind(rest, b"-g") else {
        return clean;
    };
    let (count_end, hash) = (at, &rest[at + 2..]);
    let start = memchr::memrchr(b'-', &rest[..count_end])?;
    let count = &rest[start + 1..count_end];
    (revision(hash) && !count.is_empty() && count.iter().all(u8::is_ascii_digit)).then(|| &rest[..start])
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
    fn consistent(&self) -> bool {
        true
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let tokens = |text: &[u8]| find::runs(text, |c| c.is_ascii_hexdigit() || c.is_ascii_alphanumeric());
        let accept = |pair: crate::model::Change| {
            let (x, y) = find::sides(case, pair);
            let before = find::before(&case.a.unit, pair.a.start, 160);
            // Which sources to fetch, not which were built.
            if before.contains("://") || find::says(&before, &["rev", "uses"]) || lock(case) {
                return false;
            }
            let before = find::before(&case.a.unit, pair.a.start, 48);
            // `git describe` puts a `g` before the hash: v1.2-3-gabcdef0.
            let (x, y, described) = match (x.strip_prefix(b"g"), y.strip_prefix(b"g")) {
                (Some(x), Some(y)) if before.ends_with('-') => (x, y, true),
                _ => (x, y, false),
            };
            // A short number is a number.
            let hash = |text: &[u8]| revision(text) && (text.len() == 40 || text.iter().any(u8::is_ascii_alphabetic));
            hash(x) && hash(y) && !find::says(&before, &["key"]) && (described || find::says(&before, WORDS))
        };
        let mut claims = find::around(
            case,
            |text| find::runs(text, |c| c.is_ascii_alphanumeric() || b"-+._~".contains(&c)),
            |pair| {
                let (x, y) = find::sides(case, pair);
                described(x).is_some_and(|x| described(y).is_some_and(|y| x == y))
            },
        );
        claims.extend(
            find::around(case, tokens, accept)
                .into_iter()
                .filter(|c| !claims.iter().any(|d| d.a.contains(c.a)))
                .collect::<Vec<_>>(),
        );
        Evidence::likely(claims)
    }
}
