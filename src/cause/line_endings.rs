//! line-endings

use super::{Advice, Cause, Survey, places::carriage_return};
use crate::model::{CauseId, Difference, Evidence};

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
    fn examine(&self, difference: &Difference, survey: &Survey) -> Option<Evidence> {
        carriage_return(difference)?;
        let place = survey.places.around(difference)?;
        let (count, reach, _) = place.line_ends?;
        // All lines from the first on: one carriage return somewhere is an edit. An interpreter line with one names another program.
        let script = difference.a.span.start == 0 && difference.a.unit.starts_with(b"#!");
        let all = count > 1 && !place.lines && reach.contains(difference.a.span) && !script;
        Evidence::likely(all.then(|| difference.changes.clone())?)
    }
}
