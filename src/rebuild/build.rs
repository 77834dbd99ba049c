//! What is to be built, and the defaults of how.

use super::{Step, limits::Limits, pace::Pace, tools::Tool, units};
use crate::notation::calendar::DAY;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

/// Stands for every variation that is effective on this machine, where one run is asked for.
pub const ALL: &str = "all";

/// What is to be built, and within which limits. [`Build::default`] has the limits and names neither source, commands nor artifacts.
#[derive(Clone, Debug)]
#[non_exhaustive]
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
    /// Names of those of them whose values are the caller's.
    pub passed: BTreeSet<String>,
    /// The caller's tools, which the build sees in its home where folders can be mounted.
    pub tools: Vec<Tool>,
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
    /// Names of what is not pinned in that one run, which varies nothing.
    pub freed: Vec<String>,
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
    /// Most memory and processes of one run.
    pub limits: Limits,
    /// Decides what is random.
    pub seed: u64,
    /// What the control's clock shows, in seconds since 1970; some moment of the recent past.
    pub clock: i64,
    /// How that clock goes.
    pub pace: Pace,
    /// Whether the processes and the files that they write are recorded.
    pub trace: bool,
    /// Make one run with everything varied, beside the two of the control, and search for nothing.
    pub quick: bool,
    /// Whether remedies are tried.
    pub try_fixes: bool,
    /// Whether the bytes round differences are collected, and where in the artifacts they lie: for a page.
    pub details: bool,
    /// Where to keep artifacts that differ.
    pub keep: Option<PathBuf>,
    /// Where to write what the first run that fails prints; the first run, if none does.
    pub log: Option<PathBuf>,
    /// Where to write what the build was made with.
    pub record: Option<PathBuf>,
    /// A record to compare this machine and this build with.
    pub against: Option<PathBuf>,
    /// Folder below which the work folder is made; that for temporary files if none is given.
    pub work: Option<PathBuf>,
    /// The program that makes the runs: `repro`, or one that calls [`hook`](super::hook()). This program if none is given.
    pub program: Option<PathBuf>,
    /// The command line that this is, without `--vary`, `--seed` and `--clock`: replays are made from it.
    pub replay: Replay,
}

impl Default for Build {
    fn default() -> Self {
        Self {
            source: PathBuf::from("."),
            all_files: false,
            steps: Vec::new(),
            artifacts: Vec::new(),
            variables: BTreeMap::new(),
            passed: BTreeSet::new(),
            tools: Vec::new(),
            secrets: BTreeMap::new(),
            variations: Vec::new(),
            without: Vec::new(),
            only: None,
            remedies: Vec::new(),
            freed: Vec::new(),
            network: false,
            timeout: Duration::from_secs(3600),
            total_timeout: None,
            output_limit: 256 << 20,
            disk_limit: 16 << 30,
            limits: Limits::default(),
            seed: 1,
            clock: yesterday(),
            pace: Pace::default(),
            trace: true,
            quick: false,
            try_fixes: false,
            details: false,
            keep: None,
            log: None,
            record: None,
            against: None,
            work: None,
            program: None,
            replay: Replay::default(),
        }
    }
}

impl Build {
    /// A build of nothing, for trying what a machine allows.
    pub fn trial() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            output_limit: 0,
            disk_limit: 0,
            seed: 0,
            clock: 1_700_000_000,
            pace: Pace::Frozen,
            trace: false,
            ..Self::default()
        }
    }
}

impl Build {
    /// What the clock shows of a build that is handed these variables: some moment of the recent past, but later than the source.
    pub fn clock_for(variables: &BTreeMap<String, String>) -> i64 {
        let after = |epoch: i64| epoch.saturating_add(2 * DAY);
        yesterday().max(source_date_epoch(variables).map_or(0, after))
    }
}

/// SOURCE_DATE_EPOCH among variables, if it is a moment.
pub(super) fn source_date_epoch(variables: &BTreeMap<String, String>) -> Option<i64> {
    units::moment(variables.get("SOURCE_DATE_EPOCH")?).ok()
}

/// Yesterday, 10:11:12 UTC: recent enough for certificates, and not the moment at which anything is built.
#[allow(
    clippy::disallowed_methods,
    reason = "the default of --clock; the report says what it was"
)]
fn yesterday() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = now.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0));
    (seconds / DAY - 1) * DAY + 10 * 3600 + 11 * 60 + 12
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
