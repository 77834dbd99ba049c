//! build-path-depth

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence};

/// Runs of `../` of different length.
pub struct BuildPathDepth;

impl Cause for BuildPathDepth {
    fn id(&self) -> CauseId {
        "build-path-depth"
    }
    fn group(&self) -> &'static str {
        "path"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::FOLDERS
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A relative path goes up as many folders as the build directory is deep.",
            why: "A generator made a path relative by counting the components of the build directory.",
            fix: "build at a fixed depth; make the path relative to the output, not to the root",
            references: &["https://reproducible-builds.org/docs/build-path/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["build_path"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        // Only the number of `../` differs.
        let tokens = |text: &[u8]| {
            find::runs(text, |c| c == b'.' || c == b'/')
                .into_iter()
                .filter(|s| text[s.start..s.end].starts_with(b"../"))
                .collect()
        };
        let up = |text: &[u8]| !text.is_empty() && text.chunks(3).all(|c| c == b"../");
        let accept = |pair| {
            let (x, y) = find::sides(case, pair);
            up(x) && up(y)
        };
        Evidence::likely(find::only(case, find::around(case, tokens, accept)))
    }
}
