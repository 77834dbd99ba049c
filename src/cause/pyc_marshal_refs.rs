//! pyc-marshal-refs

use super::{Advice, Cause, Survey};
use crate::model::{CauseId, Difference, Evidence, Role};

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
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        let flag = difference.format == "pyc"
            && difference.role == Role::Structure
            && difference.both()
            && difference.name().ends_with("/type")
            && matches!((&difference.a.unit[..], &difference.b.unit[..]), ([x], [y]) if x ^ y == 0x80);
        flag.then(|| Evidence::whole(difference))
    }
}
