//! pyc-marshal-refs

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind, Role};

/// `FLAG_REF` of marshalled objects. References that count them are compared by the object that they name.
pub struct PycMarshalRefs;

impl Cause for PycMarshalRefs {
    fn id(&self) -> CauseId {
        "pyc-marshal-refs"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Compiled Python marks other objects as shared.",
            why: "marshal sets a flag on an object that something else held on to while it was written, which depends on what else the interpreter did.",
            fix: "compile in a process of its own, all files in one order (python -m compileall -j1); then normalise (add-determinism, marshalparser)",
            references: &["https://bugs.python.org/issue34093"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["random", "readdir_order"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let flag = case.kind == Kind::Bytecode
            && case.role == Role::Structure
            && case.both()
            && case.name().ends_with("/type")
            && matches!((&case.a.unit[..], &case.b.unit[..]), ([x], [y]) if x ^ y == 0x80);
        flag.then(|| Evidence::field(case))
    }
}
