//! build-path-depth

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Change, Evidence};

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
        let part = |c: u8| c == b'.' || c == b'/';
        let up = |text: &[u8]| text.len() > 3 && text.chunks(3).all(|c| c == b"../");
        let accept = |pair: Change| {
            let (x, y) = find::sides(case, pair);
            up(x) && up(y) && installed(&case.a.unit[pair.a.end..]) && installed(&case.b.unit[pair.b.end..])
        };
        let claims = find::only(case, find::words(case, part, accept));
        // One build is so much deeper than the other, wherever it goes up.
        let deeper = |c: &Change| c.a.len() as isize - c.b.len() as isize;
        let one = claims.iter().all(|c| deeper(c) == deeper(&claims[0]));
        Evidence::likely(one.then_some(claims)?)
    }
}

/// The path goes up to the root and from there to what is installed: further `../` lead nowhere else.
fn installed(rest: &[u8]) -> bool {
    let folders: [&[u8]; 4] = [b"usr/share/", b"usr/include/", b"usr/lib/", b"opt/"];
    folders.iter().any(|folder| rest.starts_with(folder))
}
