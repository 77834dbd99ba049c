//! build-id-random

use super::{Advice, Cause, Survey};
use crate::model::{CauseId, Confidence, Difference, Evidence, Role};

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
            what: "The build ID was drawn.",
            why: "The linker was told --build-id=uuid.",
            fix: "-Wl,--build-id=sha1",
            references: &["https://reproducible-builds.org/docs/randomness/"],
        }
    }
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        // RFC 9562, 5.4: version 4, variant 10.
        let drawn = |id: &[u8]| id.len() == 16 && id[6] >> 4 == 4 && id[8] >> 6 == 2;
        (difference.role == Role::Identifier
            && difference.name().to_ascii_lowercase().contains("build id")
            && difference.both()
            && drawn(&difference.a.unit)
            && drawn(&difference.b.unit))
        .then(|| Evidence::whole(difference).with(Confidence::Likely))
    }
}
