//! Markdown, as a bot would post it.

use super::words;
use crate::{
    model::DdcReport,
    report::parts::markdown::{cell, code},
};
use std::io::{self, Write};

/// The report as GitHub-flavoured markdown.
pub fn write(report: &DdcReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### `repro ddc`: {}\n", words::verdict(report).0)?;
    writeln!(out, "{}: {}.\n", cell(&report.claim), cell(&report.reason))?;
    if let Some(subject) = &report.subject {
        let regeneration = report.regeneration.as_deref().unwrap_or("it was not regenerated");
        writeln!(out, "c_A is `{}`; {}.\n", words::short(subject), cell(regeneration))?;
    }
    let columns = words::columns(report);
    writeln!(out, "| toolchain | lineage | {} | verdict |", columns.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(columns.len() + 3))?;
    for toolchain in &report.toolchains {
        let stages: Vec<String> = columns
            .iter()
            .map(|what| words::stage(report, toolchain, what))
            .collect();
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            cell(&toolchain.id),
            cell(&words::lineage(&toolchain.lineage)),
            stages.join(" | "),
            words::of(toolchain.verdict).0
        )?;
    }
    if !report.generations.is_empty() {
        writeln!(out, "\nChain, each makes the next:\n")?;
    }
    for [name, digest, said] in words::chain(report) {
        let mark = if report.breaks_at.as_ref() == Some(&name) {
            " **It breaks here.**"
        } else {
            ""
        };
        writeln!(out, "- {} `{digest}`: {}{mark}", cell(&name), cell(&said))?;
    }
    if !report.classes.is_empty() {
        writeln!(out, "\nAgreement, by lineage (a majority proves nothing):\n")?;
    }
    for class in &report.classes {
        let mark = if class.subject { ", = c_A" } else { "" };
        writeln!(
            out,
            "- `{}`{mark}: {}",
            words::short(&class.sha256),
            cell(&words::class(class))
        )?;
    }
    for found in &report.localised {
        writeln!(
            out,
            "\nBy way of {}: {}.\n",
            cell(&found.toolchain),
            words::localised(found)
        )?;
        for object in &found.differ {
            writeln!(out, "- {}: {}", code(&object.name), cell(&words::object(found, object)))?;
            for line in words::listed(found, object) {
                writeln!(out, "  - {}", cell(&line))?;
            }
            for changed in &object.changed_functions {
                writeln!(out, "  - {} changed", code(&changed.name))?;
            }
        }
    }
    for found in &report.behaviour {
        writeln!(
            out,
            "\n- {}: {} differs: {} with {}, {} with {}",
            cell(&found.run),
            cell(&found.what),
            code(&found.a[1]),
            cell(&found.a[0]),
            code(&found.b[1]),
            cell(&found.b[0])
        )?;
    }
    writeln!(out, "\n**Proves.** {}\n", cell(&report.proves))?;
    writeln!(out, "**Does not prove.** {}", cell(&report.does_not_prove))?;
    for advice in &report.advice {
        writeln!(out, "\n**Try.** {}", cell(advice))?;
    }
    Ok(())
}
