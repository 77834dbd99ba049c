//! oci-created

use super::{Advice, Cause, Survey, date, find};
use crate::model::{CauseId, Difference, Evidence};

/// `created` in an image configuration (OCI image specification) and its history.
pub struct OciCreated;

impl Cause for OciCreated {
    fn id(&self) -> CauseId {
        "oci-created"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A container image says when it was created.",
            why: "The image's configuration and history take the time from the clock.",
            fix: "SOURCE_DATE_EPOCH with BuildKit and --output rewrite-timestamp=true; buildah --timestamp; umoci --created; kaniko --reproducible",
            references: &[
                "https://github.com/opencontainers/image-spec/blob/main/config.md",
                "https://reproducible-builds.org/docs/source-date-epoch/",
            ],
        }
    }
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        let created = difference.name().rsplit('/').next() == Some("created");
        if !created || difference.format != "json" || !find::textual(difference) {
            return None;
        }
        let tokens = |text: &[u8]| {
            date::dates(text)
                .into_iter()
                .filter(|d| d.form == date::Form::Iso && d.zone.is_some())
                .map(|d| d.span)
                .collect()
        };
        Evidence::likely(find::around(difference, tokens, |_| true))
    }
}
