//! png-date

use super::{Advice, Case, Cause, date, find};
use crate::model::{CauseId, Evidence, Role};

/// Times in the tIME chunk and in the text chunks of PNG.
pub struct PngDate;

impl Cause for PngDate {
    fn id(&self) -> CauseId {
        "png-date"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A picture carries the time at which it was made.",
            why: "ImageMagick, Inkscape, matplotlib and others write a tIME chunk, or a text chunk named date:create, date:modify or Creation Time.",
            fix: "convert -define png:exclude-chunks=date,time; matplotlib: metadata with Date None; SOURCE_DATE_EPOCH (Inkscape)",
            references: &["https://www.w3.org/TR/png-3/#11tIME"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time", "mtime"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.format != "png" {
            return None;
        }
        let keys = [
            "tIME",
            "date:create",
            "date:modify",
            "date:timestamp",
            "Creation Time",
            "create-date",
            "modify-date",
        ];
        let named = keys.iter().any(|key| case.name().contains(key));
        let time = case.role == Role::Timestamp
            || named && case.both() && {
                let dated = |text: &[u8]| !date::dates(text).is_empty();
                dated(&case.a.unit) && dated(&case.b.unit)
            };
        if time {
            return Some(Evidence::field(case));
        }
        // A text chunk as one unit: keyword, NUL, text.
        let keyed = |text: &[u8]| keys.iter().any(|key| text.starts_with(key.as_bytes()));
        if !keyed(&case.a.unit) || !keyed(&case.b.unit) {
            return None;
        }
        let tokens = |text: &[u8]| date::dates(text).into_iter().map(|d| d.span).collect();
        Evidence::likely(find::around(case, tokens, |_| true))
    }
}
