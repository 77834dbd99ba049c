//! dependency-drift

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence};

/// Beginnings of lines that name what an artifact depends on.
const KEYS: &[&str] = &[
    "depends:",
    "pre-depends:",
    "recommends:",
    "suggests:",
    "built-using:",
    "static-built-using:",
    "requires:",
    "requires-dist:",
    "\"version\":",
    "\"resolved\":",
    "require-bundle:",
    "import-package:",
    "requires.private:",
];

/// Versions of what an artifact depends on or carries.
pub struct DependencyDrift;

impl Cause for DependencyDrift {
    fn id(&self) -> CauseId {
        "dependency-drift"
    }
    fn group(&self) -> &'static str {
        "environment"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "Dependencies have other versions.",
            why: "Ranges and unpinned names were resolved on another day, or shared libraries in another environment.",
            fix: "lock files with digests; the .buildinfo environment; a snapshot of the archive",
            references: &["https://reproducible-builds.org/docs/recording/"],
        }
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !find::textual(case) {
            return None;
        }
        let part = |c: u8| c.is_ascii_alphanumeric() || b".+~-_:^".contains(&c);
        let version = |text: &[u8]| text.iter().any(u8::is_ascii_digit) && text.contains(&b'.');
        // A lock file in JSON: the version of a package below the list of packages.
        let locked = case.format == "json"
            && case.address.ends_with("/version")
            && ["node_modules/", "dependencies/", "packages/"]
                .iter()
                .any(|list| case.address.contains(list));
        let claims = find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            let before = find::before(&case.a.unit, pair.a.start, 200);
            version(x) && version(y) && (locked || KEYS.iter().any(|key| before.trim_start().starts_with(key)))
        });
        // Another version is another content: a hint only.
        Evidence::likely(claims).map(Evidence::hint)
    }
}
