//! Where a difference enters the build: the file that differs first, and the command that wrote it.

use crate::{
    model::FirstDifference,
    rebuild::sandbox::{RunResult, Trace},
};
use std::collections::BTreeSet;

/// Command lines that are listed, innermost first.
const PARENTS: usize = 32;

/// Of the files that differ, the one that was written first; what the run's own trace does not know comes last.
pub(super) fn first(differing: &BTreeSet<String>, control: &RunResult, varied: &RunResult) -> Option<FirstDifference> {
    let trace = varied.trace.as_ref()?;
    let last = |trace: &Trace, path: &str| trace.writes.iter().rposition(|write| write.path == path);
    let mut ordered: Vec<(usize, &String)> = differing
        .iter()
        .map(|path| (last(trace, path).unwrap_or(usize::MAX), path))
        .collect();
    ordered.sort();
    let (_, path) = *ordered.first()?;
    // A file that just the control has was written there.
    let traces = [Some(trace), control.trace.as_ref()];
    let (trace, write) = traces
        .into_iter()
        .flatten()
        .find_map(|trace| Some((trace, last(trace, path)?)))?;
    let writer = trace.processes.get(trace.writes.get(write)?.process)?;
    let mut parents = Vec::new();
    let mut at = writer.parent;
    while let Some(parent) = at.and_then(|index| trace.processes.get(index)) {
        if parents.len() == PARENTS {
            break;
        }
        parents.push(parent.command.clone());
        at = parent.parent;
    }
    Some(FirstDifference {
        path: path.clone(),
        command: writer.command.clone(),
        parents,
        then: ordered.iter().skip(1).map(|(_, path)| (*path).clone()).collect(),
    })
}
