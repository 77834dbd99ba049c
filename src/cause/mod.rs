//! Causes: each looks at one difference, by role and value, and says which bytes it accounts for. One file a cause, with its fix.

mod acts;
mod ar_mtime;
mod ar_uid_gid;
mod archive_mtime;
mod archive_owner;
mod aslr_pointer;
mod build_counter;
mod build_id_only;
mod build_id_random;
mod build_path;
mod build_path_depth;
mod compiler_random_seed;
mod compression_settings;
mod copyright_year;
mod cpp_date_time;
mod cpp_file_macro;
mod cpp_timestamp_macro;
mod cpu_count;
mod date;
mod dependency_drift;
mod derived_hash;
mod doc_generator_date;
mod embedded_signature;
mod embedded_timestamp;
mod env_capture;
mod find;
mod gzip_mtime;
mod gzip_name;
mod hash_order;
mod hostname;
mod java_manifest_built_by;
mod java_manifest_date;
mod java_properties_date;
mod kernel_version;
mod known;
mod line_endings;
mod link_order;
mod list;
mod locale_collation;
mod locale_encoding;
mod locale_translated;
mod macho_oso_mtime;
mod macho_uuid;
mod oci_created;
mod parallel_compression;
mod path;
mod pe_debug_guid;
mod pe_timestamp;
mod places;
mod png_date;
mod pot_creation_date;
mod process_id;
mod ps_dvi_date;
mod pyc_marshal_refs;
mod pyc_mtime;
mod random_temp_path;
mod random_uuid;
mod random_value;
mod readdir_order;
mod records_build_flags;
mod rpath_build_path;
mod survey;
mod tar_pax_times;
mod timezone;
mod toolchain_version;
mod umask_permissions;
mod username;
mod usrmerge_path;
mod vcs_revision;

pub use known::{Adopted, Book, Hit, vouches};
pub use survey::{Member, Survey};

use crate::model::{CauseId, Change, Claim, Confidence, Difference, Evidence, FactKind, Span};
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
    /// What a record of the build must tell to vouch for a claim of this cause.
    fn facts(&self) -> &'static [FactKind] {
        &[]
    }
    /// Recorded values that are this cause's wherever they stand, also where no form shows it.
    fn adopts(&self) -> &'static [FactKind] {
        &[]
    }
    /// What this cause accounts for in a difference. `difference.changes` holds what no cause has claimed yet.
    fn examine(&self, difference: &Difference, survey: &Survey) -> Option<Evidence>;
}

/// Every cause, in the order in which they are asked: the more specific first.
pub static CAUSES: &[&dyn Cause] = &[
    &gzip_mtime::GzipMtime,
    &derived_hash::DerivedHash,
    &umask_permissions::UmaskPermissions,
    &archive_owner::ArchiveOwner,
    &ar_mtime::ArMtime,
    &ar_uid_gid::ArUidGid,
    &gzip_name::GzipName,
    &tar_pax_times::TarPaxTimes,
    &pe_timestamp::PeTimestamp,
    &macho_oso_mtime::MachoOsoMtime,
    &pyc_mtime::PycMtime,
    &pyc_marshal_refs::PycMarshalRefs,
    &png_date::PngDate,
    &parallel_compression::ParallelCompression,
    &compression_settings::CompressionSettings,
    &build_id_random::BuildIdRandom,
    &build_id_only::BuildIdOnly,
    &macho_uuid::MachoUuid,
    &pe_debug_guid::PeDebugGuid,
    &embedded_signature::EmbeddedSignature,
    &locale_collation::LocaleCollation,
    &readdir_order::ReaddirOrder,
    &link_order::LinkOrder,
    &hash_order::HashOrder,
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
    &cpp_timestamp_macro::CppTimestampMacro,
    &copyright_year::CopyrightYear,
    &embedded_timestamp::EmbeddedTimestamp,
    &line_endings::LineEndings,
    &locale_encoding::LocaleEncoding,
    &locale_translated::LocaleTranslated,
    &usrmerge_path::UsrmergePath,
    &records_build_flags::RecordsBuildFlags,
    &env_capture::EnvCapture,
    &compiler_random_seed::CompilerRandomSeed,
    &process_id::ProcessId,
    &kernel_version::KernelVersion,
    &rpath_build_path::RpathBuildPath,
    &random_temp_path::RandomTempPath,
    &cpp_file_macro::CppFileMacro,
    &build_path::BuildPath,
    &build_path_depth::BuildPathDepth,
    &vcs_revision::VcsRevision,
    &random_uuid::RandomUuid,
    &aslr_pointer::AslrPointer,
    &toolchain_version::ToolchainVersion,
    &cpu_count::CpuCount,
    &hostname::Hostname,
    &username::Username,
    &build_counter::BuildCounter,
    &random_value::RandomValue,
    &dependency_drift::DependencyDrift,
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
        // The two places of a tool are one on every merged system, also where it is run.
        if evidence.confidence == Confidence::Likely
            && cause.id() != "usrmerge-path"
            && acts::on(difference, &evidence.claims)
        {
            evidence = evidence.with(Confidence::Possible);
        }
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
