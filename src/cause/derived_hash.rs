//! derived-hash: what follows from other differences.

use super::{Advice, Cause, Survey};
use crate::model::{CauseId, Difference, Evidence, Role, Value};

/// Checksums, sizes and offsets that are right for the bytes they speak of.
pub struct DerivedHash;

impl Cause for DerivedHash {
    fn id(&self) -> CauseId {
        "derived-hash"
    }
    fn group(&self) -> &'static str {
        "knock-on"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A checksum, digest, size or offset follows from bytes that differ elsewhere.",
            why: "It is computed from the artifact; it can only be equal when what it is computed from is.",
            fix: "mend what it is computed from",
            references: &[],
        }
    }
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        let follows = matches!(
            difference.role,
            Role::Checksum | Role::Size | Role::Offset | Role::Padding
        ) && difference.both();
        let valid = |value: &Value| *value == Value::Derived { valid: true };
        (follows && valid(&difference.a.value) && valid(&difference.b.value))
            .then(|| Evidence::whole(difference).following())
    }
}
