//! build-id-only

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind, Role};

/// The build ID of an ELF file.
pub struct BuildIdOnly;

impl Cause for BuildIdOnly {
    fn id(&self) -> CauseId {
        "build-id-only"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The build ID differs.",
            why: "The linker computes it from the whole file before it is stripped: where nothing else differs, what strip took away did (mostly the build path in debug information).",
            fix: "make the unstripped files agree: -ffile-prefix-map=$PWD=.; or -Wl,--build-id=none",
            references: &["https://reproducible-builds.org/docs/build-path/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["build_path"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let name = case.name().to_ascii_lowercase();
        // .gnu_debuglink holds the CRC of the file with the stripped debug information.
        let debug_file = case.kind == Kind::Executable && case.address.contains(".gnu_debuglink");
        if case.role != Role::Identifier || !case.both() || !(name.contains("build id") || debug_file) {
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
