//! The sentences that text and markdown share. Everything that comes from a build is made harmless for a terminal here.

use crate::{
    model::{
        BuildRun, BuildVerdict, DifferentLine, Effect, Guilty, PlannedVariation, RebuildReport, RunOutcome, SecretUse,
    },
    notation::clean,
    report::parts::words::{counted, join},
};
use anstyle::AnsiColor;

/// Names in a sentence before only their number is given.
const NAMES: usize = 8;
/// Artifacts in a sentence before only their number is given.
const ARTIFACTS: usize = 2;

/// The answer's first word or two, its colour, and the rest of its line.
pub(super) fn answer(report: &RebuildReport) -> (&'static str, AnsiColor, String) {
    let reason = || {
        clean(
            report
                .reason
                .as_deref()
                .unwrap_or_default()
                .lines()
                .next()
                .unwrap_or_default(),
        )
    };
    match report.verdict {
        BuildVerdict::Reproducible => {
            let artifacts = control(report).map_or_else(Vec::new, |run| run.sha256.keys().cloned().collect());
            let (what, many) = (some(&artifacts), report.innocent.len() != 1);
            let change = if many { "change" } else { "changes" };
            if report.plan.quick {
                let said = format!(
                    "{}, all at once, {change} nothing in {what}; --quick does not look for what one hides of another",
                    counted(report.innocent.len(), "variation")
                );
                return ("reproducible as far as tested", AnsiColor::Yellow, said);
            }
            let tested = format!(
                "{} {change} nothing in {what}",
                counted(report.innocent.len(), "variation")
            );
            match not_tested(report) {
                None => ("reproducible", AnsiColor::Green, tested),
                Some(left) => (
                    "reproducible as far as tested",
                    AnsiColor::Yellow,
                    format!("{tested}; {left}"),
                ),
            }
        }
        BuildVerdict::Unreproducible => ("unreproducible", AnsiColor::Red, effects(report)),
        BuildVerdict::IntrinsicallyUnstable => {
            let names: Vec<String> = report.unstable.iter().map(|u| u.artifact.clone()).collect();
            let differ = if names.len() == 1 { "differs" } else { "differ" };
            let mut rest = format!("{} {differ} between two builds in the same environment", some(&names));
            if !report.guilty.is_empty() {
                rest = format!("{rest}; of the rest, {}", effects(report));
            }
            ("intrinsically unstable", AnsiColor::Red, rest)
        }
        BuildVerdict::BuildFails => ("build fails", AnsiColor::Red, reason()),
        BuildVerdict::Undetermined => ("undetermined", AnsiColor::Magenta, reason()),
    }
}

/// `5 not tested: kernel, …`
fn not_tested(report: &RebuildReport) -> Option<String> {
    let names: Vec<&str> = report.not_tested.iter().map(|n| n.name.as_str()).collect();
    match names.len() {
        0 => None,
        n if n <= NAMES => Some(format!("{n} not tested: {}", names.join(", "))),
        n => Some(format!("{n} not tested")),
    }
}

/// `time and build_path change dist/a.tar; umask makes the build fail`
fn effects(report: &RebuildReport) -> String {
    let mut groups: Vec<(&Guilty, Vec<String>)> = Vec::new();
    for guilty in &report.guilty {
        let alike = |known: &&mut (&Guilty, Vec<String>)| {
            known.0.effect == guilty.effect
                && (guilty.effect != Effect::Differs || known.0.artifacts == guilty.artifacts)
        };
        match groups.iter_mut().find(alike) {
            Some(known) => known.1.push(together(guilty)),
            None => groups.push((guilty, vec![together(guilty)])),
        }
    }
    let sentences: Vec<String> = groups
        .iter()
        .map(|(guilty, names)| format!("{} {}", join(names), effect(guilty, names.len() > 1)))
        .collect();
    sentences.join("; ")
}

/// `changes dist/a.tar`, `makes the build fail`.
pub(super) fn effect(guilty: &Guilty, plural: bool) -> String {
    let many = plural || guilty.variations.len() > NAMES;
    let s = if many { "" } else { "s" };
    match guilty.effect {
        Effect::Fails => format!("make{s} the build fail"),
        Effect::Hangs => format!("make{s} the build hang"),
        Effect::Differs => format!("change{s} {}", some(&guilty.artifacts)),
    }
}

