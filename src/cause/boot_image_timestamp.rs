//! boot-image-timestamp

use super::{Advice, Case, Cause, Fix};
use crate::model::{CauseId, Evidence, Kind, Role, Value};

/// By what made the file.
const FIXES: &[Fix] = &[Fix {
    formats: &["uimage", "fdt"],
    names: &[],
    made_by: &[],
    fix: "set SOURCE_DATE_EPOCH: mkimage takes it for its time",
}];

/// The time in the header of a boot or firmware image.
pub struct BootImageTimestamp;

impl Cause for BootImageTimestamp {
    fn id(&self) -> CauseId {
        "boot-image-timestamp"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A boot image carries the time at which it was made.",
            why: "The tool that makes the image writes its clock into the header.",
            fix: "set SOURCE_DATE_EPOCH for mkimage",
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
        let time = |value: &Value| matches!(value, Value::Time { .. });
        (case.kind == Kind::Firmware && case.role == Role::Timestamp && case.both())
            .then(|| time(&case.a.value) && time(&case.b.value))
            .filter(|both| *both)
            .map(|_| Evidence::field(case))
    }
}
