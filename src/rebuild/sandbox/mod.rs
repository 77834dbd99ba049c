//! One run: a fresh copy of the source, in an environment made to measure, watched, and cleared away.

mod confine;
mod devices;
mod filter;
mod inside;
mod kernel;
mod kill;
mod loopback;
mod means;
mod meter;
mod root;
mod sent;
mod start;
mod supervise;
mod system;
mod texts;
mod tracer;
mod veil;

pub use super::{limits::Limits, means::Means};
pub use means::Trial;
pub use supervise::main as supervise;
pub use texts::kept as kept_text;

use sent::Answer;

use super::{Error, Step, environment::Environment, input::Input};
use crate::model::RunOutcome;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    env,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The argument with which a program that calls `hook` supervises a run.
pub(super) const COMMAND: &str = "_sandbox";

/// Where programs find the libraries that they are linked with.
const LIBRARIES: &str = "LD_LIBRARY_PATH";

/// What a run is to be kept from.
struct Caller {
    /// HOME.
    home: Option<PathBuf>,
    /// Where others listen.
    sockets: Vec<PathBuf>,
}

/// One run, as the supervising process is told of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunSpec {
    /// What the build may notice.
    pub environment: Environment,
    /// How that is brought about.
    pub means: Means,
    /// What is run.
    pub steps: Vec<Step>,
    /// The pristine copy of the source that this run's copy is made from.
    pub source: PathBuf,
    /// What else the build sees, read only.
    pub inputs: Vec<Input>,
    /// Globs of the artifacts.
    pub artifacts: Vec<String>,
    /// A new folder for this run: artifacts go to [`artifacts::folder`](super::artifacts::folder), what was printed to `log`.
    pub folder: PathBuf,
    /// Whether the network may be reached.
    pub network: bool,
    /// Longest time, in milliseconds.
    pub timeout_ms: u64,
    /// Most bytes printed.
    pub output_limit: u64,
    /// Most bytes written.
    pub disk_limit: u64,
    /// Most of memory and processes.
    pub limits: Limits,
    /// Record processes and the files that they write.
    pub trace: bool,
    /// Record the files that are read, too.
    pub trace_reads: bool,
    /// Whether the bytes of every artifact are wanted, or only of those that are not as in the first run.
    pub whole: bool,
    /// Keep the texts that are written, in `texts/`, each called after its SHA-256.
    pub keep_texts: bool,
    /// Show this program to the build as `/build/.repro`, so that it can be a step: for probes.
    pub show_self: bool,
    /// Runs that go on at the same time have different slots, for different processors.
    pub slot: usize,
}

/// What came of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunResult {
    /// How it ended.
    pub outcome: RunOutcome,
    /// What failed: the step, its exit status, the last lines of output.
    pub why: Option<String>,
    /// SHA-256 of every artifact, by path below the source folder.
    pub artifacts: BTreeMap<String, String>,
    /// SHA-256 of every file below the build folder that the run wrote, by path.
    pub written: BTreeMap<String, String>,
    /// When it began and ended, in seconds since 1970, if that was by the clock of the machine that made it.
    pub real_time: Option<(i64, i64)>,
    /// Processor time, user and system.
    pub cpu_seconds: f64,
    /// Command lines of processes that were left behind.
    pub leftovers: Vec<Vec<String>>,
    /// Files and folders that were made outside of every folder that the build was given.
    pub(crate) strays: Vec<String>,
    /// Command lines of what ran when a timeout struck.
    pub(crate) hanging: Vec<Vec<String>>,
    /// Who ran what and wrote which file.
    pub trace: Option<Trace>,
}

/// Processes and what they did to files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Every program that was executed, in order.
    pub processes: Vec<Process>,
    /// Files opened for writing, renamed to, or linked to, in order.
    pub writes: Vec<Write>,
    /// Files opened for reading, sorted (if asked for).
    pub reads: Vec<String>,
    /// What programs took from files and pipes, and gave to them, in order (if asked for).
    pub flows: Vec<Flow>,
}

/// A program took from a file or pipe, or gave to it. Only files below the source folder and the folder for temporary files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Index of the program.
    pub process: usize,
    /// As [`Write::path`]; `pipe:[N]` for a pipe.
    pub path: String,
    /// Whether it was written.
    pub gave: bool,
}

/// One executed program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Index of the program that started it.
    pub parent: Option<usize>,
    /// The executable.
    pub program: String,
    /// Its arguments, `argv[0]` first.
    pub command: Vec<String>,
}

/// One file written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// Index of the program.
    pub process: usize,
    /// Absolute path, as the build sees it; below the source folder, the path from there.
    pub path: String,
}

impl RunResult {
    /// That of a run that made nothing.
    pub(crate) fn empty() -> Self {
        Self {
            outcome: RunOutcome::Failed,
            why: None,
            artifacts: BTreeMap::new(),
            written: BTreeMap::new(),
            real_time: None,
            cpu_seconds: 0.0,
            leftovers: Vec::new(),
            strays: Vec::new(),
            hanging: Vec::new(),
            trace: None,
        }
    }
}

/// Removes what a run leaves in its folder beside its results.
///
/// # Errors
/// Something in it can't be removed.
pub fn clear(folder: &Path) -> Result<(), Error> {
    for name in ["root", "hidden", "store", "disk"] {
        let path = folder.join(name);
        if path.exists() {
            super::janitor::remove(&path)?;
        }
    }
    Ok(())
}

/// Does one run, in a process of its own: `program` is one that calls `hook`, usually this one, started again.
///
/// # Errors
/// The process can't be started, or it can't make the run: what was attempted, with the system's error as source. A build that
/// fails is no error, but an outcome.
pub fn run(program: &Path, spec: &RunSpec) -> Result<RunResult, Error> {
    let step = spec.steps.first().map(|step| &step.name);
    let _step = tracing::info_span!("run", ?step, folder = ?spec.folder).entered();
    let cannot = |e: std::io::Error| {
        Error::failed(&e)
            .because(e)
            .about("can't start the process that watches a run")
    };
    let mut child = Command::new(program)
        .arg(COMMAND)
        // The build's first process has no variables that the build could look at, but what it takes to be started.
        .env_clear()
        .envs(env::var_os(LIBRARIES).map(|folders| (LIBRARIES, folders)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let home = env::var_os("HOME").map(PathBuf::from);
    let text =
        serde_json::to_vec(&(spec, home)).map_err(|e| Error::failed(&e).because(e).about("a run's description"))?;
    // It stays open: that it closes tells the other side that we are gone.
    let mut stdin = child.stdin.take();
    if let Some(to) = &mut stdin {
        to.write_all(&(text.len() as u64).to_le_bytes())
            .and_then(|()| to.write_all(&text))
            .map_err(cannot)?;
    }
    let output = child.wait_with_output().map_err(cannot)?;
    drop(stdin);
    let answer: Answer = serde_json::from_slice(&output.stdout)
        .map_err(|e| Error::failed(format!("a run's watcher ended with {}: {e}", output.status)).because(e))?;
    Ok(answer?)
}
