//! archive-mtime

use super::{Advice, Case, Cause, Made};
use crate::model::{CauseId, Evidence, Kind, Role, Value};

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
    fn fix_for(&self, made: Made<'_>) -> Option<&'static str> {
        Some(if made.of("zip") && made.named(&[".whl"]) {
            "SOURCE_DATE_EPOCH: wheel, flit, hatchling and poetry take the times of members from it"
        } else if made.of("zip") && made.named(&[".jar", ".war", ".ear"]) {
            "jar --date=… (JDK 17); Maven: project.build.outputTimestamp; Gradle: preserveFileTimestamps = false"
        } else if made.of("zip") {
            "touch -d @$SOURCE_DATE_EPOCH the files first, and zip -X"
        } else if made.of("deb") || made.of("tar") && made.named(&["data.tar", "control.tar"]) {
            "set SOURCE_DATE_EPOCH: dpkg-deb clamps the times by it (dpkg 1.18.8), dpkg-buildpackage sets it from debian/changelog"
        } else if made.of("tar") {
            "tar --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime"
        } else {
            return None;
        })
    }
    fn variations(&self) -> &'static [&'static str] {
        &["mtime", "time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let time = |value: &Value| matches!(value, Value::Time { .. });
        let archive = matches!(case.kind, Kind::Archive | Kind::Package);
        (archive && case.role == Role::Timestamp && case.both() && time(&case.a.value) && time(&case.b.value))
            .then(|| Evidence::field(case))
    }
}
