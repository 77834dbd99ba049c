//! cpp-file-macro

use super::{Advice, Cause, Survey, find, path};
use crate::model::{CauseId, Difference, Evidence, Role};

/// A constant that is the path of a C or C++ source file, with no debug information that differs.
pub struct CppFileMacro;

impl Cause for CppFileMacro {
    fn id(&self) -> CauseId {
        "cpp-file-macro"
    }
    fn group(&self) -> &'static str {
        "path"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::FOLDERS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A compiled string holds the absolute path of a source file (__FILE__, as assert uses it).",
            why: "The preprocessor expands __FILE__ to the path that the compiler was called with.",
            fix: "-fmacro-prefix-map=$PWD=. ; or compile with relative paths",
            references: &["https://reproducible-builds.org/docs/build-path/"],
        }
    }
    fn consistent(&self) -> bool {
        true
    }
    fn examine(&self, difference: &Difference, survey: &Survey) -> Option<Evidence> {
        let constant = matches!(difference.format, "elf" | "pe" | "macho")
            && difference.role == Role::String
            && !difference.address.contains(".debug_");
        if !constant || survey.debug || !find::textual(difference) {
            return None;
        }
        let source = |unit: &[u8]| {
            let text = String::from_utf8_lossy(unit);
            let text = text.trim_end_matches('\0');
            text.starts_with('/')
                && [".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".hh", ".inc", ".inl"]
                    .iter()
                    .any(|end| text.ends_with(end))
        };
        if !source(&difference.a.unit) || !source(&difference.b.unit) {
            return None;
        }
        Evidence::likely(
            path::pairs(difference)
                .into_iter()
                // The file's own name stays: two directories of one source, not two sources.
                .filter(|(change, (a, b))| {
                    change.a.end < difference.a.unit.len()
                        && difference.a.unit[change.a.end] == b'/'
                        && path::buildish(a)
                        && path::buildish(b)
                })
                .map(|(change, _)| change)
                .collect(),
        )
    }
}
