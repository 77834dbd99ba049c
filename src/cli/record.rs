//! `--record-history` of `repro gate` and `repro build`

use super::{Error, Global, warn};
use repro::{
    history::{commit, moment, store::History, take},
    model::{
        Basis, BuildVerdict, EnvironmentItem, GateReport, NewRun, RebuildReport, RunEnvironment, RunKind, RunOutcome,
        RunResult,
    },
    notation::Unreadable,
    rebuild::{
        self, Build,
        artifacts::{Patterns, within},
        record::{self, Record},
        sandbox::Means,
        source,
    },
    settings::Repository,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Options of both commands.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Recorded {
    /// Record the result for `repro history` [default FILE: `file` in [history] of repro.toml, else repro-history.sqlite at the root]
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    record_history: Option<Option<PathBuf>>,
    /// With --record-history: what the repository is called [default: `project` in [history] of repro.toml, else its folder's name]
    #[arg(long, value_name = "NAME", requires = "record_history")]
    project: Option<String>,
    /// With --record-history: the commit of the source [default: that of git's HEAD]
    #[arg(long, value_name = "HEX", requires = "record_history", value_parser = hex)]
    commit: Option<String>,
    /// With --record-history: what the artifacts were made with, as `repro build --record` wrote it
    #[arg(long, value_name = "FILE", requires = "record_history")]
    made_with: Option<PathBuf>,
    /// With --record-history: when the run was, RFC 3339 [default: by the clock]
    #[arg(long, value_name = "TIME", requires = "record_history", value_parser = moment::parse)]
    at: Option<i64>,
}

/// A run that is to be recorded when it is over.
pub(super) struct Recording {
    history: History,
    project: String,
    /// Digest of the commands of `[build]`.
    command: Option<String>,
    commit: Option<String>,
    source: String,
    given: Option<Record>,
    at: Option<i64>,
    /// Where the build's record will lie.
    folder: Option<TempDir>,
}

/// What a run was and said.
struct Facts<'a> {
    kind: RunKind,
    verdict: &'a str,
    reason: Option<String>,
    command: Option<String>,
    /// What its build was made with, where that was watched.
    record: Option<PathBuf>,
    results: Vec<RunResult>,
}

impl Recorded {
    /// Whether the run is to be recorded.
    pub fn asked(&self) -> bool {
        self.record_history.is_some()
    }

    /// Opens the history, if the run is to be recorded; `watched` says that there will be a build to watch. What is wrong with the
    /// file is told before anything is built.
    pub fn start(
        &self,
        repository: &Repository,
        artifacts: &[String],
        lock: &Path,
        watched: bool,
    ) -> Result<Option<Recording>, Error> {
        let Some(file) = &self.record_history else {
            return Ok(None);
        };
        let root = repository.root();
        let path = match file {
            Some(given) => given.clone(),
            None => repository.history("--record-history=FILE")?,
        };
        let history = History::write(&path)?;
        let given = self.made_with.as_deref().map(record::read).transpose()?;
        // Before the build: what is judged is what is there now.
        let source = source_digest(root, artifacts, &[lock, &path])?;
        Ok(Some(Recording {
            history,
            project: self.project.clone().unwrap_or_else(|| repository.project()),
            commit: self.commit.clone().or_else(|| commit::head(root)),
            source,
            folder: match watched && given.is_none() && can_watch()? {
                true => Some(folder()?),
                false => None,
            },
            given,
            at: self.at,
            command: repository.command()?,
        }))
    }
}

/// Records, if there is a recording, that a run ended in an error before it had a report; gives the error that the command ends with.
pub(super) fn failed(recording: Option<Recording>, kind: RunKind, error: Error, global: &Global) -> Error {
    let Some(recording) = recording else { return error };
    let facts = Facts {
        kind,
        verdict: "undetermined",
        reason: error.text(),
        command: recording.command.clone(),
        record: None,
        results: Vec::new(),
    };
    if let Err(other) = recording.finish(facts, global) {
        other.text().into_iter().for_each(warn);
    }
    error
}

