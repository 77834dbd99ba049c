//! pe-debug-guid

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind, Role};

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
    fn variations(&self) -> &'static [&'static str] {
        &["random", "build_path"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role != Role::Identifier || !case.both() || case.kind != Kind::Executable {
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
