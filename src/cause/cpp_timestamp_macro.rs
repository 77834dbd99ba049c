//! cpp-timestamp-macro

use super::{
    Advice, Case, Cause,
    date::{self, Date, Form},
    find,
    statement::Statement,
};
use crate::model::{CauseId, Change, Evidence};

/// Length of `Sun Sep 16 01:03:52 1973`, the form of asctime (ISO C, 7.27.3.1), day padded with a blank, without a zone.
const LENGTH: usize = 24;

/// Words that say that a date is that of a build.
const BUILD: &[&str] = &["built", "build", "compiled", "generated", "created", "made"];

/// Strings of the form that gcc and clang give `__TIMESTAMP__`: the modification time of the source file.
pub struct CppTimestampMacro;

impl Cause for CppTimestampMacro {
    fn id(&self) -> CauseId {
        "cpp-timestamp-macro"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A compiled string holds the modification time of a source file (__TIMESTAMP__).",
            why: "The preprocessor expands the macro to the time at which the file was written, which is that of the checkout or of unpacking; \
                  SOURCE_DATE_EPOCH does not change it in gcc.",
            fix: "remove __TIMESTAMP__; or give the sources a fixed time before the build: find . -type f -exec touch -d @$SOURCE_DATE_EPOCH {} +",
            references: &[
                "https://gcc.gnu.org/onlinedocs/cpp/Common-Predefined-Macros.html",
                "https://reproducible-builds.org/docs/timestamps/",
            ],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["mtime", "timezone"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let form = |d: &Date| d.form == Form::Ctime && d.zone.is_none() && d.span.len() == LENGTH;
        // `date '+%a %b %e %T %Y'` has the same form; who asks it says mostly that it is the time of the build.
        let alone = |pair: Change| {
            let statement = Statement::of(case, pair);
            !find::says(&find::before(&case.a.unit, pair.a.start, 80), BUILD)
                && !statement.limited()
                && statement.made_or_bannered()
        };
        date::compiled(case, form, alone)
    }
}
