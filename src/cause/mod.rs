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
mod cpio_inode;
mod cpp_date_time;
mod cpp_file_macro;
mod cpp_timestamp_macro;
mod cpu_count;
mod date;
mod dependency_drift;
mod derived_hash;
mod doc_generator_date;
mod document;
mod embedded_signature;
mod embedded_timestamp;
mod env_capture;
mod find;
mod fix;
mod fs_image_timestamp;
mod fs_layout;
mod fs_uuid;
mod fs_volume_id;
mod gather;
mod gzip_mtime;
mod gzip_name;
mod hash_order;
mod hostname;
mod inert;
mod installed;
mod iso_volume_date;
mod java_bytecode_nondeterminism;
mod java_manifest_built_by;
mod java_manifest_date;
mod java_properties_date;
mod kernel_version;
mod known;
mod ldconfig_cache;
mod line_endings;
mod link_order;
mod list;
mod locale_collation;
mod locale_encoding;
mod locale_translated;
mod machine_id;
mod macho_oso_mtime;
mod macho_uuid;
mod oci_created;
mod openpgp;
mod package_manager_log;
mod parallel_compression;
mod password_day;
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
mod recoded;
mod records_build_flags;
mod rpath_build_path;
mod rpm_buildtime;
mod scripts;
mod statement;
mod survey;
mod tar_pax_times;
mod timezone;
mod toolchain_version;
mod umask_permissions;
mod username;
mod usrmerge_path;
mod vcs_revision;

pub use fix::{Fix, fix};
pub use known::{About, Book, Hit};
pub use survey::{Member, Survey};

use crate::model::{
    Attribution, CauseId, Change, Claim, Confidence, Difference, Evidence, FactKind, RuleHelp, Span, Warrant,
};
use rayon::prelude::*;
use std::{cell::OnceCell, collections::BTreeMap, ops::Deref};

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
    /// Fixes for what single tools make, the most special first; the advice has the general one.
    fn fixes(&self) -> &'static [Fix] {
        &[]
    }
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
    /// The variations that bring it about, the most usual first; none where no variation does.
    fn variations(&self) -> &'static [&'static str] {
        &[]
    }
    /// What this cause accounts for.
    fn examine(&self, case: &Case<'_>) -> Option<Evidence>;
}

/// Every cause, in the order in which they are asked: the more specific first.
pub static CAUSES: &[&dyn Cause] = &[
    &gzip_mtime::GzipMtime,
    &fs_image_timestamp::FsImageTimestamp,
    &fs_uuid::FsUuid,
    &fs_volume_id::FsVolumeId,
    &fs_layout::FsLayout,
    &iso_volume_date::IsoVolumeDate,
    &derived_hash::DerivedHash,
    &umask_permissions::UmaskPermissions,
    &ar_mtime::ArMtime,
    &ar_uid_gid::ArUidGid,
    &archive_owner::ArchiveOwner,
    &cpio_inode::CpioInode,
    &gzip_name::GzipName,
    &tar_pax_times::TarPaxTimes,
    &macho_oso_mtime::MachoOsoMtime,
    &pe_timestamp::PeTimestamp,
    &pyc_mtime::PycMtime,
    &pyc_marshal_refs::PycMarshalRefs,
    &java_bytecode_nondeterminism::JavaBytecodeNondeterminism,
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
    &ldconfig_cache::LdconfigCache,
    &hash_order::HashOrder,
    &timezone::Timezone,
    &rpm_buildtime::RpmBuildtime,
    &archive_mtime::ArchiveMtime,
    &java_properties_date::JavaPropertiesDate,
    &java_manifest_date::JavaManifestDate,
    &java_manifest_built_by::JavaManifestBuiltBy,
    &pot_creation_date::PotCreationDate,
    &ps_dvi_date::PsDviDate,
    &oci_created::OciCreated,
    &package_manager_log::PackageManagerLog,
    &password_day::PasswordDay,
    &machine_id::MachineId,
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

/// What a cause is, for reports of problems.
pub fn help(cause: &dyn Cause) -> RuleHelp {
    let advice = cause.advice();
    RuleHelp {
        id: cause.id(),
        group: cause.group(),
        what: advice.what.to_owned(),
        why: advice.why.to_owned(),
        fix: advice.fix.to_owned(),
        references: advice.references.to_vec(),
    }
}

/// What a cause is asked about: a difference, what of it nobody has claimed yet, and what is known of the whole pair.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The difference.
    pub difference: &'a Difference,
    /// Those of its changes that no cause has claimed.
    pub open: &'a [Change],
    /// What all differences together show.
    pub survey: &'a Survey,
    /// The dates of both sides, found when they are first asked for.
    dates: &'a Dates,
}

/// The dates of two units.
type Dates = OnceCell<[Vec<date::Date>; 2]>;

impl<'a> Case<'a> {
    /// The dates of each side, in order.
    fn dates(&self) -> &'a [Vec<date::Date>; 2] {
        let units = [&self.difference.a.unit, &self.difference.b.unit];
        self.dates.get_or_init(|| units.map(|unit| date::dates(unit)))
    }
}

