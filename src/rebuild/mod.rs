//! `repro build`: build a source tree in environments that differ in one known respect, and find by experiment which of
//! them changes the artifacts.

pub mod artifacts;
mod bench;
mod calendar;
pub mod config;
mod doctor;
pub mod environment;
pub mod experiment;
pub mod janitor;
mod known;
pub mod locale;
pub mod machine;
pub mod probe;
pub mod record;
pub mod remedy;
pub mod runner;
pub mod sandbox;
pub mod search;
pub mod secret;
pub mod source;
pub mod units;
pub mod variation;
pub mod workshop;

pub use doctor::doctor;

pub use crate::{bytes::Error, notation::calendar::day};
pub use bench::{ALL, run};

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// How far the experiment is, told before each run.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Id of the run that starts.
    pub run: usize,
    /// Runs that are known to be needed, so far.
    pub known: usize,
    /// Names of what this run varies.
    pub varied: Vec<String>,
    /// Time that the runs known so far will take.
    pub left: Option<Duration>,
}

/// What is to be built, and within which limits.
#[derive(Clone, Debug)]
pub struct Build {
    /// Root of the source tree; it is copied, never touched.
    pub source: PathBuf,
    /// Copy every file, not just those that git tracks or does not ignore.
    pub all_files: bool,
    /// Commands, in order.
    pub steps: Vec<Step>,
    /// Globs below the source root that name the artifacts.
    pub artifacts: Vec<String>,
    /// Variables handed to the build, beside those that every build gets.
    pub variables: BTreeMap<String, String>,
    /// Names and values that are handed to the build and to nothing else.
    pub secrets: BTreeMap<String, String>,
    /// Names of the variations to test; empty for all.
    pub variations: Vec<String>,
    /// Names of the variations not to test.
    pub without: Vec<String>,
    /// Make one run only, with these varied (none: the control).
    pub only: Option<Vec<String>>,
    /// Names of the remedies that are in force in that one run.
    pub remedies: Vec<String>,
    /// Whether the build may reach the network.
    pub network: bool,
    /// Longest time of one run.
    pub timeout: Duration,
    /// Longest time in all.
    pub total_timeout: Option<Duration>,
    /// Most bytes that one run may print.
    pub output_limit: u64,
    /// Most bytes that one run may write.
    pub disk_limit: u64,
    /// Decides what is random.
    pub seed: u64,
    /// What the control's clock shows, in seconds since 1970; some moment of the recent past.
    pub clock: i64,
    /// Whether the processes and the files that they write are recorded.
    pub trace: bool,
    /// Whether remedies are tried.
    pub try_fixes: bool,
    /// Whether the bytes round differences are collected, and where in the artifacts they lie: for a page.
    pub details: bool,
    /// Where to keep artifacts that differ.
    pub keep: Option<PathBuf>,
    /// Where to write what the build was made with.
    pub record: Option<PathBuf>,
    /// A record to compare this machine and this build with.
    pub against: Option<PathBuf>,
    /// Folder below which the work folder is made; that for temporary files if none is given.
    pub work: Option<PathBuf>,
    /// The command line that this is, without `--vary`, `--seed` and `--clock`: replays are made from it.
    pub replay: Replay,
}

impl Build {
    /// A build of nothing, for trying what a machine allows.
    pub fn trial() -> Self {
        Self {
            source: PathBuf::new(),
            all_files: false,
            steps: Vec::new(),
            artifacts: Vec::new(),
            variables: BTreeMap::new(),
            secrets: BTreeMap::new(),
            variations: Vec::new(),
            without: Vec::new(),
            only: None,
            remedies: Vec::new(),
            network: false,
            timeout: Duration::from_secs(10),
            total_timeout: None,
            output_limit: 0,
            disk_limit: 0,
            seed: 0,
            clock: 1_700_000_000,
            trace: false,
            try_fixes: false,
            details: false,
            keep: None,
            record: None,
            against: None,
            work: None,
            replay: Replay::default(),
        }
    }
}

/// The words of a command line, before and after the place for more options.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// `repro build` and the options.
    pub options: Vec<String>,
    /// Options that choose variations: for the whole experiment only, one run has its own.
    pub choice: Vec<String>,
    /// The command to build with; empty if it is in `repro.toml`.
    pub command: Vec<String>,
}

/// One command of a build.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Step {
    /// For messages.
    pub name: String,
    /// Program and arguments; a command given as one string becomes `/bin/sh -c STRING`.
    pub command: Vec<String>,
    /// How often it is tried again after a failure.
    pub retry: u32,
    /// Whether its failure ends the run.
    pub halt_on_failure: bool,
}
