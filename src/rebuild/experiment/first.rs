//! Where a difference enters the build: the file that differs first, the command that wrote it, and the way from there to an artifact.

use super::chain::Flows;
use crate::{
    model::{DifferentLine, FirstDifference, Link},
    notation::clip,
    rebuild::{
        runner::Run,
        sandbox::{RunResult, Trace, kept_text},
    },
};
use std::{collections::BTreeSet, path::Path};

/// Command lines that are listed, innermost first.
const PARENTS: usize = 32;
/// Characters of a line that are told.
const LINE: usize = 200;
/// A line of so many characters is shown from its start.
const SHORT: usize = 60;
/// Characters of a longer one that are told before the first that differs.
const AHEAD: usize = 20;
/// Folders that version control writes by itself; nothing is built from them.
const CONTROL: &[&str] = &[".git", ".hg", ".svn", ".bzr"];

/// Where it enters, of the files that differ; `artifacts` differ, too.
pub(super) fn first(
    differing: &BTreeSet<String>,
    artifacts: &[String],
    control: &Run,
    varied: &Run,
) -> Option<FirstDifference> {
    let controlled = |path: &String| {
        Path::new(path)
            .components()
            .any(|part| CONTROL.iter().any(|c| part.as_os_str() == *c))
    };
    let differing: BTreeSet<String> = differing.iter().filter(|path| !controlled(path)).cloned().collect();
    followed(&differing, artifacts, control, varied).or_else(|| earliest(&differing, &control.result, &varied.result))
}

/// As the control's reads and writes show it.
fn followed(
    differing: &BTreeSet<String>,
    artifacts: &[String],
    control: &Run,
    varied: &Run,
) -> Option<FirstDifference> {
    let trace = control.result.trace.as_ref()?;
    let flows = Flows::of(trace);
    let differs =
        |path: &str| match control.result.written.contains_key(path) || varied.result.written.contains_key(path) {
            true => Some(differing.contains(path)),
            false => None,
        };
    let ways = artifacts.iter().map(|artifact| flows.way(artifact, &differs));
    let way = ways.into_iter().find(|way| !way.is_empty())?;
    let chain: Vec<Link> = way
        .iter()
        .map(|path| Link {
            path: (*path).to_owned(),
            command: flows.writer(path).map_or_else(Vec::new, |at| command(trace, at)),
            line: line(path, control, varied),
        })
        .collect();
    let origin = flows.writer(way.first()?)?;
    let then = in_time(differing, trace)
        .into_iter()
        .filter(|path| path.as_str() != way[0]);
    Some(FirstDifference {
        path: way[0].to_owned(),
        command: command(trace, origin),
        parents: parents(trace, origin),
        then: then.cloned().collect(),
        chain,
    })
}

/// Of the files that differ, the one that was written first; what the run's own trace does not know comes last.
fn earliest(differing: &BTreeSet<String>, control: &RunResult, varied: &RunResult) -> Option<FirstDifference> {
    let trace = varied.trace.as_ref()?;
    let ordered = in_time(differing, trace);
    let path = *ordered.first()?;
    // A file that just the control has was written there.
    let traces = [Some(trace), control.trace.as_ref()];
    let (trace, write) = traces
        .into_iter()
        .flatten()
        .find_map(|trace| Some((trace, last(trace, path)?)))?;
    let writer = trace.writes.get(write)?.process;
    Some(FirstDifference {
        path: path.clone(),
        command: command(trace, writer),
        parents: parents(trace, writer),
        then: ordered.into_iter().skip(1).cloned().collect(),
        chain: Vec::new(),
    })
}

/// Files in the order in which they were last opened for writing.
fn in_time<'p>(paths: &'p BTreeSet<String>, trace: &Trace) -> Vec<&'p String> {
    let mut ordered: Vec<_> = paths
        .iter()
        .map(|path| (last(trace, path).unwrap_or(usize::MAX), path))
        .collect();
    ordered.sort();
    ordered.into_iter().map(|(_, path)| path).collect()
}

fn last(trace: &Trace, path: &str) -> Option<usize> {
    trace.writes.iter().rposition(|write| write.path == path)
}

fn command(trace: &Trace, process: usize) -> Vec<String> {
    trace
        .processes
        .get(process)
        .map(|process| process.command.clone())
        .unwrap_or_default()
}

fn parents(trace: &Trace, process: usize) -> Vec<Vec<String>> {
    let above = |at: &usize| trace.processes.get(*at).and_then(|process| process.parent);
    let all = std::iter::successors(above(&process), above);
    all.take(PARENTS).map(|at| command(trace, at)).collect()
}

/// The first line that differs of a text that both runs have kept.
fn line(path: &str, control: &Run, varied: &Run) -> Option<DifferentLine> {
    let text = |run: &Run| kept_text(&run.folder, run.result.written.get(path)?);
    different(&text(control)?, &text(varied)?)
}

fn different(a: &str, b: &str) -> Option<DifferentLine> {
    let (mut a, mut b) = (a.lines(), b.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (a.next(), b.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => {
                let start = a.zip(b).map_or(0, |(a, b)| before(a.trim(), b.trim()));
                let shown = |line: Option<&str>| line.map(|line| from(line.trim(), start));
                return Some(DifferentLine {
                    number,
                    a: shown(a),
                    b: shown(b),
                });
            }
        }
    }
}

/// Where two lines are shown from, in characters: a little before they differ.
fn before(a: &str, b: &str) -> usize {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    match a.chars().count().max(b.chars().count()) > SHORT {
        true => same.saturating_sub(AHEAD),
        false => 0,
    }
}

/// A line from that character on, with a mark for what is left out.
fn from(line: &str, start: usize) -> String {
    let rest: String = line.chars().skip(start).collect();
    let mark = if start > 0 { "…" } else { "" };
    clip(&format!("{mark}{rest}"), LINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs() {
        let found = different("a\n#define YEAR 2026\nc\n", "a\n#define YEAR 2027\nd\n").unwrap();
        assert_eq!((found.number, found.a.as_deref()), (2, Some("#define YEAR 2026")));
        assert_eq!(found.b.as_deref(), Some("#define YEAR 2027"));
        let longer = different("a\n", "a\nb\n").unwrap();
        assert_eq!((longer.number, longer.a, longer.b.as_deref()), (2, None, Some("b")));
        assert_eq!(different("a", "a\n"), None);
        let line = |end: &str| format!("set(A_VERY_LONG_NAME_OF_A_FOLDER_OF_THE_BUILD \"/build/{end}\")");
        let long = different(&line("x/and/so/on"), &line("y")).unwrap();
        assert_eq!(long.a.as_deref(), Some("…F_THE_BUILD \"/build/x/and/so/on\")"));
        assert_eq!(long.b.as_deref(), Some("…F_THE_BUILD \"/build/y\")"));
    }
}
