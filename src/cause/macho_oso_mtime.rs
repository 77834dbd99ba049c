//! macho-oso-mtime

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Role};

/// Modification times of object files in a Mach-O symbol table.
pub struct MachoOsoMtime;

impl Cause for MachoOsoMtime {
    fn id(&self) -> CauseId {
        "macho-oso-mtime"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A Mach-O symbol table carries the times of the object files that were linked.",
            why: "The linker writes an N_OSO entry for each object file, with its modification time, so that debuggers can find it.",
            fix: "strip -S; ld -oso_prefix and clamped modification times; ZERO_AR_DATE=1 for archives",
            references: &["https://reproducible-builds.org/docs/archives/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["mtime"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        (case.format == "macho" && case.role == Role::Timestamp && case.both()).then(|| Evidence::field(case))
    }
}
