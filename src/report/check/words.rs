//! Words that the formats share.

use crate::{
    model::{CheckReport, CheckWhat as What, Stale},
    notation::display,
};

/// What could not be read or understood, and where.
pub fn troubles(report: &CheckReport) -> Vec<(String, String)> {
    let manifest = &report.manifest;
    let lines = report
        .malformed
        .iter()
        .map(|(line, what)| (format!("{manifest}:{line}"), what.clone()));
    let unreadable = report.findings.iter().filter_map(|finding| match &finding.what {
        What::Unreadable(error) => Some((display(&finding.path), error.clone())),
        _ => None,
    });
    let incomplete = "the manifest says that its writer could not read everything";
    let incomplete = report.incomplete.then(|| (manifest.clone(), incomplete.to_owned()));
    lines.chain(unreadable).chain(incomplete).collect()
}

/// The answer, and how many there are of each kind.
pub(super) fn summary(report: &CheckReport) -> String {
    let changed = count(report, |what| matches!(what, What::Changed { .. }));
    let missing = count(report, |what| *what == What::Missing);
    let mode = count(report, |what| matches!(what, What::Mode { .. }));
    let extra = match report.extras {
        true => format!("{} extra", count(report, |what| *what == What::Extra)),
        false => "extra not looked for".to_owned(),
    };
    let (verdict, checked) = (verdict(report), report.checked);
    let mut text =
        format!("{verdict}: {checked} listed, {changed} changed, {missing} missing, {extra}, {mode} mode changed");
    for (many, what) in [
        (count(report, is_link), "through links"),
        (count(report, is_unreadable), "unreadable"),
        (report.malformed.len(), "malformed"),
        (count(report, is_stale), "stale"),
        (count(report, |what| *what == What::NotBuilt), "not built"),
    ] {
        if many > 0 {
            text.push_str(&format!(", {many} {what}"));
        }
    }
    text
}

/// `same`, `differs` or `undetermined`.
pub(super) fn verdict(report: &CheckReport) -> &'static str {
    match (report.differs(), report.trouble()) {
        (true, _) => "differs",
        (false, true) => "undetermined",
        (false, false) => "same",
    }
}

pub(super) fn count(report: &CheckReport, which: fn(&What) -> bool) -> usize {
    report.findings.iter().filter(|finding| which(&finding.what)).count()
}

pub(super) fn is_link(what: &What) -> bool {
    matches!(what, What::Told { field: "link", .. })
}

pub(super) fn is_stale(what: &What) -> bool {
    matches!(what, What::Stale(_))
}

/// What is stale, and what to do.
pub(super) fn stale(what: Stale) -> &'static str {
    match what {
        Stale::Artifact => "is what was locked before: build it again",
        Stale::Command => "is locked with another build command: lock what this one builds",
        Stale::Lock => "is locked anew, and was not built or locked here: `repro lock --build`",
    }
}

pub(super) fn is_unreadable(what: &What) -> bool {
    matches!(what, What::Unreadable(_))
}
