//! Causes: each looks at one difference, by role and value, and says which bytes it accounts for. One file a cause, with its fix.

mod archive_mtime;
mod aslr_pointer;
mod build_path;
mod build_path_depth;
mod copyright_year;
mod cpp_date_time;
mod cpp_file_macro;
mod date;
mod derived_hash;
mod doc_generator_date;
mod embedded_timestamp;
mod find;
mod gzip_mtime;
mod hostname;
mod java_manifest_built_by;
mod java_manifest_date;
mod java_properties_date;
mod oci_created;
mod path;
mod pot_creation_date;
mod ps_dvi_date;
mod random_temp_path;
mod random_uuid;
mod random_value;
mod rpath_build_path;
mod survey;
mod timezone;
mod username;
mod vcs_revision;

pub use survey::{Member, Survey};

use crate::model::{CauseId, Change, Claim, Confidence, Difference, Evidence, Span};
use std::collections::{BTreeMap, BTreeSet};

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
    /// Whether one value on side a must stand for one value on side b throughout, and the other way round: a name that became two
    /// names is no variation of the environment.
    fn consistent(&self) -> bool {
        false
    }
    /// What this cause accounts for in a difference. `difference.changes` holds what no cause has claimed yet.
    fn examine(&self, difference: &Difference, survey: &Survey) -> Option<Evidence>;
}

/// Every cause, in the order in which they are asked: the more specific first.
pub static CAUSES: &[&dyn Cause] = &[
    &gzip_mtime::GzipMtime,
    &derived_hash::DerivedHash,
    &timezone::Timezone,
    &archive_mtime::ArchiveMtime,
    &java_properties_date::JavaPropertiesDate,
    &java_manifest_date::JavaManifestDate,
    &java_manifest_built_by::JavaManifestBuiltBy,
    &pot_creation_date::PotCreationDate,
    &ps_dvi_date::PsDviDate,
    &oci_created::OciCreated,
    &doc_generator_date::DocGeneratorDate,
    &cpp_date_time::CppDateTime,
    &copyright_year::CopyrightYear,
    &embedded_timestamp::EmbeddedTimestamp,
    &rpath_build_path::RpathBuildPath,
    &random_temp_path::RandomTempPath,
    &cpp_file_macro::CppFileMacro,
    &build_path::BuildPath,
    &build_path_depth::BuildPathDepth,
    &vcs_revision::VcsRevision,
    &random_uuid::RandomUuid,
    &aslr_pointer::AslrPointer,
    &hostname::Hostname,
    &username::Username,
    &random_value::RandomValue,
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

/// Takes back the claims in which a value of one side stands for two values of the other.
pub fn check_consistency(entries: &mut [(&mut Difference, &mut Vec<Claim>)]) {
    let value = |unit: &[u8], span: Span| unit[span.start..span.end].to_vec();
    for cause in CAUSES.iter().filter(|cause| cause.consistent()) {
        let (mut forth, mut back): (Partners, Partners) = Default::default();
        for (difference, claims) in entries.iter() {
            for claim in claims.iter().filter(|claim| claim.cause == cause.id()) {
                for change in &claim.evidence.claims {
                    let (x, y) = (value(&difference.a.unit, change.a), value(&difference.b.unit, change.b));
                    forth.entry(x.clone()).or_default().insert(y.clone());
                    back.entry(y).or_default().insert(x);
                }
            }
        }
        let many = |partners: &Partners, key: &[u8]| partners.get(key).is_some_and(|set| set.len() > 1);
        for (difference, claims) in entries.iter_mut() {
            claims.retain(|claim| {
                let broken = claim.cause == cause.id()
                    && claim.evidence.claims.iter().any(|change| {
                        many(&forth, &value(&difference.a.unit, change.a))
                            || many(&back, &value(&difference.b.unit, change.b))
                    });
                if broken && claim.evidence.confidence != Confidence::Possible {
                    difference.changes.extend(claim.evidence.claims.iter().copied());
                }
                !broken
            });
        }
    }
}

/// What stands on the other side where a value stands on this.
type Partners = BTreeMap<Vec<u8>, BTreeSet<Vec<u8>>>;

fn overlap(x: &Change, y: &Change) -> bool {
    let meet = |p: Span, q: Span| p.start < q.end && q.start < p.end;
    meet(x.a, y.a) || meet(x.b, y.b)
}
