//! Command lines that repeat the experiment, or one run of it.
//!
//! `repro build … --seed N --clock @C -- COMMAND` repeats all of it. With `--vary NAMES` (comma-separated; `control` for none) just one
//! run is made, with these varied, and what it makes is kept in the folder given by `--keep`. `--remedy NAME`, once for each,
//! puts a remedy of `--try-fixes` in force in such a run, and `--unpin NAMES` leaves something of the control as it is on this machine.

use crate::rebuild::{Build, pace::Pace, runner::RunRequest};

/// Repeats the whole experiment.
pub(super) fn all(build: &Build) -> String {
    line(build, &build.replay.choice, &[])
}

/// Repeats one run.
pub(super) fn one(build: &Build, request: &RunRequest, remedies: &[String]) -> String {
    let names: Vec<&str> = request.varied.iter().map(String::as_str).collect();
    let names = if names.is_empty() {
        "control".to_owned()
    } else {
        names.join(",")
    };
    let mut options = vec!["--vary".to_owned(), names];
    if !request.freed.is_empty() {
        let freed: Vec<&str> = request.freed.iter().map(String::as_str).collect();
        options.extend(["--unpin".to_owned(), freed.join(",")]);
    }
    for name in remedies {
        options.extend(["--remedy".to_owned(), name.clone()]);
    }
    line(build, &[], &options)
}

fn line(build: &Build, choice: &[String], more: &[String]) -> String {
    let mut words = [&build.replay.options, choice].concat();
    words.extend(["--seed".to_owned(), build.seed.to_string()]);
    let pace = match build.pace == Pace::default() {
        true => "",
        false => build.pace.name(),
    };
    words.extend(["--clock".to_owned(), format!("{pace}@{}", build.clock)]);
    words.extend_from_slice(more);
    if !build.replay.command.is_empty() {
        words.push("--".to_owned());
        words.extend_from_slice(&build.replay.command);
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// As a shell takes it for one word.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@,+%^".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
