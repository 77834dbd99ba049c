//! Runs, numbered and kept, until the time is over.

use crate::{
    model::{BuildRun, Leftover, RunOutcome, SecretUse},
    rebuild::{
        Build, Error, Progress,
        runner::{Run, RunRequest, Runner},
        secret::Secrets,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

/// Why no more runs are made.
#[derive(Debug)]
pub(super) enum Halt {
    /// The total time is over.
    Time,
    /// A run could not be made.
    Broken(Error),
}

/// Where runs are made.
pub(super) struct Lab<'e> {
    pub(super) build: &'e Build,
    pub(super) runner: &'e mut dyn Runner,
    progress: &'e dyn Fn(&Progress),
    pub(super) runs: Vec<BuildRun>,
    /// Every run, by id; the folders of those that are `discard`ed are gone.
    pub(super) made: BTreeMap<usize, Run>,
    pub(super) leftovers: Vec<Leftover>,
    pub(super) secrets: Vec<SecretUse>,
    started: Instant,
    known: usize,
}

#[allow(clippy::disallowed_methods, reason = "for the deadline and the progress only")]
fn now() -> Instant {
    Instant::now()
}

impl<'e> Lab<'e> {
    pub(super) fn new(build: &'e Build, runner: &'e mut dyn Runner, progress: &'e dyn Fn(&Progress)) -> Self {
        let secrets = build.secrets.iter().map(|(name, value)| SecretUse {
            name: name.clone(),
            runs: Vec::new(),
            found: Vec::new(),
            searched: Secrets::forms(value),
            not_searched: Vec::new(),
        });
        Self {
            build,
            runner,
            progress,
            runs: Vec::new(),
            made: BTreeMap::new(),
            leftovers: Vec::new(),
            secrets: secrets.collect(),
            started: now(),
            known: 0,
        }
    }

    /// At least this many more runs are to come.
    pub(super) fn expect(&mut self, runs: usize) {
        self.known = self.known.max(self.runs.len() + runs);
    }

    /// Makes runs; gives their ids, in order.
    pub(super) fn run(
        &mut self,
        varied: &[BTreeSet<String>],
        remedies: (&[String], &BTreeMap<String, String>),
    ) -> Result<Vec<usize>, Halt> {
        self.make(varied, remedies, &BTreeSet::new())
    }

    /// Makes a run in which nothing is varied, and some of the control is not pinned; gives its id.
    pub(super) fn unpinned(&mut self, freed: &BTreeSet<String>) -> Result<usize, Halt> {
        let ids = self.make(&[BTreeSet::new()], (&[], &BTreeMap::new()), freed)?;
        let none = || Halt::Broken(Error::failed("a run was not made"));
        ids.first().copied().ok_or_else(none)
    }

    fn make(
        &mut self,
        varied: &[BTreeSet<String>],
        remedies: (&[String], &BTreeMap<String, String>),
        freed: &BTreeSet<String>,
    ) -> Result<Vec<usize>, Halt> {
        self.expect(varied.len());
        let mut ids = Vec::new();
        // No more at once than there is room for, so that the deadline is kept and the progress is told.
        for batch in varied.chunks(self.runner.width().max(1)) {
            let left = match self.build.total_timeout {
                Some(total) => Some(total.checked_sub(self.started.elapsed()).ok_or(Halt::Time)?),
                None => None,
            };
            let timeout = left.filter(|left| *left < self.build.timeout);
            let requests: Vec<RunRequest> = batch
                .iter()
                .map(|varied| RunRequest {
                    varied: varied.clone(),
                    remedies: remedies.1.clone(),
                    freed: freed.clone(),
                    timeout,
                })
                .collect();
            for (at, request) in requests.iter().enumerate() {
                self.tell(self.runs.len() + 1 + at, &request.varied);
            }
            let made = self.runner.run(&requests).map_err(Halt::Broken)?;
            if made.len() != requests.len() {
                return Err(Halt::Broken(Error::failed("some of the runs were not made")));
            }
            for (request, run) in requests.iter().zip(made) {
                // Cut short by the total time, it says nothing of the build.
                let cut = timeout.is_some() && run.result.outcome == RunOutcome::Hung;
                let id = self.record(request, remedies.0, run);
                if cut {
                    return Err(Halt::Time);
                }
                ids.push(id);
            }
        }
        Ok(ids)
    }

    fn tell(&self, run: usize, varied: &BTreeSet<String>) {
        let done = u32::try_from(self.runs.len()).unwrap_or(u32::MAX);
        let to_come = u32::try_from(self.known.saturating_sub(self.runs.len())).unwrap_or(u32::MAX);
        let each = (done > 0).then(|| self.started.elapsed() / done);
        (self.progress)(&Progress {
            run,
            known: self.known.max(run),
            varied: varied.iter().cloned().collect(),
            left: each.map(|each: Duration| each.saturating_mul(to_come)),
            at_once: self.runner.width().max(1),
        });
    }

    fn record(&mut self, request: &RunRequest, remedies: &[String], run: Run) -> usize {
        let id = self.runs.len() + 1;
        for secret in &mut self.secrets {
            secret.runs.push(id);
            let new = run.unsearched.iter().filter(|left| !secret.not_searched.contains(left));
            let new: Vec<String> = new.cloned().collect();
            secret.not_searched.extend(new);
            let found = run.leaks.iter().filter(|(name, _)| *name == secret.name);
            for (_, place) in found {
                let known = |p: &crate::model::SecretPlace| {
                    (&p.address, p.offset, p.form) == (&place.address, place.offset, place.form)
                };
                if !secret.found.iter().any(known) {
                    secret.found.push(place.clone());
                }
            }
        }
        for command in &run.result.leftovers {
            self.leftovers.push(Leftover {
                run: id,
                command: command.clone(),
            });
        }
        self.runs.push(BuildRun {
            id,
            varied: request.varied.iter().cloned().collect(),
            remedies: remedies.to_vec(),
            freed: request.freed.iter().cloned().collect(),
            outcome: run.result.outcome,
            why: run.result.why.clone(),
            failure: run.failure.clone(),
            sha256: run.result.artifacts.clone(),
            cpu_seconds: run.result.cpu_seconds,
            replay: super::replay::one(self.build, request, remedies),
        });
        self.made.insert(id, run);
        id
    }

    /// The folder of a run is needed no more.
    pub(super) fn discard(&mut self, id: usize) -> Result<(), Halt> {
        match self.made.get(&id) {
            Some(run) => self.runner.discard(&run.folder).map_err(Halt::Broken),
            None => Ok(()),
        }
    }
}
