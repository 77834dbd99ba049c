//! The sentences that text, markdown and HTML share.

use crate::{
    model::{
        DdcClass, DdcLocalisation, DdcReport, DdcStage, DdcToolchain, DdcVerdict, Lineage, Localised, ToolchainVerdict,
    },
    notation::{clean, clip},
    report::parts::words::{counted, join},
};
use anstyle::AnsiColor;

/// The verdict's word, and its colour.
pub(super) fn verdict(report: &DdcReport) -> (&'static str, AnsiColor) {
    match report.verdict {
        DdcVerdict::Match => ("match", AnsiColor::Green),
        DdcVerdict::MatchAfterNormalising => ("match after normalising", AnsiColor::Green),
        DdcVerdict::Mismatch => ("mismatch", AnsiColor::Red),
        DdcVerdict::NotDeterministic => ("not deterministic", AnsiColor::Magenta),
        DdcVerdict::Failed => ("failed", AnsiColor::Magenta),
    }
}

/// A toolchain's verdict, as JSON has it, and its colour.
pub(super) fn of(verdict: ToolchainVerdict) -> (&'static str, AnsiColor) {
    match verdict {
        ToolchainVerdict::Identical => ("identical", AnsiColor::Green),
        ToolchainVerdict::IdenticalAfterNormalising => ("identical-after-normalising", AnsiColor::Green),
        ToolchainVerdict::ConvergesAtStage3 => ("converges-at-stage-3", AnsiColor::Yellow),
        ToolchainVerdict::Differs => ("differs", AnsiColor::Red),
        ToolchainVerdict::RegenerationFailed => ("regeneration-failed", AnsiColor::Magenta),
        ToolchainVerdict::Nondeterministic => ("nondeterministic", AnsiColor::Magenta),
        ToolchainVerdict::CannotCompile => ("cannot-compile", AnsiColor::Magenta),
        ToolchainVerdict::Stage2Crashed => ("stage-2-crashed", AnsiColor::Magenta),
        ToolchainVerdict::Invalid => ("invalid", AnsiColor::Magenta),
    }
}

/// What one stage of a toolchain gave: `= c_A`, the start of a digest, `failed`, or nothing where it was not made.
pub(super) fn stage(report: &DdcReport, toolchain: &DdcToolchain, what: &str) -> String {
    let name = format!("{}/{what}", toolchain.id);
    let Some(found) = report.stages.iter().find(|stage| stage.name == name) else {
        return String::new();
    };
    let generation = what.strip_suffix(AGAIN).unwrap_or(what);
    let of_chain = report.generations.iter().find(|one| one.name == generation);
    let (claimed, called) = match of_chain {
        Some(generation) => (Some(&generation.sha256), generation.name.as_str()),
        None => (report.subject.as_ref(), "c_A"),
    };
    match &found.sha256 {
        None => "failed".to_owned(),
        Some(digest) if claimed == Some(digest) => format!("= {called}"),
        Some(digest) => short(digest).to_owned(),
    }
}

/// What ends the name of a stage that was repeated.
const AGAIN: &str = "-again";

/// The start of a digest.
pub(super) fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// The stages that a report has, by the last part of their names, in order.
pub(super) fn columns(report: &DdcReport) -> Vec<String> {
    let usual = ["stage1", "stage2", "stage2-again", "stage3", "built", "built-again"];
    let chain = report.generations.iter();
    let all = chain.flat_map(|one| [one.name.clone(), format!("{}{AGAIN}", one.name)]);
    let there = |what: &String| {
        let ends = |stage: &&DdcStage| stage.name.split_once('/').is_some_and(|(_, last)| last == *what);
        let mut found = report.stages.iter().filter(ends);
        found.any(|stage| {
            report
                .toolchains
                .iter()
                .any(|toolchain| stage.name == format!("{}/{what}", toolchain.id))
        })
    };
    usual.into_iter().map(str::to_owned).chain(all).filter(there).collect()
}

/// What is said of each generation of a chain: its name, its digest, the words.
pub(super) fn chain(report: &DdcReport) -> impl Iterator<Item = [String; 3]> {
    report.generations.iter().map(|generation| {
        let words = match generation.links.as_slice() {
            [] => "what the chain begins with; nothing is claimed of it".to_owned(),
            links => {
                let each = links
                    .iter()
                    .map(|link| format!("{} by {}", of(link.verdict).0, link.toolchain));
                each.collect::<Vec<_>>().join(", ")
            }
        };
        [generation.name.clone(), short(&generation.sha256).to_owned(), words]
    })
}

/// Whether a stage only repeats another, and gave the same for each toolchain.
pub(super) fn repeats(report: &DdcReport, what: &str) -> bool {
    what.strip_suffix(AGAIN).is_some_and(|first| {
        let same = |toolchain| stage(report, toolchain, what) == stage(report, toolchain, first);
        report.toolchains.iter().all(same)
    })
}

