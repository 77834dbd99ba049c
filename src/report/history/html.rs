//! A dashboard in one file: the rate, the chart, what regressed, each artifact's strip, causes, the newest runs.

use super::{
    chart,
    words::{cause, change, day, failure, moment, path, point, several, window},
};
use crate::{
    model::{ArtifactHistory, HistoryReport, Outcome},
    report::parts::{
        html::{
            frame::{Frame, escape},
            room::Room,
        },
        words::counted,
    },
};
use std::io::{self, Write};

/// Rows of the tables, and changes that are listed of one artifact.
const ARTIFACTS: usize = 500;
/// Bytes of the courses of artifacts that fail, and of the table of artifacts.
const ROOM: usize = 1 << 20;
const CAUSES: usize = 25;
const CHANGES: usize = 30;

const STYLE: &str = "\
.tiles{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0 1.25rem}\
.tile{flex:1 1 10rem;border:1px solid var(--line);border-radius:8px;padding:.6rem .9rem;background:var(--soft)}\
.tile b{display:block;font-size:1.7rem;line-height:1.2;font-variant-numeric:tabular-nums}\
.alarm{border-left:3px solid var(--red);padding:.3rem .75rem;margin:.5rem 0;background:var(--soft)}\
svg.chart{display:block;width:100%}svg.narrow{display:none}\
@media (max-width:46rem){svg.narrow{display:block}svg.wide{display:none}}.grid{stroke:var(--line)}\
.limit{stroke:var(--ink);stroke-dasharray:6 4;stroke-width:1.5}\
svg text{fill:var(--dim)}svg.strip{vertical-align:middle;max-width:none}\
rect.good{fill:#3fa05f}rect.bad{fill:#d5484f}rect.open{fill:#a96bb3}\
.key{display:flex;gap:1.25rem;flex-wrap:wrap}.key svg{vertical-align:-2px;margin-right:.35rem}\
table.wide{width:100%}.wide td:first-child{min-width:12rem}td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\
td.when{white-space:nowrap;font-variant-numeric:tabular-nums}\
.word{font-weight:600}.course{margin:.9rem 0}.course p{margin:.15rem 0}a{color:inherit}\
ul{margin:.3rem 0;padding-left:1.2rem}";

/// The report as a page.
pub fn write(report: &HistoryReport, out: &mut dyn Write) -> io::Result<()> {
    let title = match report.runs {
        0 => "repro history: no run".to_owned(),
        _ => format!("repro history: {} reproduced", report.count.percent()),
    };
    let frame = Frame {
        title: &title,
        style: STYLE,
        ..Frame::default()
    };
    frame.write(|out| body(report, out), out)
}

fn body(report: &HistoryReport, out: &mut dyn Write) -> io::Result<()> {
    head(report, out)?;
    if report.runs == 0 {
        return Ok(());
    }
    let names = several(report);
    let fails = |artifact: &&ArtifactHistory| artifact.newest.outcome != Outcome::Reproduced;
    let (regressions, failing): (Vec<_>, Vec<_>) = report
        .artifacts
        .iter()
        .filter(fails)
        .partition(|artifact| artifact.regression);
    for (all, id, title) in [
        (regressions, "regressions", "Regressions"),
        (failing, "failing", "Failing since longer"),
    ] {
        if !all.is_empty() {
            writeln!(out, "<h2 id=\"{id}\">{title}</h2>")?;
            let shown = listed(&all, &|artifact, out| course(artifact, names, out), out)?;
            more(all.len() - shown, out)?;
        }
    }
    artifacts(report, out)?;
    causes(report, out)?;
    newest(report, out)?;
    buckets(report, out)
}

