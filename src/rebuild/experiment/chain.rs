//! The way that a difference takes through a build: from the first file that differs, file by file, to an artifact.
//!
//! A file may come from whatever its writer read, from what the programs that the writer started had read by then, and from what came
//! through the pipe at its standard input. Files that are the same in both builds carry nothing; files that are gone may.

use crate::rebuild::sandbox::{Flow, Trace};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Times that a file is looked at as a source; a build that reads more tells a shorter way, or none.
const LOOKS: usize = 5_000_000;
/// Programs that wrote one file.
const WRITERS: usize = 64;

/// Who read and wrote what.
pub(super) struct Flows<'t> {
    trace: &'t Trace,
    /// By file: which flows went there, in order.
    gave: BTreeMap<&'t str, Vec<usize>>,
    /// By program: which flows came from a file that was written.
    took: BTreeMap<usize, Vec<usize>>,
    /// By program: those that it started.
    children: BTreeMap<usize, Vec<usize>>,
}

impl<'t> Flows<'t> {
    pub(super) fn of(trace: &'t Trace) -> Self {
        let mut gave: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, flow) in trace.flows.iter().enumerate().filter(|(_, flow)| flow.gave) {
            gave.entry(&flow.path).or_default().push(at);
        }
        let mut took: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, flow) in trace.flows.iter().enumerate() {
            if !flow.gave && (gave.contains_key(flow.path.as_str()) || is_pipe(&flow.path)) {
                took.entry(flow.process).or_default().push(at);
            }
        }
        let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, process) in trace.processes.iter().enumerate() {
            if let Some(parent) = process.parent {
                children.entry(parent).or_default().push(at);
            }
        }
        Self {
            trace,
            gave,
            took,
            children,
        }
    }

    /// The files between the first one that differs and `artifact`, both of them included; `differs` knows of files that are still there
    /// whether they do.
    pub(super) fn way(&self, artifact: &str, differs: &dyn Fn(&str) -> Option<bool>) -> Vec<&'t str> {
        let Some((artifact, _)) = self.gave.get_key_value(artifact) else {
            return Vec::new();
        };
        let mut next: BTreeMap<&str, &str> = BTreeMap::new();
        let mut seen: BTreeSet<&str> = BTreeSet::from([*artifact]);
        let mut left = VecDeque::from([*artifact]);
        let mut looks = 0;
        while let Some(file) = left.pop_front().filter(|_| looks < LOOKS) {
            let sources = self.sources(file);
            looks += sources.len() + 1;
            for source in sources {
                if differs(source) != Some(false) && seen.insert(source) {
                    next.insert(source, file);
                    left.push_back(source);
                }
            }
        }
        let known = seen.iter().filter(|file| differs(file) == Some(true));
        let Some(first) = known.min_by_key(|file| self.gave[**file].last()) else {
            return Vec::new();
        };
        let way = std::iter::successors(Some(*first), |file| next.get(file).copied());
        way.filter(|file| differs(file) == Some(true)).collect()
    }

    /// The program that wrote a file last.
    pub(super) fn writer(&self, file: &str) -> Option<usize> {
        Some(self.trace.flows[*self.gave.get(file)?.last()?].process)
    }

    /// Written files and pipes that a file may have come from.
    fn sources(&self, file: &'t str) -> Vec<&'t str> {
        let mut found = Vec::new();
        let mut done = BTreeSet::new();
        for at in self.gave.get(file).into_iter().flatten().rev() {
            let writer = self.trace.flows[*at].process;
            if done.len() == WRITERS || !done.insert(writer) {
                continue;
            }
            self.taken(writer, usize::MAX, &mut found);
            let mut below: Vec<usize> = self.children.get(&writer).cloned().unwrap_or_default();
            while let Some(program) = below.pop() {
                self.taken(program, *at, &mut found);
                below.extend(self.children.get(&program).into_iter().flatten());
            }
        }
        found.retain(|source| *source != file);
        found
    }

    /// What a program took before a moment.
    fn taken(&self, program: usize, before: usize, found: &mut Vec<&'t str>) {
        for at in self.took.get(&program).into_iter().flatten().filter(|at| **at < before) {
            let Flow { path, .. } = &self.trace.flows[*at];
            match self.gave.contains_key(path.as_str()) {
                true => found.push(path),
                // Nothing was started to write to this pipe: whoever made it did.
                false => {
                    let maker = self.trace.processes.get(program).and_then(|process| process.parent);
                    let own = maker.and_then(|maker| self.took.get(&maker)).into_iter().flatten();
                    let files = own.map(|at| self.trace.flows[*at].path.as_str());
                    found.extend(files.filter(|path| !is_pipe(path)));
                }
            }
        }
    }
}

