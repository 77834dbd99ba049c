//! line-endings

use super::{Advice, Case, Cause, document, places::carriage_return};
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
        if !ignored(case) {
            return None;
        }
        let place = case.survey.places.around(case)?;
        let (count, reach, _) = place.line_ends?;
        // All lines from the first on: one carriage return somewhere is an edit. An interpreter line with one names another program.
        let script = case.a.span.start == 0 && case.a.unit.starts_with(b"#!");
        let all = count > 1 && !place.lines && reach.contains(case.a.span) && !script;
        Evidence::likely(all.then(|| case.open.to_vec())?)
    }
}

/// The format of the file takes both line ends for one: documents for people, markup, sources of languages that do.
fn ignored(case: &Case<'_>) -> bool {
    const SOURCES: &[&str] = &[
        "xml",
        "svg",
        "xsd",
        "xsl",
        "pom",
        "css",
        "java",
        "c",
        "cc",
        "cpp",
        "cxx",
        "h",
        "hh",
        "hpp",
        "cs",
        "rs",
        "go",
        "js",
        "ts",
        "json",
        "bat",
        "cmd",
        "properties",
        "csv",
        "rtf",
    ];
    let name = document::name(case, case.survey);
    let suffix = document::suffix(&name);
    // roff and makefiles read a carriage return as a character.
    document::prose(case) && !suffix.starts_with(|c: char| c.is_ascii_digit())
        || SOURCES.contains(&suffix) && !document::enforced(&name)
}
