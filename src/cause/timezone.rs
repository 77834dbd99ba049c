//! timezone

use super::{
    Advice, Case, Cause,
    date::{self, Date, Form},
    find,
    statement::{self, Statement},
};
use crate::model::{CauseId, Change, Evidence, Role, Value};

/// Dates that differ by what two zones differ by.
pub struct Timezone;

impl Cause for Timezone {
    fn id(&self) -> CauseId {
        "timezone"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::ZONED
    }
    fn adopts(&self) -> &'static [super::FactKind] {
        super::known::ZONES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The same moment is written in two time zones.",
            why: "A date was formatted in the builder's local time: zip's DOS times have no zone, other dates say theirs.",
            fix: "TZ=UTC for the build; date -u; gmtime instead of localtime",
            references: &["https://reproducible-builds.org/docs/timezones/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["timezone"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role == Role::Timestamp && case.both() {
            // One shift for all members, and one that two zones can have.
            let [shift] = case.survey.local_shifts[..] else {
                return None;
            };
            let local = |value: &Value| matches!(value, Value::Time { local: true, .. });
            let zones = shift % 900 == 0 && shift != 0 && shift.abs() <= 26 * 3600;
            return (local(&case.a.value) && local(&case.b.value) && zones).then(|| Evidence::field(case));
        }
        if !find::textual(case) {
            return None;
        }
        let accept = |pair: Change, x: &Date, y: &Date| {
            if x.form != y.form
                || x.form == Form::Epoch
                || statement::limits(&find::before(&case.a.unit, pair.a.start, 80))
            {
                return false;
            }
            let written = || Statement::of(case, pair).recorded();
            match (x.instant(), y.instant()) {
                (Some(p), Some(q)) => p == q && x.zone != y.zone,
                _ => match (x.local(), y.local()) {
                    (Some(p), Some(q)) => p != q && (q - p) % 900 == 0 && (q - p).abs() <= 26 * 3600 && written(),
                    _ => false,
                },
            }
        };
        Evidence::likely(date::around(case, |_| true, accept))
    }
}
