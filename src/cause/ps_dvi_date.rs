//! ps-dvi-date

use super::{Advice, Case, Cause, date, find};
use crate::model::{CauseId, Evidence, Warrant};

/// The `%%CreationDate` comment (PostScript Document Structuring Conventions 3.0, section 5.2).
pub struct PsDviDate;

impl Cause for PsDviDate {
    fn id(&self) -> CauseId {
        "ps-dvi-date"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
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
    fn variations(&self) -> &'static [&'static str] {
        &["time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let (a, b) = (&case.a.unit[..], &case.b.unit[..]);
        if !a.starts_with(b"%%CreationDate:") || !b.starts_with(b"%%CreationDate:") {
            return None;
        }
        // A comment of the document's structure.
        let document = |bytes: &[u8], at: usize| {
            let before = bytes.get(..at).unwrap_or_default();
            let comment = |line: &[u8]| line.starts_with(b"%") || line.trim_ascii().is_empty();
            bytes.starts_with(b"%!PS")
                && before.split(|&c| c == b'\n').all(comment)
                && !before.iter().any(|c| b"\r\x0c".contains(c))
        };
        let known = case
            .survey
            .container(case)
            .is_some_and(|member| document(&member.a, case.a.span.start) && document(&member.b, case.b.span.start));
        // A form feed ends a comment, too.
        let known = known && !a.contains(&0x0c) && !b.contains(&0x0c);
        let evidence = Evidence::likely(date::around(case, |_| true, |_, _, _| true)).filter(|_| known);
        evidence.map(|evidence| evidence.by(Warrant::Structure))
    }
}