impl Deref for Case<'_> {
    type Target = Difference;
    fn deref(&self) -> &Difference {
        self.difference
    }
}

/// What causes say of each difference, in the order of these, and what records of both builds vouch for.
pub fn attribute(differences: &[&Difference], survey: &Survey, book: Option<&Book<'_>>) -> Vec<Attribution> {
    let one = |difference: &&Difference| {
        let said = one(difference, survey);
        match book {
            Some(book) => book.about(difference).vouch(said),
            None => said,
        }
    };
    let mut said: Vec<Attribution> = differences.par_iter().map(one).collect();
    consistent(differences, &mut said);
    said
}

/// Asks every cause, in order, until all changes are claimed.
fn one(difference: &Difference, survey: &Survey) -> Attribution {
    let mut claims: Vec<Claim> = Vec::new();
    let mut open = difference.changes.clone();
    let dates = Dates::default();
    for cause in CAUSES {
        if open.is_empty() {
            break;
        }
        let case = Case {
            difference,
            open: &open,
            survey,
            dates: &dates,
        };
        let Some(mut evidence) = cause.examine(&case) else {
            continue;
        };
        // The two places of a tool are one on every merged system, also where it is run; and so is what is reached over the root. Nobody runs a log.
        if evidence.confidence == Confidence::Likely
            && !matches!(cause.id(), "usrmerge-path" | "build-path-depth" | "package-manager-log")
            && acts::on(difference, &evidence.claims)
        {
            evidence = evidence.hint();
        }
        // Other values in a comment may be what a tool looks for: a path to load, a name to fetch; and so may a date of which nothing is
        // said.
        let commented = || {
            let banner = |change: &Change| statement::Statement::of(&case, *change).banner();
            cause.group() == "time"
                && survey.commented(difference, &evidence.claims)
                && (survey.shown(difference, &evidence.claims) || evidence.claims.iter().all(banner))
        };
        let inert = difference.inert || commented();
        if evidence.confidence == Confidence::Likely && inert {
            evidence = evidence.by(Warrant::Structure);
        }
        let taken = |change: &Change| {
            let standing = claims.iter().filter(|claim| claim.evidence.explains());
            standing
                .flat_map(|claim| &claim.evidence.claims)
                .any(|t| overlap(t, change))
        };
        evidence.claims.retain(|change| !taken(change));
        if evidence.claims.is_empty() {
            continue;
        }
        if evidence.explains() {
            let inside = |change: &Change| {
                let mut claims = evidence.claims.iter();
                claims.any(|c| c.a.contains(change.a) && c.b.contains(change.b))
            };
            open.retain(|change| !inside(change));
        }
        claims.push(Claim {
            cause: cause.id(),
            evidence,
        });
    }
    claims.shrink_to_fit();
    Attribution { claims, open }
}

/// Leaves out the claims in which a value of one side stands for two values of the other.
fn consistent(differences: &[&Difference], said: &mut [Attribution]) {
    let value = |unit: &[u8], span: Span| unit.get(span.start..span.end).unwrap_or_default().to_vec();
    for cause in CAUSES.iter().filter(|cause| cause.consistent()) {
        let (mut forth, mut back): (Partners, Partners) = Default::default();
        for (difference, said) in differences.iter().zip(said.iter()) {
            for claim in said.claims.iter().filter(|claim| claim.cause == cause.id()) {
                for change in &claim.evidence.claims {
                    let (x, y) = (value(&difference.a.unit, change.a), value(&difference.b.unit, change.b));
                    meet(&mut forth, &x, &y);
                    meet(&mut back, &y, &x);
                }
            }
        }
        let many = |partners: &Partners, key: &[u8]| partners.get(key).is_some_and(|(_, many)| *many);
        for (difference, said) in differences.iter().zip(said.iter_mut()) {
            let open = &mut said.open;
            said.claims.retain(|claim| {
                let broken = claim.cause == cause.id()
                    && claim.evidence.claims.iter().any(|change| {
                        many(&forth, &value(&difference.a.unit, change.a))
                            || many(&back, &value(&difference.b.unit, change.b))
                    });
                if broken && claim.evidence.explains() {
                    open.extend(claim.evidence.claims.iter().copied());
                }
                !broken
            });
        }
    }
}

/// What stands on the other side where a value stands on this: the first such value, and whether there are others.
type Partners = BTreeMap<Vec<u8>, (Vec<u8>, bool)>;

fn meet(partners: &mut Partners, value: &[u8], other: &[u8]) {
    match partners.get_mut(value) {
        Some((first, many)) => *many |= first != other,
        None => {
            partners.insert(value.to_vec(), (other.to_vec(), false));
        }
    }
}

fn overlap(x: &Change, y: &Change) -> bool {
    let meet = |p: Span, q: Span| p.start < q.end && q.start < p.end;
    meet(x.a, y.a) || meet(x.b, y.b)
}
