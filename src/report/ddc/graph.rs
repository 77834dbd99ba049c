//! Who agrees, as a drawing: lineages, toolchains, what each stage gave, and the classes of what came last.

use super::words;
use crate::{
    model::{DdcReport, DdcToolchain},
    report::parts::html::frame::escape,
};
use std::io::{self, Write};

/// Height of a row.
const ROW: usize = 34;
/// Width of a column.
const COLUMN: usize = 150;

/// One toolchain's row.
struct Row<'r> {
    lineage: &'r str,
    toolchain: &'r DdcToolchain,
    /// Number of the class that it is in.
    class: usize,
}

/// A word in the drawing, by its column and row, which may begin with a place between two.
struct Word<'w> {
    column: usize,
    row: usize,
    text: &'w str,
    style: &'static str,
}

/// Draws it; nothing where no class is known.
pub(super) fn write(report: &DdcReport, out: &mut dyn Write) -> io::Result<()> {
    let rows = rows(report);
    let mut lineages: Vec<&str> = Vec::new();
    for row in &rows {
        if !lineages.contains(&row.lineage) {
            lineages.push(row.lineage);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let mut stages = words::columns(report);
    stages.retain(|what| !words::repeats(report, what));
    let last = stages.len() + 2;
    let height = (rows.len().max(report.classes.len()) + 1) * ROW + 10;
    writeln!(
        out,
        "<h2>Who agrees</h2>\n<p>A lineage counts once. A majority proves nothing.</p>\n<div class=\"scroll\"><svg role=\"img\" \
         aria-label=\"agreement\" width=\"{}\" height=\"{height}\">",
        (last + 2) * COLUMN
    )?;
    let heads = ["lineage", "toolchain"].into_iter().map(str::to_owned);
    let heads = heads.chain(stages.iter().cloned()).chain(["what came last".to_owned()]);
    for (column, text) in heads.enumerate() {
        word(
            out,
            &Word {
                column,
                row: 0,
                text: &text,
                style: "dim",
            },
        )?;
    }
    for (number, row) in rows.iter().enumerate() {
        let at = number + 1;
        let from = lineages.iter().position(|name| *name == row.lineage).unwrap_or(0) + 1;
        line(out, (0, from), (1, at))?;
        word(
            out,
            &Word {
                column: 1,
                row: at,
                text: &row.toolchain.id,
                style: "",
            },
        )?;
        for (column, what) in stages.iter().enumerate() {
            let text = words::stage(report, row.toolchain, what);
            let style = if text.starts_with('=') { "green" } else { "" };
            line(out, (column + 1, at), (column + 2, at))?;
            word(
                out,
                &Word {
                    column: column + 2,
                    row: at,
                    text: &text,
                    style,
                },
            )?;
        }
        line(out, (last - 1, at), (last, row.class + 1))?;
    }
    for (number, text) in lineages.into_iter().enumerate() {
        word(
            out,
            &Word {
                column: 0,
                row: number + 1,
                text,
                style: "",
            },
        )?;
    }
    for (number, class) in report.classes.iter().enumerate() {
        let mark = if class.subject { " = c_A" } else { "" };
        let good = class.subject || report.subject.is_none();
        let text = format!("{}{mark}", words::short(&class.sha256));
        let style = if good { "green" } else { "red" };
        word(
            out,
            &Word {
                column: last,
                row: number + 1,
                text: &text,
                style,
            },
        )?;
    }
    writeln!(out, "</svg></div>")
}

/// The toolchains that are in a class, class by class.
fn rows(report: &DdcReport) -> Vec<Row<'_>> {
    let classes = report.classes.iter().enumerate();
    let ids = classes.flat_map(|(number, class)| class.toolchains.iter().map(move |id| (number, id)));
    ids.filter_map(|(class, id)| {
        let toolchain = report.toolchains.iter().find(|toolchain| toolchain.id == *id)?;
        Some(Row {
            lineage: &toolchain.lineage.front_end,
            toolchain,
            class,
        })
    })
    .collect()
}

/// Columns that a word may fill before the line behind it begins.
const WORD: usize = COLUMN - 30;

fn line(out: &mut dyn Write, from: (usize, usize), to: (usize, usize)) -> io::Result<()> {
    let (x1, x2) = (from.0 * COLUMN + 10 + WORD, to.0 * COLUMN + 4);
    let (y1, y2) = (from.1 * ROW + 20, to.1 * ROW + 20);
    writeln!(
        out,
        "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"#888\"/>"
    )
}

fn word(out: &mut dyn Write, word: &Word<'_>) -> io::Result<()> {
    let (x, y) = (word.column * COLUMN + 10, word.row * ROW + 24);
    let style = match word.style {
        "" => String::new(),
        style => format!(" class=\"{style}\""),
    };
    writeln!(out, "<text x=\"{x}\" y=\"{y}\"{style}>{}</text>", escape(word.text))
}
