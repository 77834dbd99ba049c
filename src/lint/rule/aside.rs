//! Names of what a build leaves aside.

use super::place::words;

/// Whether a name, of a target or a variable, is of what is not built: tests, cleaning, help.
pub(super) fn is_aside(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "clean",
        "distclean",
        "mostlyclean",
        "maintainerclean",
        "cleanfiles",
        "test",
        "tests",
        "check",
        "help",
        "lint",
        "format",
        "fmt",
        "tags",
        "bench",
        "coverage",
        "debug",
        "upload",
        "deploy",
        "sc",
        "update",
        "orig",
    ];
    let lower = name.to_ascii_lowercase();
    words(&lower).any(|word| WORDS.contains(&word))
}
