//! What is left of a run that failed.

use crate::rebuild::{Build, environment::Environment, sandbox::RunResult};
use std::path::Path;

/// Lines at the end of a log in which the failure is told.
const LAST: usize = 40;
/// Characters of a line that are looked at, and shown.
const LENGTH: usize = 500;

/// A run that failed.
pub(crate) struct Scene<'a> {
    /// What it printed, without secrets and colours.
    pub(crate) lines: Vec<String>,
    pub(crate) result: &'a RunResult,
    pub(crate) environment: &'a Environment,
    pub(crate) build: &'a Build,
    /// The source as the run got it.
    pub(crate) copy: &'a Path,
    /// Whether it was out of reach of the network.
    pub(crate) offline: bool,
}

impl<'a> Scene<'a> {
    /// The last lines, as they are told.
    pub(crate) fn last(&self) -> &[String] {
        self.lines
            .get(self.lines.len().saturating_sub(LAST)..)
            .unwrap_or_default()
    }

    /// The last line that contains one of these.
    pub(super) fn said(&self, words: &[&str]) -> Option<&str> {
        let mut lines = self.last().iter().rev();
        let found = lines.find(|line| words.iter().any(|word| line.contains(word)))?;
        Some(found.trim())
    }

    /// Whether the build ran a program of this name.
    pub(super) fn ran(&self, name: &str) -> bool {
        let processes = self.result.trace.iter().flat_map(|trace| &trace.processes);
        processes.into_iter().any(|process| {
            let words = process.command.iter().take(2);
            words.into_iter().any(|word| word.rsplit('/').next() == Some(name))
        })
    }

    /// Where the build sees its source.
    pub(super) fn build_path(&self) -> &str {
        &self.environment.build_path
    }

    /// Whether the build ended well, and made nothing that was asked for.
    pub(super) fn made_nothing(&self) -> bool {
        let why = self.result.why.as_deref().unwrap_or_default();
        why.starts_with("no artifact: ")
    }
}

/// The lines of what was printed.
pub(crate) fn lines(printed: &str) -> Vec<String> {
    printed.lines().map(plain).collect()
}

/// A line without what moves a cursor or changes colours (ECMA-48, 5.4), and no longer than can be read.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' if rest.clone().next() == Some('[') => {
                rest.by_ref().skip(1).find(|c| ('\u{40}'..='\u{7e}').contains(c));
            }
            '\u{1b}' => {}
            // A progress bar: what was written over is not seen.
            '\r' => text.clear(),
            c if text.len() < LENGTH => text.push(c),
            _ => {}
        }
    }
    match text.is_empty() && line.ends_with('\r') {
        true => line.trim_end_matches('\r').chars().take(LENGTH).collect(),
        false => text,
    }
}
