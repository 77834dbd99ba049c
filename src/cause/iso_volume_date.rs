//! iso-volume-date

use super::{Advice, Case, Cause, Fix};
use crate::model::{CauseId, Evidence, Kind};

/// By what made the file.
const FIXES: &[Fix] = &[Fix {
    formats: &["iso9660"],
    names: &[],
    made_by: &[],
    fix: "xorriso: set SOURCE_DATE_EPOCH, or --modification-date=YYYYMMDDhhmmsscc with --set_all_file_dates set_to_mtime; genisoimage has no option for it",
}];

/// The dates in the volume descriptors of an ISO 9660 image.
pub struct IsoVolumeDate;

impl Cause for IsoVolumeDate {
    fn id(&self) -> CauseId {
        "iso-volume-date"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The volume descriptors of an ISO image carry the time at which it was made.",
            why: "The tool that makes the image writes its clock there.",
            fix: "xorriso: set SOURCE_DATE_EPOCH, or --modification-date=YYYYMMDDhhmmsscc with --set_all_file_dates set_to_mtime",
            references: &["https://reproducible-builds.org/docs/system-images/"],
        }
    }
    fn fixes(&self) -> &'static [Fix] {
        FIXES
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let own = case.kind == Kind::Volume && case.name().starts_with("volume descriptor");
        (own && case.timed()).then(|| Evidence::field(case))
    }
}
