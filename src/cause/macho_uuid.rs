//! macho-uuid

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Role};

/// The UUID of a Mach-O file.
pub struct MachoUuid;

impl Cause for MachoUuid {
    fn id(&self) -> CauseId {
        "macho-uuid"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The UUID of a Mach-O file differs.",
            why: "The linker computes it from the content of the file; where nothing else differs, what strip took away did.",
            fix: "make the unstripped files agree; ld -no_uuid; never ld -random_uuid",
            references: &[],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["random"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role != Role::Identifier || !case.both() || !case.name().ends_with("UUID") {
            return None;
        }
        let evidence = Evidence::field(case);
        Some(if case.survey.places.substance(case) {
            evidence.following()
        } else {
            evidence
        })
    }
}
