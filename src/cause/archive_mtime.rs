//! archive-mtime

use super::{Advice, Case, Cause, Fix};
use crate::model::{CauseId, Evidence, Kind};

/// By what made the file.
const FIXES: &[Fix] = &[
    Fix {
        formats: &["tar"],
        names: &[", layer "],
        made_by: &[],
        fix: "BuildKit: SOURCE_DATE_EPOCH and --output type=…,rewrite-timestamp=true; buildah build or commit --timestamp; umoci: touch -d @$SOURCE_DATE_EPOCH what is inserted",
    },
    Fix {
        formats: &["tar"],
        names: &[],
        made_by: &[],
        fix: "tar --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime; Python: tarfile with a filter that sets TarInfo.mtime; git archive takes the commit's time",
    },
    Fix {
        formats: &["zip"],
        names: &[".jar", ".war", ".ear"],
        made_by: &[],
        fix: "jar --date=… (JDK 17 and later); Maven: project.build.outputTimestamp; Gradle: preserveFileTimestamps = false",
    },
    Fix {
        formats: &["zip"],
        names: &[".whl"],
        made_by: &[],
        fix: "set SOURCE_DATE_EPOCH: wheel and flit honour it (1980 and later)",
    },
    Fix {
        formats: &["zip"],
        names: &[],
        made_by: &[],
        fix: "TZ=UTC, touch -d @$SOURCE_DATE_EPOCH first, and zip -X; Python: ZipInfo with a fixed date_time",
    },
    Fix {
        formats: &["cpio", "rpm"],
        names: &["payload", ".rpm"],
        made_by: &[],
        fix: "rpmbuild -D 'clamp_mtime_to_source_date_epoch 1' with SOURCE_DATE_EPOCH set",
    },
    Fix {
        formats: &["mtree"],
        names: &[],
        made_by: &[],
        fix: "set SOURCE_DATE_EPOCH: makepkg takes the times of files from it",
    },
    Fix {
        formats: &["cpio"],
        names: &[],
        made_by: &[],
        fix: "find … -exec touch -h -d @$SOURCE_DATE_EPOCH {} + before cpio",
    },
    Fix {
        formats: &["squashfs"],
        names: &[],
        made_by: &[],
        fix: "mksquashfs -all-time $SOURCE_DATE_EPOCH, or touch -h -d @$SOURCE_DATE_EPOCH first",
    },
    Fix {
        formats: &["erofs"],
        names: &[],
        made_by: &[],
        fix: "mkfs.erofs -T $SOURCE_DATE_EPOCH",
    },
    Fix {
        formats: &["ext", "iso9660", "fat"],
        names: &[],
        made_by: &[],
        fix: "touch -h -d @$SOURCE_DATE_EPOCH all files first, and set SOURCE_DATE_EPOCH for the tool that makes the image",
    },
    Fix {
        formats: &["deb"],
        names: &[],
        made_by: &[],
        fix: "set SOURCE_DATE_EPOCH: dpkg-deb clamps times to it",
    },
];

/// The time fields of tar, zip and their kin.
pub struct ArchiveMtime;

impl Cause for ArchiveMtime {
    fn id(&self) -> CauseId {
        "archive-mtime"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Archive members carry the time at which their files were written.",
            why: "The archiver copies each file's modification time; files made by the build get the time of the build.",
            fix: "tar --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime; zip: touch -d @$SOURCE_DATE_EPOCH first, and zip -X; jar --date (JDK 17); Maven: project.build.outputTimestamp; Gradle: preserveFileTimestamps = false; dpkg-deb honours SOURCE_DATE_EPOCH",
            references: &["https://reproducible-builds.org/docs/archives/"],
        }
    }
    fn fixes(&self) -> &'static [Fix] {
        FIXES
    }
    fn variations(&self) -> &'static [&'static str] {
        &["mtime", "time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let archive = matches!(case.kind, Kind::Archive | Kind::Package | Kind::Volume);
        (archive && case.timed()).then(|| Evidence::field(case))
    }
}
