//! What is said of fixes: which were tried for each artifact and what each did, and what the tools of the build offer.

use super::words::word;
use crate::{
    model::{Effect, Guilty, RebuildReport, TriedFix},
    notation::clean,
    report::parts::words::{counted, join},
};

/// Artifacts of which it is said what was tried, unless all is asked for.
const ARTIFACTS: usize = 8;

/// The fixes that make at least one artifact the same.
pub(super) fn mending(guilty: &Guilty) -> impl Iterator<Item = &TriedFix> {
    guilty.fixes.iter().filter(|fix| fix.proved || !fix.mends.is_empty())
}

/// `with SOURCE_DATE_EPOCH=1 set, the same 4 runs are identical (9, 10, 11 and 12)`
pub(super) fn proved(fix: &TriedFix) -> String {
    // Variables of one value together: CFLAGS, CXXFLAGS and so on.
    let mut groups: Vec<(&String, Vec<&str>)> = Vec::new();
    for (name, value) in &fix.environment {
        match groups.iter_mut().find(|(known, _)| *known == value) {
            Some(known) => known.1.push(name),
            None => groups.push((value, vec![name])),
        }
    }
    let set: Vec<String> = groups
        .iter()
        .map(|(value, names)| match names.as_slice() {
            [one] => format!("{one}={}", word(value)),
            many => format!("{} in {}", word(value), join(many)),
        })
        .collect();
    let ids: Vec<String> = fix.runs.iter().map(ToString::to_string).collect();
    let mut what = if set.is_empty() {
        clean(&fix.name)
    } else {
        set.join(", ")
    };
    if what.contains("{build}") {
        what.push_str(" ({build}: the folder that it is built in)");
    }
    let runs = counted(ids.len(), "run");
    let of = match fix.proved {
        true => String::new(),
        false => format!(" in {}", artifacts(&fix.mends)),
    };
    format!("with {what} set, the same {runs} are identical{of} ({})", join(&ids))
}

fn artifacts(names: &[String]) -> String {
    join(&names.iter().map(|name| clean(name)).collect::<Vec<_>>())
}

/// What was tried for each artifact, a line each.
pub(super) fn tried(report: &RebuildReport, guilty: &Guilty, all: bool) -> Vec<String> {
    if guilty.effect != Effect::Differs || !report.plan.try_fixes && guilty.fixes.is_empty() {
        return Vec::new();
    }
    if guilty.fixes.is_empty() {
        return vec!["no fix is known that takes nothing but other variables".to_owned()];
    }
    let shown = if all { guilty.artifacts.len() } else { ARTIFACTS };
    let mut lines: Vec<String> = guilty
        .artifacts
        .iter()
        .take(shown)
        .map(|artifact| of(guilty, artifact))
        .collect();
    let more = guilty.artifacts.len().saturating_sub(shown);
    if more > 0 {
        lines.push(format!(
            "{} more: --verbose says what was tried",
            counted(more, "artifact")
        ));
    }
    lines
}

/// `tried for a.zip: TZ mends it; SOURCE_DATE_EPOCH does not`
fn of(guilty: &Guilty, artifact: &String) -> String {
    let (mut mends, mut leaves, mut breaks) = (Vec::new(), Vec::new(), Vec::new());
    for fix in &guilty.fixes {
        let list = match (fix.breaks, fix.proved || fix.mends.contains(artifact)) {
            (true, _) => &mut breaks,
            (false, true) => &mut mends,
            (false, false) => &mut leaves,
        };
        list.push(clean(&fix.name));
    }
    let verb = |names: &[String], one: &'static str, many: &'static str| if names.len() == 1 { one } else { many };
    let mut said = Vec::new();
    if !mends.is_empty() {
        said.push(format!("{} {} it", join(&mends), verb(&mends, "mends", "each mend")));
    }
    if !leaves.is_empty() {
        said.push(format!("{} {} not help", join(&leaves), verb(&leaves, "does", "do")));
    }
    if !breaks.is_empty() {
        said.push(format!(
            "{} {} the build fail",
            join(&breaks),
            verb(&breaks, "makes", "make")
        ));
    }
    let end = if mends.is_empty() {
        ": nothing that is known helps"
    } else {
        ""
    };
    format!("tried for {}: {}{end}", clean(artifact), said.join("; "))
}

/// What the tools of the build offer, a line each.
pub(super) fn offers(guilty: &Guilty) -> impl Iterator<Item = String> {
    guilty
        .advice
        .iter()
        .map(|advice| format!("with {}: {}", advice.tool, advice.text))
}
