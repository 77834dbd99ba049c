//! cpp-date-time

use super::{
    Advice, Case, Cause,
    date::{self, Date, Form},
    statement::Statement,
};
use crate::model::{CauseId, Evidence};

/// Strings of the form that the C standard gives `__DATE__` and `__TIME__` (ISO C, 6.10.8.1).
pub struct CppDateTime;

impl Cause for CppDateTime {
    fn id(&self) -> CauseId {
        "cpp-date-time"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A compiled string holds the date or time of the compilation (__DATE__, __TIME__).",
            why: "The C preprocessor expands the macros to the clock's time.",
            fix: "set SOURCE_DATE_EPOCH (gcc 7, clang 16 and later honour it); find the uses with -Wdate-time -Werror=date-time; last resort: -D__DATE__= -D__TIME__=",
            references: &[
                "https://reproducible-builds.org/docs/source-date-epoch/",
                "https://gcc.gnu.org/onlinedocs/cpp/Standard-Predefined-Macros.html",
            ],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time", "timezone"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        // Both macros have a fixed length: "Mmm dd yyyy" with the day padded by a space, and "HH:MM:SS".
        let form = |d: &Date| matches!((d.form, d.span.len()), (Form::MonthDayYear, 11 | 20) | (Form::Clock, 8));
        date::compiled(case, form, |pair| {
            let statement = Statement::of(case, pair);
            let clock = pair.a.len() == 8;
            !statement.limited()
                && if clock {
                    behind_date(case, pair, &statement)
                } else {
                    // Nobody writes the two beside each other by hand.
                    pair.a.len() == 20 || statement.made_or_bannered()
                }
        })
    }
}

/// A clock alone may be a schedule: only behind a `__DATE__`, in its string or as one of the container's.
fn behind_date(case: &Case<'_>, pair: crate::model::Change, statement: &Statement) -> bool {
    let text = &case.a.unit[pair.a.start.saturating_sub(20)..pair.a.start];
    let own = date::dates(text).iter().any(|d| d.form == Form::MonthDayYear);
    own || statement.bare() && case.survey.dated.contains(case.place())
}
