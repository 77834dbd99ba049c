//! ar-mtime

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence};

/// The time field of an `ar` header.
pub struct ArMtime;

impl Cause for ArMtime {
    fn id(&self) -> CauseId {
        "ar-mtime"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Members of a static library carry the time at which they were added.",
            why: "ar and ranlib without the option D write the file time, or the clock for the symbol index.",
            fix: "ar rcD and ranlib -D; binutils configured with --enable-deterministic-archives; ZERO_AR_DATE=1 (Apple)",
            references: &["https://reproducible-builds.org/docs/archives/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["mtime", "time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        (case.format == "ar" && case.timed()).then(|| Evidence::field(case))
    }
}
