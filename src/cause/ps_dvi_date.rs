//! ps-dvi-date

use super::{Advice, Cause, Survey, date, find};
use crate::model::{CauseId, Difference, Evidence, FactKind};

/// The `%%CreationDate` comment (PostScript Document Structuring Conventions 3.0, section 5.2).
pub struct PsDviDate;

impl Cause for PsDviDate {
    fn id(&self) -> CauseId {
        "ps-dvi-date"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A PostScript file carries the date on which it was made.",
            why: "dvips, cairo, Ghostscript and others write %%CreationDate from the clock.",
            fix: "set SOURCE_DATE_EPOCH (dvips, TeX, Ghostscript in Debian, cairo)",
            references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
        }
    }
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        if !find::textual(difference) {
            return None;
        }
        let (a, b) = (&difference.a.unit[..], &difference.b.unit[..]);
        if !a.starts_with(b"%%CreationDate:") || !b.starts_with(b"%%CreationDate:") {
            return None;
        }
        let tokens = |text: &[u8]| date::dates(text).into_iter().map(|d| d.span).collect();
        Evidence::likely(find::around(difference, tokens, |_| true))
    }
}
