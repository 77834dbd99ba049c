//! java-properties-date

use super::{Advice, Case, Cause, date, document, find};
use crate::model::{CauseId, Evidence, Warrant};

/// The comment at the top of a properties file.
pub struct JavaPropertiesDate;

impl Cause for JavaPropertiesDate {
    fn id(&self) -> CauseId {
        "java-properties-date"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A Java properties file begins with the date on which it was written.",
            why: "java.util.Properties.store writes a comment with the current time.",
            fix: "-Djava.properties.date=... (JDK 18); a writer that leaves the comment out (maven-archiver 3.2 and later)",
            references: &["https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html"],
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
        // `#EEE MMM dd HH:mm:ss zzz yyyy` and nothing else.
        let comment = |text: &[u8]| {
            let text = text.trim_ascii_end();
            let found = date::dates(text);
            text.starts_with(b"#")
                && matches!(found.as_slice(), [d] if d.form == date::Form::Ctime && d.span.start == 1 && d.span.end == text.len())
        };
        let top = case.name().ends_with("line 1") || case.name().ends_with("line 2");
        if !top || !comment(a) || !comment(b) {
            return None;
        }
        let evidence = Evidence::likely(date::around(case, |_| true, |_, _, _| true))?;
        // The line that the class writes, in a file of its kind.
        let known =
            document::name(case, case.survey).ends_with(".properties") && case.survey.commented(case, &evidence.claims);
        Some(evidence.by_if(Warrant::Structure, known))
    }
}
