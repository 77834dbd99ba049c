//! random-temp-path

use super::{Advice, Case, Cause, find, statement::Statement};
use crate::model::{CauseId, Evidence, Role};

/// What the names of temporary files begin with: gcc, mktemp, Python, GHC, Go, PyInstaller, rustc.
const PREFIXES: &[&str] = &[
    "tmp.",
    "tmp",
    "cc",
    "ghc",
    "go-build",
    "_MEI",
    "rustc",
    "oct-",
    "lto-llvm-",
    "pip-",
    "build-",
];

/// Names that `mkstemp` and the like make, in a folder for temporary files.
pub struct RandomTempPath;

impl Cause for RandomTempPath {
    fn id(&self) -> CauseId {
        "random-temp-path"
    }
    fn group(&self) -> &'static str {
        "path"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TEMPORARY
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The output contains the name of a temporary file.",
            why: "A tool worked in a file or folder with a random name, and the name was recorded.",
            fix: "give the file a fixed name; map it away with -ffile-prefix-map; gcc -save-temps",
            references: &["https://reproducible-builds.org/docs/randomness/"],
        }
    }
    fn consistent(&self) -> bool {
        true
    }
    fn variations(&self) -> &'static [&'static str] {
        &["random", "tmpdir", "pid"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let part = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'.';
        let accept = |pair: crate::model::Change| {
            let (x, y) = find::sides(case, pair);
            let before = find::before(&case.a.unit, pair.a.start, 40);
            let temporary = ["/tmp/", "/var/tmp/", "/dev/shm/", "tmpdir/"]
                .iter()
                .any(|folder| before.ends_with(folder))
                || ["go-build", "lto-llvm-"].iter().any(|p| x.starts_with(p.as_bytes()))
                // A line table lists the folder apart from the file.
                || case.address.contains(".debug_");
            let prefix = PREFIXES
                .iter()
                .find(|p| x.starts_with(p.as_bytes()) && y.starts_with(p.as_bytes()));
            let random = |text: &[u8], skip: usize| {
                let stem = text[skip..].split(|&c| c == b'.').next().unwrap_or_default();
                (
                    stem.len() >= 4 && stem.len() <= 16 && stem.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_'),
                    stem.len(),
                )
            };
            // What a setting names is used when the program runs.
            let set = case.role == Role::Text && {
                let path = before.trim_end_matches(|c: char| !(c.is_whitespace() || "=\"'".contains(c)));
                path.trim_end_matches([' ', '"', '\'']).ends_with(['=', ':'])
            };
            let Some(prefix) = prefix.filter(|_| temporary) else {
                return false;
            };
            let statement = Statement::of(case, pair);
            if !statement.commented() && (set || statement.limited()) {
                return false;
            }
            let ((p, m), (q, n)) = (random(x, prefix.len()), random(y, prefix.len()));
            let tail = |text: &[u8], stem: usize| text[prefix.len() + stem..].to_vec();
            // Drawn from letters and digits: words are names that someone chose.
            let drawn = |text: &[u8]| {
                text[prefix.len()..]
                    .iter()
                    .any(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
            };
            temporary
                && (drawn(x) || drawn(y))
                && p
                && q
                && (m == n || x[prefix.len()..].iter().all(|c| c.is_ascii_digit() || *c == b'_'))
                && tail(x, m) == tail(y, n)
        };
        Evidence::likely(find::words(case, part, accept))
    }
}