/// A class in words: `gcc-12, clang-14 and pcc (3 lineages: clang, gcc, pcc)`.
pub(super) fn class(class: &DdcClass) -> String {
    let count = counted(class.lineages.len(), "lineage");
    format!("{} ({count}: {})", join(&class.toolchains), class.lineages.join(", "))
}

/// Where a toolchain comes from, in a line.
pub(super) fn lineage(lineage: &Lineage) -> String {
    let parts = [
        ("", Some(&lineage.front_end)),
        ("assembler ", lineage.assembler.as_ref()),
        ("linker ", lineage.linker.as_ref()),
        ("libc ", lineage.libc.as_ref()),
        ("on ", lineage.host.as_ref()),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter_map(|(word, name)| Some(format!("{word}{}", (*name)?)))
        .collect();
    said.join(", ")
}

/// How many runs were made, and how many taken from the cache; a stage with the inputs of another is not run again.
pub(super) fn runs(report: &DdcReport) -> String {
    let all = report.stages.iter().filter(|stage| stage.same_run_as.is_none());
    let kept = all.clone().filter(|stage| stage.kept).count();
    let runs = counted(all.count(), "run");
    match kept {
        0 => runs,
        kept => format!("{runs}, {kept} of them kept from before"),
    }
}

/// What was compared, and how much of it differs: `1 of 10 objects differs`.
pub(super) fn localised(found: &DdcLocalisation) -> String {
    let differ = found.differ.len();
    let verb = if differ == 1 { "differs" } else { "differ" };
    match found.units {
        0 => format!("{} {verb}", counted(differ, "artifact")),
        units if found.artifacts && found.failed.is_empty() => {
            format!(
                "none of {} differs alone, {} {verb}",
                counted(units, "object"),
                counted(differ, "artifact")
            )
        }
        units if found.failed.is_empty() => format!("{differ} of {} {verb}", counted(units, "object")),
        units => format!(
            "{differ} of {} {verb}, {} could not be compared",
            counted(units, "object"),
            found.failed.len()
        ),
    }
}

/// What differs in an object, in numbers: `1 function added, 1 changed`. Added is what only the second side has.
pub(super) fn object(found: &DdcLocalisation, object: &Localised) -> String {
    if let Some(which) = &object.only_in {
        return format!("only in {}", if which == "first" { &found.a } else { &found.b });
    }
    let functions = &object.functions;
    let mut said = Vec::new();
    let mut add = |count: usize, what: &str, how: &str| {
        if count > 0 {
            said.push(format!("{} {how}", counted(count, what)));
        }
    };
    add(functions.added.len() + functions.added_left_out, "function", "added");
    add(
        functions.removed.len() + functions.removed_left_out,
        "function",
        "removed",
    );
    add(
        object.changed_functions.len() + object.changed_functions_left_out,
        "function",
        "changed",
    );
    add(
        object.changed_data.len() + object.changed_data_left_out,
        "datum",
        "changed",
    );
    add(
        object.imports.added.len() + object.imports.added_left_out,
        "import",
        "added",
    );
    add(
        object.imports.removed.len() + object.imports.removed_left_out,
        "import",
        "removed",
    );
    if said.is_empty() {
        let sections: Vec<&str> = object.sections.iter().map(|section| section.name.as_str()).collect();
        said.push(match (&object.bytes_only, sections.as_slice()) {
            (Some(why), _) => format!(
                "compared as bytes: {why}; the first at {}",
                object.first_byte.unwrap_or(0)
            ),
            (None, []) => format!("in {}", object.header.join(", ")),
            (None, names) => format!("in {}", names.join(", ")),
        });
    }
    said.join(", ")
}

/// Names that only one side has, a line a kind.
pub(super) fn listed(found: &DdcLocalisation, object: &Localised) -> Vec<String> {
    let kinds = [
        ("functions", &object.functions),
        ("imports", &object.imports),
        ("symbols", &object.symbols),
        ("strings", &object.strings),
    ];
    let mut lines = Vec::new();
    for (what, listed) in kinds {
        let sides = [
            (&found.b, &listed.added, listed.added_left_out),
            (&found.a, &listed.removed, listed.removed_left_out),
        ];
        for (side, names, left_out) in sides.into_iter().filter(|(_, names, _)| !names.is_empty()) {
            let few: Vec<String> = names.iter().take(NAMES).map(|name| clip(&clean(name), NAME)).collect();
            let more = match names.len() - few.len() + left_out {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            lines.push(format!("{what} only in {side}: {}{more}", few.join(", ")));
        }
    }
    lines
}

/// Names in a line before only their number is given.
const NAMES: usize = 5;
/// Characters of a name or string.
const NAME: usize = 60;
