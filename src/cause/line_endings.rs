//! line-endings

use super::{Advice, Case, Cause, places::carriage_return};
use crate::model::{CauseId, Evidence};

/// Lines that end in CR LF on one side and in LF on the other.
pub struct LineEndings;

impl Cause for LineEndings {
    fn id(&self) -> CauseId {
        "line-endings"
    }
    fn group(&self) -> &'static str {
        "locale"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Line ends differ.",
            why: "A checkout or a tool wrote the line ends of its system.",
            fix: ".gitattributes: * text eol=lf; zip without -l; a fixed line.separator",
            references: &[],
        }
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        carriage_return(case)?;
        let place = case.survey.places.around(case)?;
        let (count, reach, _) = place.line_ends?;
        // All lines from the first on: one carriage return somewhere is an edit. An interpreter line with one names another program.
        let script = case.a.span.start == 0 && case.a.unit.starts_with(b"#!");
        let all = count > 1 && !place.lines && reach.contains(case.a.span) && !script;
        Evidence::likely(all.then(|| case.open.to_vec())?)
    }
}
