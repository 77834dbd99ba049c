//! Causes: each looks at one difference, by role and value, and says which bytes it accounts for. One file a cause, with its fix.

mod acts;
mod ar_mtime;
mod ar_uid_gid;
mod archive_mtime;
mod archive_owner;
mod aslr_pointer;
mod attribute;
mod build_counter;
mod build_duration;
mod build_id_only;
mod build_id_random;
mod build_path;
mod build_path_depth;
mod compiled_heap_image;
mod compiler_random_seed;
mod compression_settings;
mod copyright_year;
mod cpio_inode;
mod cpp_date_time;
mod cpp_file_macro;
mod cpp_timestamp_macro;
mod cpu_count;
mod cpu_features;
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
mod float_cpu_dependent;
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
mod locale_numeric;
mod locale_translated;
mod lone;
mod machine_id;
mod macho_oso_mtime;
mod macho_uuid;
mod network_input;
mod oci_created;
mod openpgp;
mod operand;
mod package_manager_log;
mod parallel_compression;
mod parallel_race;
mod passage;
mod password_day;
mod path;
mod pe_debug_guid;
mod pe_timestamp;
mod pgo_profile;
mod places;
mod png_date;
mod pot_creation_date;
mod process_id;
mod ps_dvi_date;
mod pyc_marshal_refs;
mod pyc_mtime;
mod r_rdb_randomness;
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
mod terminal_width;
mod timezone;
mod toolchain_version;
mod umask_permissions;
mod uninitialised_memory;
mod username;
mod usrmerge_path;
mod vcs_revision;

pub use attribute::attribute;
pub use fix::{Fix, fix};
pub use known::{About, Book, Hit};
pub use survey::{Member, Survey};

use crate::model::{CauseId, Change, Difference, Evidence, FactKind, Record, RuleHelp};
use std::{cell::OnceCell, ops::Deref};

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
    /// The facts, by their places in the record of each side, by which all of a claim came about, where no token renders them: the width of a
    /// terminal, the locale.
    fn recorded(&self, _: &Case<'_>, _: [&Record; 2]) -> Option<[usize; 2]> {
        None
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
    &terminal_width::TerminalWidth,
    &locale_collation::LocaleCollation,
    &readdir_order::ReaddirOrder,
    &link_order::LinkOrder,
    &ldconfig_cache::LdconfigCache,
    &parallel_race::ParallelRace,
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
    &build_duration::BuildDuration,
    &doc_generator_date::DocGeneratorDate,
    &cpp_date_time::CppDateTime,
    &cpp_timestamp_macro::CppTimestampMacro,
    &copyright_year::CopyrightYear,
    &embedded_timestamp::EmbeddedTimestamp,
    &locale_numeric::LocaleNumeric,
    &line_endings::LineEndings,
    &locale_encoding::LocaleEncoding,
    &locale_translated::LocaleTranslated,
    &usrmerge_path::UsrmergePath,
    &cpu_features::CpuFeatures,
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
    &float_cpu_dependent::FloatCpuDependent,
    &cpu_count::CpuCount,
    &hostname::Hostname,
    &username::Username,
    &build_counter::BuildCounter,
    &network_input::NetworkInput,
    &uninitialised_memory::UninitialisedMemory,
    &pgo_profile::PgoProfile,
    &random_value::RandomValue,
    &dependency_drift::DependencyDrift,
    &r_rdb_randomness::RRdbRandomness,
    &compiled_heap_image::CompiledHeapImage,
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
