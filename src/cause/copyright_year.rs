//! copyright-year

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence};

/// Whether the text before a year is that of a notice: a sign or the word, with nothing but other years between.
fn notice(before: &str) -> bool {
    let years = |text: &str| !text.contains(|c: char| !(c.is_ascii_digit() || " \t,-–\"'".contains(c)));
    ["©", "(c)", "\\(co", "&copy;", "&#169;", "copyright", "copyright:"]
        .iter()
        .any(|sign| {
            before.rfind(sign).is_some_and(|at| {
                // A call or an index of this name is none.
                let call = before[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                !call && years(&before[at + sign.len()..])
            })
        })
}

/// A year behind a copyright sign.
pub struct CopyrightYear;

impl Cause for CopyrightYear {
    fn id(&self) -> CauseId {
        "copyright-year"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A copyright notice carries the year of the build.",
            why: "The notice takes the current year from the clock.",
            fix: "derive the year from SOURCE_DATE_EPOCH (Sphinx: copyright in conf.py; Doxygen), or write it by hand",
            references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let year = |text: &[u8]| {
            text.len() == 4
                && (text.starts_with(b"19") || text.starts_with(b"20"))
                && text.iter().all(u8::is_ascii_digit)
        };
        let part = |c: u8| c.is_ascii_alphanumeric();
        let accept = |pair| {
            let (x, y) = find::sides(case, pair);
            let behind = case.a.unit.get(pair.a.end).copied().unwrap_or(b' ');
            // `(c) 2049:` is no year but a key or a port.
            !matches!(behind, b':' | b'/' | b'=')
                && year(x)
                && year(y)
                && notice(&find::before(&case.a.unit, pair.a.start, 60))
        };
        Evidence::likely(find::words(case, part, accept))
    }
}
