//! What is said of a build that fails: usual failures and their way out, whether the control environment is to blame, the lines that look
//! like the error, and where all of its output is.

use crate::{
    model::{BuildFailure, BuildRun, RebuildReport, RunOutcome},
    notation::clean,
    report::parts::words::{counted, join},
};

/// The run of the control that failed, and what can be said of it.
pub(super) fn failed(report: &RebuildReport) -> Option<&BuildFailure> {
    let failed = |run: &&BuildRun| run.varied.is_empty() && run.outcome != RunOutcome::Built;
    report
        .runs
        .iter()
        .filter(|_| report.reason.is_some())
        .find(failed)?
        .failure
        .as_ref()
}

/// What is seen in a run that failed, each with its way out.
pub(super) fn hints(failure: &BuildFailure) -> impl Iterator<Item = (String, String)> {
    failure.hints.iter().map(|hint| (clean(&hint.what), clean(&hint.fix)))
}

/// Whether it is the control environment that the build fails in, and the way out then.
pub(super) fn pins(report: &RebuildReport) -> Option<(String, Option<String>)> {
    let pins = report.pins.as_ref()?;
    let run = pins.plain;
    let Some(guilty) = &pins.guilty else {
        let said = format!("with nothing pinned it fails, too (run {run}): the control environment is not to blame");
        return Some((said, None));
    };
    let (name, what) = (guilty.name, guilty.what);
    let runs: Vec<String> = guilty.runs.iter().map(ToString::to_string).collect();
    let alone = match guilty.alone {
        true => format!("with nothing but {name} freed, too"),
        false => format!("it takes more than {name} freed"),
    };
    let said = format!(
        "the control environment's {name} breaks this build: {what}. With nothing pinned it succeeds (run {run}), {alone} ({} {})",
        if runs.len() == 1 { "run" } else { "runs" },
        join(&runs)
    );
    Some((said, Some(guilty.fix.to_owned())))
}

/// Where all of the output is, or how it is had.
pub(super) fn log(failure: &BuildFailure) -> String {
    let lines = counted(failure.lines, "line");
    match &failure.log {
        Some(path) => format!("the whole log: {} ({lines})", clean(path)),
        None => format!("the whole log has {lines}: --build-log FILE writes it"),
    }
}
