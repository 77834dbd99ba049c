//! pot-creation-date

use super::{Advice, Cause, Survey, date, find};
use crate::model::{CauseId, Difference, Evidence, FactKind};

/// The date headers of `.pot` and `.po` files.
pub struct PotCreationDate;

impl Cause for PotCreationDate {
    fn id(&self) -> CauseId {
        "pot-creation-date"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A gettext catalogue carries the date on which its template was made.",
            why: "xgettext writes POT-Creation-Date from the clock; msgmerge and msgfmt carry it along.",
            fix: "commit the .pot instead of making it in the build; or set the header to SOURCE_DATE_EPOCH by sed; gettext 0.20 leaves it out of .mo",
            references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
        }
    }
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        if !find::textual(difference) {
            return None;
        }
        let (a, b) = (&difference.a.unit[..], &difference.b.unit[..]);
        let header = |text: &[u8]| {
            let text = text.strip_prefix(b"\"").unwrap_or(text);
            text.starts_with(b"POT-Creation-Date: ") || text.starts_with(b"PO-Revision-Date: ")
        };
        if !header(a) || !header(b) {
            return None;
        }
        let tokens = |text: &[u8]| date::dates(text).into_iter().map(|d| d.span).collect();
        Evidence::likely(find::around(difference, tokens, |_| true))
    }
}
