//! `repro remote-check`: actions whose results a cache holds are made again, and compared with these.

mod again;
mod kept;
mod sample;

use super::{blob::BlobId, client::Remote, log::Log};
use crate::{
    bytes::{Error, Kind},
    model::{RemoteAction, RemoteReport, RemoteVerdict, Tool},
};
use kept::Kept;
pub use sample::Sample;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::{Duration, Instant},
};

/// Which actions are made again, and how many of them.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Actions by name: `SHA-256/SIZE`.
    pub actions: Vec<BlobId>,
    /// Execution logs that name actions.
    pub logs: Vec<PathBuf>,
    /// Which of them; all by default.
    pub sample: Sample,
    /// No action is begun after that time.
    pub time: Option<Duration>,
    /// How often each is made, at least once; one whose outputs differ is made once more in any case.
    pub times: u32,
    /// Where the result of each action is written, a line of JSON each. Those that are there already are not made again.
    pub results: Option<PathBuf>,
}

/// An action, and what is known of it.
#[derive(Clone, Debug)]
struct Subject {
    id: BlobId,
    label: String,
    mnemonic: String,
}

#[allow(clippy::disallowed_methods, reason = "for the budget of time only")]
fn now() -> Instant {
    Instant::now()
}

/// Makes actions again. `tell` is told how many were done, and of which name the next is.
///
/// # Errors
/// A log or the file of results can't be read or written, or the server can't be reached. An action that can't be made is no error.
pub fn check(remote: &Remote, asked: &Asked, tell: &dyn Fn(u64, &str)) -> Result<RemoteReport, Error> {
    let mut round = Round {
        remote,
        asked,
        kept: Kept::open(asked.results.as_deref())?,
        started: now(),
        seen: BTreeSet::new(),
        report: RemoteReport {
            schema_version: 1,
            tool: Tool::SELF,
            server: remote.server().address.to_string(),
            seed: asked.sample.seed,
            sample: asked.sample.part,
            listed: 0,
            nameless: 0,
            left: 0,
            counts: BTreeMap::new(),
            actions: Vec::new(),
        },
        tell,
    };
    for id in &asked.actions {
        let (label, mnemonic) = (String::new(), String::new());
        round.take(&Subject {
            id: *id,
            label,
            mnemonic,
        })?;
    }
    for path in &asked.logs {
        for spawn in Log::open(path)? {
            let spawn = spawn?;
            match spawn.id() {
                Some(id) => round.take(&Subject {
                    id,
                    label: spawn.label,
                    mnemonic: spawn.mnemonic,
                })?,
                None => round.report.nameless += 1,
            }
        }
    }
    round
        .report
        .actions
        .sort_by(|a, b| (a.verdict, &a.label, &a.action).cmp(&(b.verdict, &b.label, &b.action)));
    Ok(round.report)
}

/// Actions that are taken one after the other.
struct Round<'c> {
    remote: &'c Remote,
    asked: &'c Asked,
    kept: Kept,
    started: Instant,
    seen: BTreeSet<BlobId>,
    report: RemoteReport,
    tell: &'c dyn Fn(u64, &str),
}

impl Round<'_> {
    fn take(&mut self, subject: &Subject) -> Result<(), Error> {
        if !self.seen.insert(subject.id) {
            return Ok(());
        }
        self.report.listed += 1;
        if !self.asked.sample.takes(subject.id) {
            return Ok(());
        }
        let found = match self.kept.found(subject.id) {
            Some(found) => found,
            None if self.asked.time.is_some_and(|time| self.started.elapsed() >= time) => {
                self.report.left += 1;
                return Ok(());
            }
            None => {
                let done = self.report.counts.values().sum();
                (self.tell)(
                    done,
                    if subject.label.is_empty() {
                        "action"
                    } else {
                        &subject.label
                    },
                );
                let found = self.one(subject)?;
                self.kept.write(&found)?;
                found
            }
        };
        *self.report.counts.entry(found.verdict.word().to_owned()).or_default() += 1;
        if found.verdict != RemoteVerdict::Reproducible {
            self.report.actions.push(found);
        }
        Ok(())
    }

    /// What came of one. What stands in its way alone is a reason, and no error.
    fn one(&self, subject: &Subject) -> Result<RemoteAction, Error> {
        let begun = now();
        let mut found = RemoteAction {
            action: subject.id.to_string(),
            label: subject.label.clone(),
            mnemonic: subject.mnemonic.clone(),
            command: Vec::new(),
            verdict: RemoteVerdict::Unchecked,
            reason: None,
            steady: None,
            outputs: Vec::new(),
            seconds: 0.0,
        };
        match again::check(self.remote, subject.id, self.asked.times.max(1), &mut found) {
            Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Malformed | Kind::Refused) => {
                found.reason = Some(error.to_string());
            }
            done => done?,
        }
        found.seconds = begun.elapsed().as_secs_f64();
        Ok(found)
    }
}
