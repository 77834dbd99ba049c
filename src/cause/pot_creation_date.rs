//! pot-creation-date

use super::{Advice, Case, Cause, date, find};
use crate::model::{CauseId, Evidence, Warrant};

/// The date headers of `.pot` and `.po` files.
pub struct PotCreationDate;

impl Cause for PotCreationDate {
    fn id(&self) -> CauseId {
        "pot-creation-date"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
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
    fn variations(&self) -> &'static [&'static str] {
        &["time", "timezone"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let (a, b) = (&case.a.unit[..], &case.b.unit[..]);
        let header = |text: &[u8]| {
            let text = text.strip_prefix(b"\"").unwrap_or(text);
            text.starts_with(b"POT-Creation-Date: ") || text.starts_with(b"PO-Revision-Date: ")
        };
        if !header(a) || !header(b) {
            return None;
        }
        let evidence = Evidence::likely(date::around(case, |_| true, |_, _, _| true));
        // The header of a catalogue is the translation of the empty string.
        let catalogue = case.survey.container(case).is_some_and(|member| {
            let named = [".po", ".pot", ".mo", ".gmo"]
                .iter()
                .any(|suffix| member.name.ends_with(suffix));
            let headed = |text: &[u8]| {
                memchr::memmem::find(
                    text.get(..4096.min(text.len())).unwrap_or_default(),
                    b"Content-Type: text/plain; charset=",
                )
                .is_some()
            };
            // Of the first message only.
            let first = |text: &[u8], at: usize| {
                let before = text.get(..at).unwrap_or_default();
                let messages = memchr::memmem::find_iter(before, b"msgid ").count();
                let header = memchr::memmem::find(before, b"msgid \"\"\nmsgstr ").is_some();
                (header || messages == 0)
                    && messages <= 1
                    && memchr::memmem::find(before, b"\n\nmsg").is_none_or(|_| messages == 1)
            };
            let within = first(&member.a, case.a.span.start) && first(&member.b, case.b.span.start);
            named && within && headed(&member.a) && headed(&member.b)
        });
        evidence.map(|evidence| evidence.by_if(Warrant::Structure, catalogue))
    }
}
