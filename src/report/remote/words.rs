//! Words that the formats share.

use crate::model::{MissCause, RemoteAction, RemoteReport, RemoteVerdict};

/// How many of a verdict there are.
pub(super) fn count(report: &RemoteReport, verdict: RemoteVerdict) -> u64 {
    report.counts.get(verdict.word()).copied().unwrap_or(0)
}

/// The whole in one line.
pub(super) fn summary(report: &RemoteReport) -> String {
    let of = |verdict| count(report, verdict);
    let made: u64 = report.counts.values().sum();
    let mut all = vec![
        format!("{} of {made} do not reproduce", of(RemoteVerdict::Unreproducible)),
        format!("{} not checked", of(RemoteVerdict::Unchecked)),
    ];
    if report.left > 0 {
        all.push(format!("no time for {}", report.left));
    }
    if report.nameless > 0 {
        all.push(format!("{} without a name in a cache", report.nameless));
    }
    if report.sample < 1.0 {
        let part = report.sample * 100.0;
        all.push(format!(
            "a sample of {part}% of {}, seed {}",
            report.listed, report.seed
        ));
    }
    all.join("; ")
}

/// What an action is called, for people.
pub(super) fn title(action: &RemoteAction) -> String {
    let parts = [action.mnemonic.as_str(), &action.label];
    let named: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    match named.is_empty() {
        true => action.command.first().cloned().unwrap_or_else(|| "action".to_owned()),
        false => named.join(" "),
    }
}

/// What two new runs say of one that is not as in the cache.
pub(super) fn steadiness(action: &RemoteAction) -> Option<&'static str> {
    action.steady.map(|steady| match steady {
        true => "two new runs agree: what it was made with, where or when has changed since",
        false => "it differs from run to run",
    })
}

/// What differs between two builds, in a sentence.
pub(super) fn cause(cause: &MissCause) -> String {
    let at = match (cause.mnemonic.as_str(), cause.label.as_str()) {
        ("", "") => cause.output.clone(),
        ("", label) => label.to_owned(),
        (mnemonic, label) => format!("{mnemonic} {label}").trim_end().to_owned(),
    };
    match cause.what {
        "source" => format!("file {}, which no action makes, differs in {at}", cause.name),
        "variable" => format!("variable {} differs in {at}", cause.name),
        "platform" => format!("platform property {} differs in {at}", cause.name),
        "command" => format!("the command line differs in {at}"),
        _ => format!(
            "{at} is not hermetic: from the same inputs it made another {}",
            cause.name
        ),
    }
}