/// The variations of one guilty set: `time`, or `time with locale` for a conjunction.
pub(super) fn together(guilty: &Guilty) -> String {
    match guilty.variations.len() {
        few if few <= NAMES => guilty.variations.join(" with "),
        many => format!("{many} variations together"),
    }
}

/// One or two names, or how many artifacts.
fn some(artifacts: &[String]) -> String {
    if (1..=ARTIFACTS).contains(&artifacts.len()) {
        join(&artifacts.iter().map(|a| clean(a)).collect::<Vec<_>>())
    } else {
        counted(artifacts.len(), "artifact")
    }
}

/// The first run in the control environment.
pub(super) fn control(report: &RebuildReport) -> Option<&BuildRun> {
    report
        .runs
        .iter()
        .find(|run| run.varied.is_empty() && run.remedies.is_empty())
}

/// What came of a run, seen from the control.
pub(super) fn outcome(report: &RebuildReport, run: &BuildRun) -> String {
    match run.outcome {
        RunOutcome::Failed => return "fails".to_owned(),
        RunOutcome::Hung => return "hangs".to_owned(),
        RunOutcome::Built => {}
    }
    let Some(control) = control(report) else {
        return "built".to_owned();
    };
    if control.id == run.id {
        return "the control".to_owned();
    }
    let stable = |artifact: &String| !report.unstable.iter().any(|u| u.artifact == *artifact);
    let names = control.sha256.keys().chain(run.sha256.keys());
    let differ: std::collections::BTreeSet<&String> = names
        .filter(|name| stable(name) && control.sha256.get(*name) != run.sha256.get(*name))
        .collect();
    match differ.len() {
        0 if report.unstable.is_empty() => "same as the control".to_owned(),
        0 => "same as the control where that is stable".to_owned(),
        _ => "differs".to_owned(),
    }
}

/// `run 4 varied only time: differs; run 5 varied all but time: same as the control`
pub(super) fn confirmed(report: &RebuildReport, guilty: &Guilty) -> String {
    let run = |id: usize| report.runs.iter().find(|run| run.id == id);
    let said = |id: usize| run(id).map_or_else(|| "not in this report".to_owned(), |run| outcome(report, run));
    let varied = run(guilty.only).map_or(&guilty.variations, |run| &run.varied);
    let only = format!(
        "run {} varied only {}: {}",
        guilty.only,
        join(varied),
        said(guilty.only)
    );
    if report.plan.quick {
        return format!(
            "run {} varied all {}: {}; which of them it is, `repro build` without --quick finds out",
            guilty.only,
            guilty.variations.len(),
            said(guilty.only)
        );
    }
    let Some(id) = guilty.all_but else {
        return format!("{only}; no run without it gave the control's artifacts");
    };
    let varied = run(id).map_or(&[][..], |run| &run.varied);
    let kept: Vec<&str> = tested(report)
        .map(|v| v.name.as_str())
        .filter(|name| !varied.iter().any(|v| v == name))
        .collect();
    let which = if varied.is_empty() {
        "nothing".to_owned()
    } else if (1..=4).contains(&kept.len()) {
        format!("all but {}", join(&kept))
    } else {
        counted(varied.len(), "other")
    };
    format!("{only}; run {id} varied {which}: {}", said(id))
}

/// Variations that were tested.
fn tested(report: &RebuildReport) -> impl Iterator<Item = &PlannedVariation> {
    let not = |name: &str| report.not_tested.iter().any(|n| n.name == name);
    report.plan.variations.iter().filter(move |v| !not(&v.name))
}

