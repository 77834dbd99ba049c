//! What programs take from files and pipes, and give to them: the way that a difference takes through a build.

use super::{super::Flow, Tracer};
use nix::unistd::Pid;
use std::{fs::read_link, path::Path};

/// A build that opens more than this says too little by it.
const FLOWS: usize = 1 << 20;

impl Tracer<'_> {
    /// A program takes from a file, or gives to it.
    pub(super) fn flows(&mut self, process: usize, path: &str, gave: bool) {
        if !self.spec.trace_reads || self.trace.flows.len() == FLOWS {
            return;
        }
        let temporary = Path::new(path).starts_with(&self.spec.environment.temporary);
        if temporary || !path.starts_with('/') {
            let path = path.to_owned();
            self.trace.flows.push(Flow { process, path, gave });
        }
    }

    /// A program has begun: it takes from its own file and from standard input, and gives to standard output, which others have opened.
    pub(super) fn inherited(&mut self, pid: Pid, program: &Path) {
        if !self.spec.trace_reads {
            return;
        }
        let Some(process) = self.threads.get(&pid).and_then(|thread| thread.program) else {
            return;
        };
        let source = &self.spec.environment.build_path;
        let below = |path: &Path| path.strip_prefix(source).unwrap_or(path).to_string_lossy().into_owned();
        let end = |number: u8| {
            let to = read_link(self.proc.join(format!("{pid}/fd/{number}"))).ok()?;
            Some(below(&to))
        };
        let (own, input, output) = (below(program), end(0), end(1));
        self.flows(process, &own, false);
        if let Some(path) = input {
            self.flows(process, &path, false);
        }
        if let Some(path) = output {
            self.flows(process, &path, true);
        }
    }
}
