//! build-id-random

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Role};

/// Build IDs that are random UUIDs.
pub struct BuildIdRandom;

impl Cause for BuildIdRandom {
    fn id(&self) -> CauseId {
        "build-id-random"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The build ID is a random number.",
            why: "The linker was told --build-id=uuid.",
            fix: "-Wl,--build-id=sha1",
            references: &["https://reproducible-builds.org/docs/randomness/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["random"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        // mold sets the bits of RFC 9562, 5.4 (version 4, variant 10). GNU ld and lld draw 16 plain bytes, which look like an MD5:
        // drawn where nothing differs that it could be the digest of.
        let version_4 = |id: &[u8]| id[6] >> 4 == 4 && id[8] >> 6 == 2;
        let drawn = |id: &[u8]| id.len() == 16 && (version_4(id) || !case.survey.places.substance(case));
        (case.role == Role::Identifier
            && case.name().to_ascii_lowercase().contains("build id")
            && case.both()
            && drawn(&case.a.unit)
            && drawn(&case.b.unit))
        .then(|| Evidence::field(case))
    }
}
