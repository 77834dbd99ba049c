//! compression-settings

use super::{Advice, Cause, Survey};
use crate::model::{CauseId, Difference, Evidence, Role};

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
    fn examine(&self, difference: &Difference, survey: &Survey) -> Option<Evidence> {
        // RFC 1952, OS: set by the implementation; it says nothing where the stream is the same.
        let system = difference.format == "gzip"
            && difference.name() == "operating system"
            && survey.places.around(difference).is_some_and(|place| place.compression);
        ((difference.role == Role::Compression || system) && difference.both()).then(|| Evidence::whole(difference))
    }
}
