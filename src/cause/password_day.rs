//! password-day

use super::{Advice, Case, Cause, find, installed};
use crate::model::{CauseId, Evidence, Role};

/// The day of the last change of a password in `/etc/shadow` (shadow(5)).
pub struct PasswordDay;

impl Cause for PasswordDay {
    fn id(&self) -> CauseId {
        "password-day"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "An image holds the day on which its accounts were made.",
            why: "useradd and base-passwd write the day of the last change of the password, counted from 1970, into /etc/shadow.",
            fix: "SOURCE_DATE_EPOCH with shadow 4.9 or newer; else set the third field: chage -d 0 would ask for a new password, so use sed on /etc/shadow",
            references: &[
                "https://manpages.debian.org/bookworm/passwd/shadow.5.en.html",
                "https://reproducible-builds.org/docs/source-date-epoch/",
            ],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role != Role::Text || !installed::any(case, &["etc/shadow", "etc/shadow-"]) {
            return None;
        }
        let claims = find::words(
            case,
            |c| c.is_ascii_digit(),
            |pair| {
                let (x, y) = find::sides(case, pair);
                let fields = |unit: &[u8], at: usize| unit[..at].iter().filter(|&&c| c == b':').count();
                let third = fields(&case.a.unit, pair.a.start) == 2 && fields(&case.b.unit, pair.b.start) == 2;
                third && day(x) && day(y) && whole(&case.a.unit, pair.a) && whole(&case.b.unit, pair.b)
            },
        );
        Evidence::likely(find::only(case, claims))
    }
}

/// A day since the 1990s: 0 asks for a new password at once.
fn day(text: &[u8]) -> bool {
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<u32>().ok());
    number.is_some_and(|day| (8000..60_000).contains(&day))
}

/// Whether a number is all of its field.
fn whole(unit: &[u8], span: crate::model::Span) -> bool {
    unit.get(span.start.wrapping_sub(1)) == Some(&b':') && unit.get(span.end) == Some(&b':')
}
