//! Words that the formats share.

use crate::model::{PublishedPlan, PublishedReport, PublishedTry, PublishedVerdict};
use anstyle::AnsiColor;

/// The verdict and its colour.
pub(super) fn verdict(verdict: PublishedVerdict) -> (&'static str, AnsiColor) {
    let color = match verdict {
        PublishedVerdict::Identical => AnsiColor::Green,
        PublishedVerdict::Explained | PublishedVerdict::Plausible => AnsiColor::Yellow,
        PublishedVerdict::Different => AnsiColor::Red,
        PublishedVerdict::Undetermined | PublishedVerdict::NotBuilt => AnsiColor::Magenta,
    };
    (verdict.word(), color)
}

/// The plan as pairs of a name and a value, without what is usual.
pub(super) fn plan(plan: &PublishedPlan) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let mut line = |name, value: String| {
        if !value.is_empty() {
            lines.push((name, value));
        }
    };
    line("interpreter", plan.interpreter.clone());
    line("tools", plan.requires.join(", "));
    line("tools before", plan.before.clone());
    line("clock", format!("@{}", plan.clock));
    let epoch = plan.source_date_epoch.map(|epoch| epoch.to_string());
    line("SOURCE_DATE_EPOCH", epoch.unwrap_or_else(|| "not set".to_owned()));
    line(
        "file times",
        if plan.member_times {
            "as the artifact's members show"
        } else {
            ""
        }
        .to_owned(),
    );
    line("umask", plan.umask.clone());
    line("build path", plan.build_path.clone());
    for step in &plan.steps {
        line("step", step.join(" "));
    }
    lines
}

/// What one build of the search was.
pub(super) fn tried(tried: &PublishedTry) -> String {
    let what = match tried.what.as_str() {
        "" => String::new(),
        what => format!(": {what}"),
    };
    format!("{}: {}{what}", tried.setting, tried.verdict.word())
}

/// The tries, where there was more than the plan.
pub(super) fn tries(report: &PublishedReport) -> &[PublishedTry] {
    match report.tries.len() {
        0 | 1 => &[],
        _ => &report.tries,
    }
}
