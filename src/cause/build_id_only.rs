//! build-id-only

use super::{Advice, Cause, Survey};
use crate::model::{CauseId, Difference, Evidence, Role};

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
    fn examine(&self, difference: &Difference, survey: &Survey) -> Option<Evidence> {
        let name = difference.name().to_ascii_lowercase();
        // .gnu_debuglink holds the CRC of the file with the stripped debug information.
        let debug_file = difference.format == "elf" && difference.address.contains(".gnu_debuglink");
        if difference.role != Role::Identifier || !difference.both() || !(name.contains("build id") || debug_file) {
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