impl Recording {
    /// Where the build is to write what it was made with, if it is watched.
    pub fn record(&self) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.path().join("record.json"))
    }

    /// Records what a gate said.
    pub fn gate(self, report: &GateReport, global: &Global) -> Result<(), Error> {
        let (verdict, results) = take::gate(report);
        let facts = Facts {
            kind: RunKind::Gate,
            verdict,
            reason: None,
            command: self.command.clone(),
            record: None,
            results,
        };
        self.finish(facts, global)
    }

    /// Records what an experiment said.
    pub fn build(self, report: &RebuildReport, build: &Build, global: &Global) -> Result<(), Error> {
        let (verdict, results) = take::build(report);
        let reason = report
            .reason
            .clone()
            .filter(|_| report.verdict != BuildVerdict::Reproducible);
        // A record that was there before is not of this run: one is written only if the first run built something.
        let built = report.runs.first().is_some_and(|run| run.outcome == RunOutcome::Built);
        let facts = Facts {
            kind: RunKind::Build,
            verdict,
            reason,
            command: Some(rebuild::digest(&build.steps)?),
            record: build.record.clone().filter(|path| built && path.is_file()),
            results,
        };
        self.finish(facts, global)
    }

    fn finish(mut self, facts: Facts<'_>, global: &Global) -> Result<(), Error> {
        let watched = facts.record.as_deref().map(record::read).transpose()?;
        let (basis, record) = match self.given.take().or(watched) {
            Some(record) => (Basis::Build, record),
            None => (Basis::Machine, here()),
        };
        let run = NewRun {
            at: self.at.unwrap_or_else(now),
            kind: facts.kind,
            project: self.project,
            verdict: facts.verdict.to_owned(),
            reason: facts.reason,
            commit: self.commit,
            source: Some(self.source),
            command: facts.command,
            environment: Some(RunEnvironment {
                basis,
                items: items(&record),
            }),
            results: facts.results,
        };
        let number = self.history.record(&run)?;
        if !global.quiet {
            warn(format!("recorded as run {number}"));
        }
        Ok(())
    }
}

/// Digest of the source's files; not of artifacts, nor of the lock file and the history, if they lie there.
fn source_digest(root: &Path, artifacts: &[String], others: &[&Path]) -> Result<String, Error> {
    let selection = source::select(root, false)?;
    let made = Patterns::new(&within(artifacts))?;
    let mut left_out: Vec<PathBuf> = Vec::new();
    for path in others {
        let real = fs::canonicalize(path).unwrap_or_else(|_| root.join(path));
        if let Ok(path) = real.strip_prefix(root) {
            left_out.extend([path.to_owned(), PathBuf::from(format!("{}-journal", path.display()))]);
        }
    }
    let counts = |path: &Path| !made.is_match(path) && !left_out.iter().any(|out| out == path);
    selection.identity(&counts).map_err(Error::from)
}

/// What of a record is compared. Values of variables are in it, those of secrets are not in the record.
fn items(record: &Record) -> BTreeMap<String, EnvironmentItem> {
    let mut items = BTreeMap::new();
    let mut add = |name: String, value: &str, package: Option<&String>| {
        let item = EnvironmentItem {
            value: value.to_owned(),
            package: package.cloned(),
        };
        items.insert(name, item);
    };
    let system = record.os_release.as_ref().and_then(|fields| fields.get("PRETTY_NAME"));
    for (name, value) in [
        ("system", system),
        ("kernel", record.kernel.as_ref()),
        ("machine", record.machine.as_ref()),
    ] {
        if let Some(value) = value {
            add(name.to_owned(), value, None);
        }
    }
    for (name, version) in &record.packages {
        add(format!("package {name}"), version, None);
    }
    for file in record.files.iter().flatten() {
        // What a tool says of itself means more to a reader than a digest, and is no proof.
        let digest = file.sha256.get(..12).unwrap_or(&file.sha256);
        let value = match file.version.as_ref().filter(|_| file.package.is_none()) {
            Some(version) => format!("{version}, sha256 {digest}"),
            None => format!("sha256:{}", file.sha256),
        };
        add(format!("file {}", file.path), &value, file.package.as_ref());
    }
    for (name, value) in &record.environment {
        add(format!("variable {name}"), value, None);
    }
    items
}

/// The tools of this machine.
fn here() -> Record {
    let path = std::env::var_os("PATH").unwrap_or_default();
    record::here(&path, &record::Host::here())
}

/// Whether this machine allows to watch what a build opens.
fn can_watch() -> Result<bool, Error> {
    let work = folder()?;
    let program = rebuild::program(None)?;
    let (means, _) = Means::detect(&program, work.path())?;
    Ok(means.interposition)
}

fn folder() -> Result<TempDir, Error> {
    tempfile::tempdir().map_err(|error| Error::at("a temporary folder", error))
}

#[allow(
    clippy::disallowed_methods,
    reason = "a history is of moments; --at gives another one, and no report shows this one but that of `repro history`"
)]
fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

fn hex(word: &str) -> Result<String, Unreadable> {
    let digits = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digits && matches!(word.len(), 40 | 64) {
        true => Ok(word.to_ascii_lowercase()),
        false => Err(Unreadable::said(word, "give all 40 or 64 hexadecimal digits")),
    }
}
