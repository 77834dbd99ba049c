//! fs-image-timestamp

use super::{Advice, Case, Cause, Fix};
use crate::model::{CauseId, Evidence, Kind};

/// By what made the file.
const FIXES: &[Fix] = &[
    Fix {
        formats: &["squashfs"],
        names: &[],
        made_by: &[],
        fix: "mksquashfs -mkfs-time $SOURCE_DATE_EPOCH -all-time $SOURCE_DATE_EPOCH, or set SOURCE_DATE_EPOCH and neither of them",
    },
    Fix {
        formats: &["ext"],
        names: &[],
        made_by: &[],
        fix: "set SOURCE_DATE_EPOCH (e2fsprogs 1.47.1), or E2FSPROGS_FAKE_TIME before; mount a finished image never but read only (tune2fs and fsck write times, too)",
    },
    Fix {
        formats: &["erofs"],
        names: &[],
        made_by: &[],
        fix: "mkfs.erofs -T $SOURCE_DATE_EPOCH, which sets the time of each file, too",
    },
    Fix {
        formats: &["fat"],
        names: &[],
        made_by: &[],
        fix: "set SOURCE_DATE_EPOCH, for mkfs.fat as for mcopy",
    },
    Fix {
        formats: &["romfs"],
        names: &[],
        made_by: &[],
        fix: "genromfs -V NAME",
    },
];

/// The times in the superblock of a file system.
pub struct FsImageTimestamp;

impl Cause for FsImageTimestamp {
    fn id(&self) -> CauseId {
        "fs-image-timestamp"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A file system's superblock carries the time at which it was made.",
            why: "The tool that makes it writes its clock there, and the times of mounts and checks.",
            fix: "set SOURCE_DATE_EPOCH; mksquashfs -mkfs-time; mke2fs with E2FSPROGS_FAKE_TIME before 1.47.1; mkfs.erofs -T; mkfs.fat --invariant",
            references: &["https://reproducible-builds.org/docs/system-images/"],
        }
    }
    fn fixes(&self) -> &'static [Fix] {
        FIXES
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let own = case.kind == Kind::Volume && case.name().starts_with("superblock");
        (own && case.timed()).then(|| Evidence::field(case))
    }
}
