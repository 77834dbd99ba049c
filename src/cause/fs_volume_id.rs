//! fs-volume-id

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind, Role};

/// The serial number of a FAT file system.
pub struct FsVolumeId;

impl Cause for FsVolumeId {
    fn id(&self) -> CauseId {
        "fs-volume-id"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A FAT file system has a serial number of its own.",
            why: "mkfs.fat makes it of the clock.",
            fix: "mkfs.fat -i 12345678, or --invariant",
            references: &["https://reproducible-builds.org/docs/system-images/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time", "random"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let named = case.kind == Kind::Volume && case.role == Role::Identifier;
        let short = case.name().ends_with("/volume id");
        (named && case.both() && short).then(|| Evidence::field(case))
    }
}
