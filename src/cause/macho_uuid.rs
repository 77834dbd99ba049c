//! macho-uuid

use super::{Advice, Cause, Survey};
use crate::model::{CauseId, Difference, Evidence, Role};

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
    fn examine(&self, difference: &Difference, survey: &Survey) -> Option<Evidence> {
        if difference.role != Role::Identifier || !difference.both() || difference.format != "macho" {
            return None;
        }
        let evidence = Evidence::whole(difference);
        Some(if survey.places.substance(difference) {
            evidence.following()
        } else {
            evidence
        })
    }
}