/// What is known of one variation.
pub(super) fn result(report: &RebuildReport, name: &str) -> String {
    let has = |guilty: &&Guilty| guilty.variations.iter().any(|v| v == name);
    if report.plan.quick && report.guilty.iter().any(|guilty| has(&guilty)) {
        return "one of those that were varied at once".to_owned();
    }
    let guilty: Vec<String> = report
        .guilty
        .iter()
        .filter(has)
        .map(|guilty| {
            let others: Vec<&String> = guilty.variations.iter().filter(|v| *v != name).collect();
            if others.is_empty() {
                effect(guilty, false)
            } else {
                format!("with {}: {}", join(&others), effect(guilty, false))
            }
        })
        .collect();
    if !guilty.is_empty() {
        return guilty.join("; ");
    }
    if report.guilty.iter().any(|g| g.captured.iter().any(|c| c == name)) {
        return "seen only in the copy of the environment".to_owned();
    }
    if report.guilty.iter().any(|g| g.mixed.iter().any(|c| c == name)) {
        return "seen only where random is seen".to_owned();
    }
    if let Some(not) = report.not_tested.iter().find(|n| n.name == name) {
        return format!("not tested: {}", clean(&not.why));
    }
    if report.innocent.iter().any(|i| i == name) {
        "changes nothing".to_owned()
    } else {
        "no verdict".to_owned()
    }
}

/// Variations that were not tested, by the reason, in the order of the report.
pub(super) fn reasons(report: &RebuildReport) -> Vec<(String, Vec<&str>)> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for not in &report.not_tested {
        let why = clean(&not.why);
        match groups.iter_mut().find(|(known, _)| *known == why) {
            Some(known) => known.1.push(&not.name),
            None => groups.push((why, vec![&not.name])),
        }
    }
    groups
}

/// `14 runs (2 failed), 20.1 s of CPU; the two control builds alone took 2.8 s`
pub(super) fn cost(report: &RebuildReport) -> String {
    let count = |outcome| report.runs.iter().filter(|run| run.outcome == outcome).count();
    let ended: Vec<String> = [(RunOutcome::Failed, "failed"), (RunOutcome::Hung, "hung")]
        .iter()
        .filter_map(|(outcome, word)| Some((count(*outcome), word)).filter(|(n, _)| *n > 0))
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    let ended = if ended.is_empty() {
        String::new()
    } else {
        format!(" ({})", ended.join(", "))
    };
    let all: f64 = report.runs.iter().map(|run| run.cpu_seconds).sum();
    let controls: Vec<f64> = report
        .runs
        .iter()
        .filter(|run| run.varied.is_empty() && run.remedies.is_empty())
        .map(|run| run.cpu_seconds)
        .collect();
    let mut line = format!("{}{ended}, {all:.1} s of CPU", counted(report.runs.len(), "run"));
    if let [first, second, ..] = controls.as_slice() {
        let two = first + second;
        line.push_str(&format!("; the two control builds took {two:.1} s of it"));
    }
    line
}

/// A command line as a shell would take it.
pub(super) fn shell(command: &[String]) -> String {
    command.iter().map(|w| word(w)).collect::<Vec<_>>().join(" ")
}

/// One word of a command line, quoted where it must be.
pub(super) fn word(text: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !text.is_empty() && text.chars().all(bare) {
        text.to_owned()
    } else if text.chars().any(char::is_control) {
        format!("$'{}'", clean(&text.replace('\\', "\\\\").replace('\'', "\\'")))
    } else if text.contains('\'') && !text.contains(['"', '$', '`', '\\', '!']) {
        format!("\"{text}\"")
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// A line that differs; `mark` writes a text from elsewhere.
pub(super) fn line(line: &DifferentLine, mark: impl Fn(&str) -> String) -> String {
    let side = |text: &Option<String>| {
        text.as_deref()
            .map_or_else(|| "no such line".to_owned(), |text| mark(&clean(text)))
    };
    format!("line {}: {} → {}", line.number, side(&line.a), side(&line.b))
}

/// Who got a secret, whether it was found or else in which forms it was looked for, and what was not searched.
pub(super) fn secret(secret: &SecretUse, shown: usize) -> String {
    let (name, runs) = (clean(&secret.name), counted(secret.runs.len(), "run"));
    let mut said = format!("secret {name}: handed to {runs}, ");
    said += &match secret.found.is_empty() {
        true => format!("not found in what they made as {}", secret.searched.join(", ")),
        false => "found, see above".to_owned(),
    };
    let left: Vec<String> = secret.not_searched.iter().take(shown).map(|left| clean(left)).collect();
    if !left.is_empty() {
        said += &format!("; not searched: {}", left.join(", "));
    }
    match secret.not_searched.len() - left.len() {
        0 => said,
        more => format!("{said} and {more} more"),
    }
}
