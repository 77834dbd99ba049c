//! Markdown, as a bot would post it: the answer, a section for each guilty set, the experiment folded below.

use super::{
    failure, fixes,
    words::{self, shell},
};
use crate::{
    model::{Guilty, RebuildReport},
    notation::clean,
    report::parts::{
        markdown::{causes, cell, code, places},
        words::{counted, join},
    },
};
use std::io::{self, Write};

/// The report as GitHub-flavoured markdown.
pub fn write(report: &RebuildReport, out: &mut dyn Write) -> io::Result<()> {
    let (word, _, rest) = words::answer(report);
    writeln!(out, "### `repro build`: {word}\n\n{}", cell(&rest))?;
    let found = failure::failed(report);
    let hints = found
        .into_iter()
        .flat_map(failure::hints)
        .map(|(what, fix)| (what, Some(fix)));
    for (what, fix) in hints.chain(failure::pins(report)) {
        let fix = fix.map_or_else(String::new, |fix| format!(" **Fix:** {}", cell(&fix)));
        writeln!(out, "\n- {}.{fix}", cell(&what))?;
    }
    if let Some(found) = found.filter(|found| !found.errors.is_empty()) {
        writeln!(out, "\nWhat looks like the error:")?;
        block(&found.errors.join("\n"), out)?;
        writeln!(out, "\nThe last lines:")?;
    }
    if let Some((_, more)) = report.reason.as_deref().and_then(|reason| reason.split_once('\n')) {
        block(more, out)?;
    }
    for secret in &report.secrets {
        for place in &secret.found {
            writeln!(
                out,
                "\n**secret-in-artifact**: {} is in {} at byte {}, as {}",
                code(&secret.name),
                code(&clean(&place.address)),
                place.offset,
                place.form
            )?;
        }
    }
    for unstable in &report.unstable {
        let artifact = code(&clean(&unstable.artifact));
        writeln!(
            out,
            "\n#### {artifact} differs between two builds in the same environment"
        )?;
        causes(&unstable.findings, out)?;
        places(&unstable.unexplained, unstable.unexplained.len(), out)?;
    }
    for guilty in &report.guilty {
        section(report, guilty, out)?;
    }
    variations(report, out)?;
    rest_of(report, out)?;
    writeln!(out, "\n{}; seed {}.", words::cost(report), report.plan.seed)?;
    block(&report.replay, out)
}

fn section(report: &RebuildReport, guilty: &Guilty, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<String> = guilty.variations.iter().map(|v| code(v)).collect();
    let effect = cell(&words::effect(guilty, false));
    writeln!(out, "\n#### {} {effect}\n", names.join(" with "))?;
    writeln!(out, "- how known: {}", cell(&words::confirmed(report, guilty)))?;
    if guilty.artifacts.len() > 2 {
        let names: Vec<String> = guilty.artifacts.iter().take(10).map(|a| code(&clean(a))).collect();
        let more = guilty.artifacts.len() - names.len();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        writeln!(out, "- artifacts: {}{more}", names.join(", "))?;
    }
    if !guilty.captured.is_empty() {
        let names: Vec<String> = guilty.captured.iter().map(|name| code(name)).collect();
        writeln!(
            out,
            "- the artifacts copy the environment, and so show {}, too",
            join(&names)
        )?;
    }
    if !guilty.mixed.is_empty() {
        let names: Vec<String> = guilty.mixed.iter().map(|name| code(name)).collect();
        writeln!(
            out,
            "- {}: changes the same places only, as one of several sources of the random value",
            join(&names)
        )?;
    }
    if let Some(first) = &guilty.first {
        let path = code(&clean(&first.path));
        writeln!(out, "- starts in {path}, written by {}", code(&shell(&first.command)))?;
        for parent in first.parents.iter().take(3) {
            writeln!(out, "  - run by {}", code(&shell(parent)))?;
        }
        for (n, link) in first.chain.iter().enumerate() {
            if n > 0 {
                let path = code(&clean(&link.path));
                writeln!(out, "- leads to {path}, by {}", code(&shell(&link.command)))?;
            }
            if let Some(line) = &link.line {
                writeln!(out, "  - {}", words::line(line, code))?;
            }
        }
    }
    for line in fixes::offers(guilty) {
        writeln!(out, "- {}", cell(&line))?;
    }
    for fix in fixes::mending(guilty) {
        writeln!(out, "- **proved**: {}", cell(&fixes::proved(fix)))?;
    }
    for line in fixes::tried(report, guilty, false) {
        writeln!(out, "- {}", cell(&line))?;
    }
    if let Some(run) = report.runs.iter().find(|run| run.id == guilty.only) {
        if let Some(why) = &run.why {
            block(why, out)?;
        }
        causes(&guilty.findings, out)?;
        places(&guilty.unexplained, guilty.unexplained.len(), out)?;
        writeln!(out, "\nRun {} again:", run.id)?;
        block(&run.replay, out)?;
    }
    Ok(())
}

fn variations(report: &RebuildReport, out: &mut dyn Write) -> io::Result<()> {
    if report.plan.variations.is_empty() {
        return Ok(());
    }
    let mut said = vec![format!("{} without effect", report.innocent.len())];
    if !report.not_tested.is_empty() {
        said.push(format!("{} not tested", report.not_tested.len()));
    }
    writeln!(
        out,
        "\n<details><summary>{}: {}</summary>\n\n| variation | back end | effective | result |\n|---|---|---|---|",
        counted(report.plan.variations.len(), "variation"),
        said.join(", ")
    )?;
    for row in &report.plan.variations {
        let effective = if row.effective { "yes" } else { "no" };
        let backend = row.backend.as_deref().unwrap_or("-");
        let result = cell(&words::result(report, &row.name));
        writeln!(out, "| {} | {backend} | {effective} | {result} |", code(&row.name))?;
    }
    writeln!(out, "\n</details>")
}

fn rest_of(report: &RebuildReport, out: &mut dyn Write) -> io::Result<()> {
    if let Some(differences) = &report.against {
        let parts = counted(differences.len(), "part");
        writeln!(out, "\nNot as in the record of the environment: {parts}.")?;
        if !differences.is_empty() {
            writeln!(out, "\n| part | recorded | here |\n|---|---|---|")?;
        }
        let side = |value: &Option<String>| value.as_deref().map_or_else(String::new, |v| code(&clean(v)));
        for part in differences {
            let what = code(&clean(&part.what));
            writeln!(out, "| {what} | {} | {} |", side(&part.recorded), side(&part.here))?;
        }
    }
    for leftover in &report.leftovers {
        let command = code(&shell(&leftover.command));
        writeln!(out, "\n- run {} left {command} behind; it was killed", leftover.run)?;
    }
    let secrets: Vec<String> = report.secrets.iter().map(|s| code(&s.name)).collect();
    if !secrets.is_empty() {
        writeln!(out, "\nSecrets handed to the build: {}.", join(&secrets))?;
        for secret in &report.secrets {
            writeln!(
                out,
                "\n- {} was looked for as {}",
                code(&secret.name),
                secret.searched.join(", ")
            )?;
            for left in &secret.not_searched {
                writeln!(out, "- not searched: {}", code(left))?;
            }
        }
    }
    if report.plan.network {
        writeln!(out, "\nThe build could reach the network.")?;
    }
    Ok(())
}

/// Text in a fence that it cannot close.
fn block(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(out, "\n{fence}")?;
    for line in text.lines() {
        writeln!(out, "{}", clean(line))?;
    }
    writeln!(out, "{fence}")
}
