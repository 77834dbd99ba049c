//! Why a build that failed did: the lines that look like the error, and the usual first failures with their way out. One file a failure.
//!
//! A failure is told as what is seen and what follows, never as a guess: what is not sure of it stays among the lines.

mod beside;
mod certificate;
mod elsewhere;
mod ignored;
mod missing;
mod needed;
mod network;
mod read_only;
mod scene;
mod space;
#[cfg(test)]
mod tests;
mod variable;

use crate::model::{BuildFailure, FailureHint};
pub(super) use scene::{Scene, lines};

/// A failure that is usual.
struct Known {
    id: &'static str,
    /// What is seen, and the way out.
    look: fn(&Scene<'_>) -> Option<(String, String)>,
}

/// Every one, the most certain first.
static KNOWN: &[Known] = &[
    beside::KNOWN,
    elsewhere::KNOWN,
    ignored::KNOWN,
    needed::KNOWN,
    network::KNOWN,
    certificate::KNOWN,
    read_only::KNOWN,
    space::KNOWN,
    variable::KNOWN,
    missing::KNOWN,
];

/// Lines that look like the error, at most.
const ERRORS: usize = 8;

/// What can be said of a run that failed.
pub(super) fn explain(scene: &Scene<'_>) -> BuildFailure {
    let hints = KNOWN.iter().filter_map(|known| {
        let (what, fix) = (known.look)(scene)?;
        Some(FailureHint {
            id: known.id,
            what,
            fix,
        })
    });
    let errors = scene.lines.iter().filter(|line| looks_wrong(line)).take(ERRORS);
    BuildFailure {
        hints: hints.collect(),
        errors: errors.cloned().collect(),
        lines: scene.lines.len(),
        log: None,
    }
}

/// Words before which a line tells an error.
const WORDS: &[&str] = &[
    "error:",
    "error[",
    "error ",
    "err!",
    "fatal:",
    "fatal error",
    "failed:",
    "undefined reference",
    "no such file or directory",
    "not found",
    "cannot find",
    "can't find",
    "could not ",
    "permission denied",
    "traceback (most recent",
    "exception",
    "panicked at",
    "segmentation fault",
    "read-only file system",
];

/// Whether a line of a log looks like an error: not one that says there are none, nor the command line of a compiler.
fn looks_wrong(line: &str) -> bool {
    let small = line.to_lowercase();
    let command = [" -o ", " -c ", "-werror", "checking ", "no error", "0 error", "error 0"];
    let make = small.contains("*** [");
    make || WORDS.iter().any(|word| small.contains(word)) && !command.iter().any(|word| small.contains(word))
}