fn head(report: &HistoryReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<h1>Reproducible over time</h1>")?;
    let days = [&report.window.from, &report.window.to].map(|moment| day(moment.as_ref()));
    let mut line = match days {
        ["", _] => String::new(),
        [from, to] if from == to => from.to_owned(),
        [from, to] => format!("{from} to {to}"),
    };
    let window = window(report);
    if !window.is_empty() {
        line = format!("{line} ({window})");
    }
    writeln!(out, "<p class=\"dim\">{}</p>", escape(line.trim()))?;
    for note in &report.notes {
        writeln!(out, "<p>{}</p>", escape(note))?;
    }
    let checks = &report.checks;
    let regressions = if checks.fail_on_regression {
        checks.regressions
    } else {
        0
    };
    // Each regression stands below.
    for line in checks
        .failed
        .iter()
        .take(checks.failed.len().saturating_sub(regressions))
    {
        writeln!(
            out,
            "<p class=\"alarm\"><b class=\"red\">alarm</b> {}</p>",
            escape(line)
        )?;
    }
    if regressions > 0 {
        writeln!(
            out,
            "<p class=\"alarm\"><b class=\"red\">alarm</b> <a href=\"#regressions\">{}</a> in the newest runs</p>",
            counted(regressions, "regression")
        )?;
    }
    if report.runs == 0 {
        return Ok(());
    }
    let good = |artifact: &&ArtifactHistory| artifact.newest.outcome == Outcome::Reproduced;
    let now = report.artifacts.iter().filter(good).count();
    let tiles = [
        (
            report.count.percent(),
            format!(
                "{} of {} reproduced",
                report.count.reproduced,
                counted(report.count.results, "result")
            ),
        ),
        (
            format!("{now} of {}", report.artifacts.len()),
            "artifacts reproduced in their newest run".to_owned(),
        ),
        (
            report.checks.regressions.to_string(),
            match report.checks.regressions {
                1 => "regression in the newest run".to_owned(),
                _ => "regressions in the newest runs".to_owned(),
            },
        ),
        (
            report.runs.to_string(),
            if report.runs == 1 { "run" } else { "runs" }.to_owned(),
        ),
    ];
    writeln!(out, "<div class=\"tiles\">")?;
    for (number, what) in tiles {
        writeln!(out, "<div class=\"tile\"><b>{number}</b>{what}</div>")?;
    }
    writeln!(out, "</div>")?;
    chart::write(report, out)?;
    write!(out, "<p class=\"key dim\">")?;
    let key = [
        ("good", "reproduced"),
        ("bad", "not reproduced"),
        ("open", "could not be judged"),
    ];
    for (class, words) in key {
        write!(
            out,
            "<span><svg width=\"14\" height=\"14\" aria-hidden=\"true\"><rect class=\"{class}\" width=\"14\" height=\"14\"/></svg>{words}</span>"
        )?;
    }
    if let Some(limit) = report.checks.fail_below {
        write!(
            out,
            "<span><svg width=\"22\" height=\"14\" aria-hidden=\"true\"><line class=\"limit\" x2=\"22\" y1=\"7\" y2=\"7\"/></svg>alarm below {limit}</span>"
        )?;
    }
    writeln!(out, "</p>")
}

/// The artifact's name, with project and command where they differ.
fn name(artifact: &ArtifactHistory, (projects, kinds): (bool, bool)) -> String {
    let mut name = format!("<code>{}</code>", escape(&path(artifact)));
    if projects {
        name = format!("{} {name}", escape(&artifact.project));
    }
    if kinds {
        name = format!("{name} <span class=\"dim\">{}</span>", artifact.kind.word());
    }
    name
}

/// How an artifact came to fail.
fn course(artifact: &ArtifactHistory, names: (bool, bool), out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<div class=\"course\"><p><span class=\"word\">{}</span> {}</p>",
        name(artifact, names),
        escape(&artifact.summary)
    )?;
    if let Some(first) = &artifact.first_failure {
        let last = artifact.last_reproduced.as_ref();
        let last = last.map_or_else(
            || "never reproduced".to_owned(),
            |last| format!("last reproduced in {}", point(last)),
        );
        let line = format!("first failure in {}: {}; {last}", point(first), failure(first));
        writeln!(out, "<p class=\"dim\">{}</p>", escape(&line))?;
    }
    let Some(changed) = artifact.changed.as_ref().filter(|changed| !changed.items.is_empty()) else {
        return writeln!(out, "</div>");
    };
    let all = changed.items.len() + changed.more;
    writeln!(
        out,
        "<details><summary>{}</summary>\n<ul>",
        counted(all, "recorded change")
    )?;
    for item in changed.items.iter().take(CHANGES) {
        writeln!(out, "<li><code>{}</code></li>", escape(&change(item)))?;
    }
    if all > CHANGES {
        writeln!(out, "<li>{} more</li>", all - CHANGES)?;
    }
    writeln!(out, "</ul></details></div>")
}

/// Writes as many as there is room for; how many that were.
fn listed(
    all: &[&ArtifactHistory],
    piece: &dyn Fn(&ArtifactHistory, &mut dyn Write) -> io::Result<()>,
    out: &mut dyn Write,
) -> io::Result<usize> {
    let mut room = Room::new(ROOM);
    let mut text = Vec::new();
    for (shown, artifact) in all.iter().take(ARTIFACTS).enumerate() {
        text.clear();
        piece(artifact, &mut text)?;
        if !room.put(&text, out)? {
            return Ok(shown);
        }
    }
    Ok(all.len().min(ARTIFACTS))
}

fn more(left: usize, out: &mut dyn Write) -> io::Result<()> {
    match left {
        0 => Ok(()),
        left => writeln!(out, "<p class=\"dim\">{left} more are in the JSON report.</p>"),
    }
}

