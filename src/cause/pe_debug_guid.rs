//! pe-debug-guid

use super::{Advice, Cause, Survey};
use crate::model::{CauseId, Difference, Evidence, Role};

/// The GUID of the debug directory of a PE file.
pub struct PeDebugGuid;

impl Cause for PeDebugGuid {
    fn id(&self) -> CauseId {
        "pe-debug-guid"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The GUID that ties a Windows binary to its debug file differs.",
            why: "The linker draws it, or computes it from content that includes the debug file.",
            fix: "link.exe and lld-link: /Brepro and /PDBALTPATH:%_PDB%; C#: -deterministic and -pathmap; GNU ld: make the unstripped files agree",
            references: &["https://learn.microsoft.com/en-us/windows/win32/debug/pe-format"],
        }
    }
    fn examine(&self, difference: &Difference, survey: &Survey) -> Option<Evidence> {
        if difference.role != Role::Identifier || !difference.both() || !matches!(difference.format, "pe" | "coff") {
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
