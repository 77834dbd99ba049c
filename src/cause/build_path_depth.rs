//! build-path-depth

use super::{Advice, Cause, Survey, find};
use crate::model::{CauseId, Difference, Evidence};

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
    fn examine(&self, difference: &Difference, _survey: &Survey) -> Option<Evidence> {
        if !find::textual(difference) {
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
            let (x, y) = find::sides(difference, pair);
            up(x) && up(y)
        };
        Evidence::likely(find::only(difference, find::around(difference, tokens, accept)))
    }
}