fn is_pipe(path: &str) -> bool {
    path.starts_with("pipe:")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rebuild::sandbox::Process;

    fn trace(processes: &[(Option<usize>, &str)], flows: &[(usize, &str, bool)]) -> Trace {
        let process = |(parent, program): &(Option<usize>, &str)| Process {
            parent: *parent,
            program: (*program).to_owned(),
            command: vec![(*program).to_owned()],
        };
        let flow = |(process, path, gave): &(usize, &str, bool)| Flow {
            process: *process,
            path: (*path).to_owned(),
            gave: *gave,
        };
        Trace {
            processes: processes.iter().map(process).collect(),
            flows: flows.iter().map(flow).collect(),
            ..Trace::default()
        }
    }

    /// The way to `out` where these files are the same, and these are gone.
    fn way(trace: &Trace, same: &[&str], gone: &[&str]) -> Vec<String> {
        let differs = |path: &str| match path {
            path if gone.contains(&path) || is_pipe(path) => None,
            path => Some(!same.contains(&path)),
        };
        let flows = Flows::of(trace);
        let way = flows.way("out", &differs);
        way.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn through_a_file_that_is_gone() {
        let trace = trace(
            &[
                (None, "make"),
                (Some(0), "configure"),
                (Some(0), "gcc"),
                (Some(2), "cc1"),
                (Some(2), "as"),
                (Some(0), "ld"),
            ],
            &[
                (1, "config.log", true),
                (1, "config.h", true),
                (3, "config.h", false),
                (3, "/tmp/x.s", true),
                (4, "/tmp/x.s", false),
                (4, "x.o", true),
                (5, "out", true),
                (5, "x.o", false),
                (5, "lib.a", false),
            ],
        );
        assert_eq!(way(&trace, &[], &["/tmp/x.s"]), ["config.h", "x.o", "out"]);
        assert_eq!(way(&trace, &["config.h"], &["/tmp/x.s"]), ["x.o", "out"]);
        assert_eq!(way(&trace, &["config.h", "x.o"], &["/tmp/x.s"]), ["out"]);
    }

    #[test]
    fn through_pipes_and_programs_that_a_shell_starts() {
        let trace = trace(
            &[(None, "sh"), (Some(0), "cat"), (Some(0), "sed"), (Some(0), "late")],
            &[
                (0, "stamp", true),
                (0, "other", true),
                (1, "stamp", false),
                (1, "pipe:[7]", true),
                (2, "pipe:[7]", false),
                (2, "out", true),
                (3, "other", false),
            ],
        );
        assert_eq!(way(&trace, &[], &[]), ["stamp", "out"]);
        // What a shell writes by itself comes from what it had started; not from what it starts later.
        let trace = self::trace(
            &[(None, "sh"), (Some(0), "cat"), (Some(0), "late")],
            &[
                (0, "a", true),
                (0, "b", true),
                (1, "a", false),
                (0, "out", true),
                (2, "b", false),
            ],
        );
        assert_eq!(way(&trace, &[], &[]), ["a", "out"]);
    }

    #[test]
    fn nothing_is_known_of_what_nobody_wrote() {
        let trace = trace(&[(None, "make")], &[(0, "out2", true)]);
        assert!(way(&trace, &[], &[]).is_empty());
    }
}
