//! pyc-mtime

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind, Role};

/// The time of the source in the header of compiled Python (PEP 552).
pub struct PycMtime;

impl Cause for PycMtime {
    fn id(&self) -> CauseId {
        "pyc-mtime"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Compiled Python carries the modification time of its source.",
            why: "A pyc file that is checked by time stores the time of the source that it was made from.",
            fix: "python -m compileall --invalidation-mode unchecked-hash; or set SOURCE_DATE_EPOCH (Python 3.7 writes hash-based pyc then); or clamp the sources' times",
            references: &["https://peps.python.org/pep-0552/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["mtime"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        (case.kind == Kind::Bytecode && case.role == Role::Timestamp && case.both()).then(|| Evidence::whole(case))
    }
}
