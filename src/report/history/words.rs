//! Words that the formats share.

use crate::{
    model::{ArtifactHistory, CauseCount, ChangedItem, HistoryReport, Outcome, RunPoint},
    notation::clip,
    report::parts::words::counted,
};

/// What is reported on, in one line: the rate, of what, from when to when.
pub(super) fn headline(report: &HistoryReport) -> String {
    let count = &report.count;
    let results = counted(count.results, "result");
    let runs = counted(report.runs, "run");
    let (from, to) = (day(report.window.from.as_ref()), day(report.window.to.as_ref()));
    let days = match from == to {
        true => format!("on {from}"),
        false => format!("from {from} to {to}"),
    };
    format!(
        "{} reproduced: {} of {results} in {runs} {days}",
        count.percent(),
        count.reproduced
    )
}

/// What of the recorded runs is counted, if not all; empty if all.
pub(super) fn window(report: &HistoryReport) -> String {
    let window = &report.window;
    let mut parts = Vec::new();
    parts.extend(window.project.as_ref().map(|name| format!("project {name}")));
    parts.extend(window.kind.map(|kind| format!("repro {}", kind.word())));
    parts.extend(window.artifact.as_ref().map(|glob| format!("artifacts {glob}")));
    parts.extend(window.since.as_ref().map(|since| format!("since {}", moment(since))));
    parts.extend(window.last.map(|last| format!("the newest {}", counted(last, "run"))));
    parts.join(", ")
}

/// `2026-11-27` of `2026-11-27T10:00:00Z`.
pub(super) fn day(moment: Option<&String>) -> &str {
    moment
        .map(String::as_str)
        .unwrap_or_default()
        .split('T')
        .next()
        .unwrap_or_default()
}

/// `2026-11-27 10:00` of `2026-11-27T10:00:00Z`.
pub(super) fn moment(text: &str) -> String {
    text.get(..16).unwrap_or(text).replace('T', " ")
}

/// The artifact's path, within reason; that there is none where a build never made one.
pub(super) fn path(artifact: &ArtifactHistory) -> String {
    match artifact.path.as_str() {
        "" => "(no artifact was made)".to_owned(),
        path => clip(path, 300),
    }
}

/// Which projects there are, if more than one, and which commands: else they need not be said.
pub(super) fn several(report: &HistoryReport) -> (bool, bool) {
    let mut artifacts = report.artifacts.iter();
    let Some(first) = artifacts.next() else {
        return (false, false);
    };
    artifacts.fold((false, false), |(projects, kinds), artifact| {
        (
            projects || artifact.project != first.project,
            kinds || artifact.kind != first.kind,
        )
    })
}

/// `run 14, 2026-11-25 02:00, commit 1a2b3c4d`.
pub(super) fn point(point: &RunPoint) -> String {
    let commit = point.commit.as_ref().and_then(|commit| commit.get(..8));
    let commit = commit.map(|commit| format!(", commit {commit}")).unwrap_or_default();
    format!("run {}, {}{commit}", point.run, moment(&point.at))
}

/// Why a run did not reproduce an artifact: its state, then cause or reason.
pub(super) fn failure(point: &RunPoint) -> String {
    match (&point.cause, &point.why) {
        (Some(cause), _) => format!("{}, first cause {cause}", point.state),
        (None, Some(why)) => format!("{}: {}", point.state, why.lines().next().unwrap_or_default()),
        (None, None) => point.state.clone(),
    }
}

/// `package gcc-12: 12.2.0-14 → 12.2.0-15`; of a digest its beginning.
pub(super) fn change(item: &ChangedItem) -> String {
    let side = |value: &Option<String>| match value.as_deref() {
        None => "none".to_owned(),
        Some(value) => {
            let hex = value.strip_prefix("sha256:").unwrap_or(value);
            let digest = hex.len() >= 40 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
            let short = hex.get(..12).filter(|_| digest);
            short.unwrap_or(value).to_owned()
        }
    };
    format!("{}: {} → {}", item.what, side(&item.before), side(&item.after))
}

pub(super) fn cause(cause: &CauseCount) -> &str {
    cause.cause.as_deref().unwrap_or("no cause found")
}

/// One letter an outcome, for what has no colour.
pub(super) fn letter(outcome: Outcome) -> char {
    match outcome {
        Outcome::Reproduced => '=',
        Outcome::Failed => 'x',
        Outcome::Unknown => '?',
    }
}
