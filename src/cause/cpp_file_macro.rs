//! cpp-file-macro

use super::{Advice, Case, Cause, find, path};
use crate::model::{CauseId, Evidence, Kind, Role};

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
    fn variations(&self) -> &'static [&'static str] {
        &["build_path"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let constant = case.kind == Kind::Executable && case.role == Role::String && !case.address.contains(".debug_");
        if !constant || case.survey.debug || !find::textual(case) {
            return None;
        }
        let source = |unit: &[u8]| {
            let text = String::from_utf8_lossy(unit);
            let text = text.trim_end_matches('\0');
            text.starts_with('/')
                && [".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".hh", ".inl"]
                    .iter()
                    .any(|end| text.ends_with(end))
        };
        if !source(&case.a.unit) || !source(&case.b.unit) {
            return None;
        }
        Evidence::likely(
            path::pairs(case, case.open)
                .into_iter()
                // The file's own name stays: two directories of one source, not two sources.
                .filter(|(change, roots @ (a, b))| {
                    path::alike(roots)
                        && change.a.end < case.a.unit.len()
                        && case.a.unit[change.a.end] == b'/'
                        && path::buildish(a)
                        && path::buildish(b)
                })
                .map(|(change, _)| change)
                .collect(),
        )
    }
}
