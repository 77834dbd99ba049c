//! compression-settings

use super::{Advice, Case, Cause};
use crate::model::{CauseId, Evidence, Kind, Role};

/// Encoded streams that decode to the same bytes.
pub struct CompressionSettings;

impl Cause for CompressionSettings {
    fn id(&self) -> CauseId {
        "compression-settings"
    }
    fn group(&self) -> &'static str {
        "container"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The same bytes were compressed in another way.",
            why: "Level, version or implementation of the compressor differ, or its number of threads.",
            fix: "pin the compressor and its level (gzip -9n); pin its version through the build environment",
            references: &["https://reproducible-builds.org/docs/archives/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["env"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        // RFC 1952, OS: set by the implementation; it says nothing where the stream is the same.
        let system = case.kind == Kind::Stream
            && case.name() == "operating system"
            && case.survey.places.around(case).is_some_and(|place| place.compression);
        ((case.role == Role::Compression || system) && case.both()).then(|| Evidence::field(case))
    }
}