fn artifacts(report: &HistoryReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<h2 id=\"artifacts\">Artifacts</h2>\n<div class=\"scroll\"><table class=\"wide\">\n<thead><tr><th scope=\"col\">artifact\
         <th scope=\"col\">now<th scope=\"col\" class=\"number\">rate<th scope=\"col\">newest runs, oldest first\
         <th scope=\"col\">last reproduced</tr></thead>\n<tbody>"
    )?;
    let names = several(report);
    let all: Vec<&ArtifactHistory> = report.artifacts.iter().collect();
    let shown = listed(&all, &|artifact, out| row(artifact, names, out), out)?;
    writeln!(out, "</tbody></table></div>")?;
    more(all.len() - shown, out)
}

fn row(artifact: &ArtifactHistory, names: (bool, bool), out: &mut dyn Write) -> io::Result<()> {
    let (word, color) = match (artifact.regression, artifact.newest.outcome) {
        (true, _) => ("regression", "red"),
        (_, Outcome::Reproduced) => ("good", "green"),
        (_, Outcome::Failed) => ("fails", "red"),
        (_, Outcome::Unknown) => ("unknown", "magenta"),
    };
    write!(
        out,
        "<tr><td>{}<td class=\"word {color}\">{word}<td class=\"number\">{}<td>",
        name(artifact, names),
        artifact.count.percent()
    )?;
    chart::strip(&artifact.strip, &artifact.summary, out)?;
    let last = artifact.last_reproduced.as_ref();
    let last = last.map_or_else(
        || "never".to_owned(),
        |last| format!("{}, run {}", moment(&last.at), last.run),
    );
    writeln!(out, "<td class=\"when\">{}</tr>", escape(&last))
}

fn causes(report: &HistoryReport, out: &mut dyn Write) -> io::Result<()> {
    if report.causes.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2 id=\"causes\">What came first in the failures</h2>\n<table>\n<thead><tr><th scope=\"col\">cause\
         <th scope=\"col\" class=\"number\">failures<th scope=\"col\" class=\"number\">artifacts</tr></thead>\n<tbody>"
    )?;
    for one in report.causes.iter().take(CAUSES) {
        writeln!(
            out,
            "<tr><td><code>{}</code><td class=\"number\">{}<td class=\"number\">{}</tr>",
            escape(cause(one)),
            one.count,
            one.artifacts
        )?;
    }
    writeln!(out, "</tbody></table>")?;
    more(report.causes.len().saturating_sub(CAUSES), out)
}

fn newest(report: &HistoryReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<h2 id=\"runs\">Newest runs</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\" class=\"number\">run<th scope=\"col\">when (UTC)\
         <th scope=\"col\">project<th scope=\"col\">command<th scope=\"col\">verdict<th scope=\"col\" class=\"number\">reproduced\
         <th scope=\"col\">commit</tr></thead>\n<tbody>"
    )?;
    for run in &report.newest {
        let commit = run
            .commit
            .as_deref()
            .and_then(|commit| commit.get(..8))
            .unwrap_or_default();
        let color = if run.count.reproduced == run.count.results {
            "green"
        } else {
            "red"
        };
        writeln!(
            out,
            "<tr><td class=\"number\">{}<td class=\"when\">{}<td>{}<td>{}<td class=\"word {color}\">{}<td class=\"number\">{} of {}<td><code>{}</code></tr>",
            run.run,
            escape(&moment(&run.at)),
            escape(&run.project),
            run.kind.word(),
            escape(&run.verdict),
            run.count.reproduced,
            run.count.results,
            escape(commit)
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

/// The chart's numbers.
fn buckets(report: &HistoryReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<h2 id=\"rates\">The chart in numbers</h2>\n<details><summary>{}</summary>\n<table>\n<thead><tr><th scope=\"col\">from\
         <th scope=\"col\" class=\"number\">runs<th scope=\"col\" class=\"number\">results<th scope=\"col\" class=\"number\">reproduced\
         <th scope=\"col\" class=\"number\">failed<th scope=\"col\" class=\"number\">unknown<th scope=\"col\" class=\"number\">rate</tr></thead>\n<tbody>",
        counted(report.buckets.len(), report.bucket)
    )?;
    for bucket in report.buckets.iter().rev() {
        let count = &bucket.count;
        write!(out, "<tr><td class=\"when\">{}", bucket.from)?;
        for number in [
            bucket.runs,
            count.results,
            count.reproduced,
            count.failed,
            count.unknown,
        ] {
            write!(out, "<td class=\"number\">{number}")?;
        }
        writeln!(out, "<td class=\"number\">{}</tr>", count.percent())?;
    }
    writeln!(out, "</tbody></table></details>")
}
