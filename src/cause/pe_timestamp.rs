//! pe-timestamp

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind};

/// Time fields of PE images, COFF objects and import libraries.
pub struct PeTimestamp;

impl Cause for PeTimestamp {
    fn id(&self) -> CauseId {
        "pe-timestamp"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A Windows binary carries the time at which it was linked.",
            why: "Linkers write the clock into TimeDateStamp of the COFF header and of the export, resource and debug directories.",
            fix: "GNU ld: -Wl,--no-insert-timestamp, or SOURCE_DATE_EPOCH; MSVC and lld-link: /Brepro; clang: -mno-incremental-linker-compatible",
            references: &[
                "https://reproducible-builds.org/docs/source-date-epoch/",
                "https://learn.microsoft.com/en-us/windows/win32/debug/pe-format",
            ],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        (case.kind == Kind::Executable && case.timed()).then(|| Evidence::field(case))
    }
}
