//! Causes: each looks at one difference, by role and value, and says which bytes it accounts for. One file a cause, with its fix.

mod archive_mtime;
mod derived_hash;
mod find;
mod gzip_mtime;
mod survey;

pub use survey::Survey;

use crate::model::{CauseId, Change, Claim, Confidence, Difference, Evidence};

/// What a person needs to know of a cause.
#[derive(Clone, Copy, Debug)]
pub struct Advice {
    /// One line: what it is. Starts a sentence: "Archive members carry the time at which …".
    pub what: &'static str,
    /// Why it makes builds differ.
    pub why: &'static str,
    /// What to do about it, as commands and settings.
    pub fix: &'static str,
    /// Where to read more.
    pub references: &'static [&'static str],
}

/// One cause of differing builds.
pub trait Cause: Sync {
    /// Kebab-case, names the defect.
    fn id(&self) -> CauseId;
    /// Time, path, order, locale, environment, random, container or knock-on.
    fn group(&self) -> &'static str;
    /// What to tell a person.
    fn advice(&self) -> Advice;
    /// What this cause accounts for in a difference. `difference.changes` holds what no cause has claimed yet.
    fn examine(&self, difference: &Difference, survey: &Survey) -> Option<Evidence>;
}

/// Every cause, in the order in which they are asked: the more specific first.
pub static CAUSES: &[&dyn Cause] = &[
    &gzip_mtime::GzipMtime,
    &archive_mtime::ArchiveMtime,
    &derived_hash::DerivedHash,
];

/// The cause of an id.
pub fn by_id(id: &str) -> Option<&'static dyn Cause> {
    CAUSES.iter().copied().find(|cause| cause.id() == id)
}

/// Asks every cause, in order, about one difference, until all its changes are claimed.
pub fn attribute(difference: &mut Difference, survey: &Survey) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for cause in CAUSES {
        if difference.changes.is_empty() {
            break;
        }
        let Some(mut evidence) = cause.examine(difference, survey) else {
            continue;
        };
        let taken = |change: &Change| {
            claims.iter().any(|c| {
                c.evidence.confidence != Confidence::Possible && c.evidence.claims.iter().any(|t| overlap(t, change))
            })
        };
        evidence.claims.retain(|change| !taken(change));
        if evidence.claims.is_empty() {
            continue;
        }
        if evidence.confidence != Confidence::Possible {
            difference.changes.retain(|change| {
                !evidence
                    .claims
                    .iter()
                    .any(|c| c.a.contains(change.a) && c.b.contains(change.b))
            });
        }
        claims.push(Claim {
            cause: cause.id(),
            evidence,
        });
    }
    claims
}

fn overlap(x: &Change, y: &Change) -> bool {
    let meet = |p: crate::model::Span, q: crate::model::Span| p.start < q.end && q.start < p.end;
    meet(x.a, y.a) || meet(x.b, y.b)
}
