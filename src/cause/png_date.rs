//! png-date

use super::{Advice, Case, Cause, date};
use crate::model::{CauseId, Evidence, Role, Warrant};

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
        if case.role == Role::Timestamp {
            return Some(Evidence::field(case));
        }
        // The text of a keyword of its own: only the date of it, for anything may stand beside it.
        let chunk = case.name().split_once(' ').map(|(_, key)| key);
        let key = chunk.map(|key| key.split("/text").next().unwrap_or(key));
        if key.is_some_and(|key| keys.contains(&key)) && case.both() {
            return Evidence::likely(date::around(case, |_| true, |_, _, _| true))
                .map(|evidence| evidence.by(Warrant::Structure));
        }
        // A text chunk as one unit: keyword, NUL, text.
        let keyed = |text: &[u8]| {
            keys.iter().any(|key| {
                text.strip_prefix(key.as_bytes())
                    .is_some_and(|rest| rest.starts_with(b"\0"))
            })
        };
        if !keyed(&case.a.unit) || !keyed(&case.b.unit) {
            return None;
        }
        Evidence::likely(date::around(case, |_| true, |_, _, _| true))
    }
}
