//! Where clients fetch and builds are made: the sandbox of `repro build`, or, for builds, the workers of a server. Clients reach the
//! network, builds do not.

use super::{Error, subject};
use crate::{
    model::{PublishedPlan, Record},
    rebuild::{
        self, Build, artifacts, config,
        environment::Environment,
        input::Input,
        janitor::Work,
        known,
        limits::Limits,
        machine::Machine,
        sandbox::{self, Means, RunResult, RunSpec},
        site::Site,
    },
};
use std::{
    cell::Cell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// Lines of output that are told of what failed.
const LAST_LINES: usize = 12;
/// Lines before these that speak of an error.
const FIRST_ERRORS: usize = 4;
/// Most bytes that a run may print, and write.
const OUTPUT: u64 = 64 << 20;
const DISK: u64 = 16 << 30;
/// Longest time that a client may take.
const FETCHING: Duration = Duration::from_secs(900);
/// Folder of a build's working folder that builds write to.
pub(super) const OUT: &str = "out";
/// Where a client works.
const CLIENT: &str = "/build/source";
/// The caller's variables that clients go by.
const CLIENTS: &[&str] = &["PIP_", "NPM_CONFIG_", "CARGO_", "NODE_EXTRA_", "GIT_SSL_", "SSL_CERT_"];
const PLAIN: &[&str] = &[
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
];

/// What one run is to do.
pub(super) struct Job<'j> {
    /// Commands, in order.
    pub steps: Vec<Vec<String>>,
    /// What its working folder holds at first.
    pub source: &'j Path,
    /// Its variables.
    pub variables: BTreeMap<String, String>,
    /// Globs of what is kept.
    pub artifacts: Vec<String>,
}

/// What came of one run.
pub(super) struct Made {
    /// Below it lie the artifacts.
    pub folder: PathBuf,
    /// How it went.
    pub result: RunResult,
    /// The environment that it was made in.
    pub known: Record,
    /// The last lines that were printed.
    pub printed: String,
}

impl Made {
    /// Where an artifact lies, by its path below the working folder.
    pub fn path(&self, artifact: &str) -> PathBuf {
        artifacts::folder(&self.folder).join(artifact)
    }

    /// Why it failed, with the last lines of output; none if it did not.
    pub fn failure(&self) -> Option<String> {
        let why = self.result.why.clone()?;
        Some(match self.printed.is_empty() {
            true => why,
            false => format!("{why}\n{}", self.printed),
        })
    }
}

/// A work folder, and what this machine lets a run do.
pub(super) struct Lab {
    program: PathBuf,
    work: Work,
    machine: Machine,
    /// Who makes builds, if it is not this machine.
    workers: Option<Arc<dyn Site>>,
    timeout: Duration,
    count: Cell<usize>,
}

/// What a run is given beside its job.
struct Place {
    environment: Environment,
    machine: Machine,
    inputs: Vec<Input>,
    network: bool,
    timeout: Duration,
}

impl Lab {
    /// Finds out what the machine allows.
    ///
    /// # Errors
    /// It does not allow to build what strangers wrote without network and without a way to the machine's files.
    pub fn open(timeout: Duration, work: Option<&Path>, workers: Option<Arc<dyn Site>>) -> Result<Self, Error> {
        let program = rebuild::program(None)?;
        let work = Work::create(work, &program)?;
        let (means, trials) = Means::detect(&program, work.path())?;
        if !means.mounts || !means.pids || !means.net {
            let why = trials.iter().find_map(|trial| trial.outcome.as_ref().err());
            return Err(Error::unavailable(format!(
                "nothing of an artifact is run outside of mount, PID and network namespaces ({}); `repro doctor` says more",
                why.map(ToString::to_string).unwrap_or_default()
            )));
        }
        let machine = Machine::detect(means, work.path());
        Ok(Self {
            program,
            work,
            machine,
            workers,
            timeout,
            count: Cell::new(0),
        })
    }

    /// A new folder.
    pub fn folder(&self, name: &str) -> Result<PathBuf, Error> {
        self.count.set(self.count.get() + 1);
        let folder = self.work.path().join(format!("{}-{name}", self.count.get()));
        fs::create_dir_all(&folder).map_err(|e| Error::at(&folder, &e))?;
        Ok(folder)
    }

    /// Runs a client, which may reach the network; it is told the real time.
    pub fn fetch(&self, job: Job<'_>) -> Result<Made, Error> {
        let build = Build {
            variables: clients(job.variables.clone()),
            ..Build::default()
        };
        let machine = Machine {
            means: Means {
                interposition: false,
                time: false,
                ..self.machine.means
            },
            ..self.machine.clone()
        };
        let mut environment = Environment::control(&build, &machine);
        environment.build_path = CLIENT.to_owned();
        let place = Place {
            environment,
            machine,
            inputs: local(&build.variables),
            network: true,
            timeout: FETCHING,
        };
        self.run(job, place, &|spec| sandbox::run(&self.program, spec))
    }

    /// Builds by a plan, without network.
    pub fn build(&self, plan: &PublishedPlan, source: &Path) -> Result<Made, Error> {
        let build = Build {
            variables: plan.variables.clone(),
            clock: plan.clock,
            ..Build::default()
        };
        if !subject::is_place(&plan.build_path) {
            return Err(Error::usage(format!(
                "build path {:?}: give one below /build, without `..`",
                plan.build_path
            )));
        }
        let machine = match &self.workers {
            None => self.machine.clone(),
            Some(workers) => workers.machine(self.work.path())?,
        };
        let mut environment = Environment::control(&build, &machine);
        environment.build_path.clone_from(&plan.build_path);
        environment.umask = umask(plan)?;
        if let Some(epoch) = plan.source_date_epoch {
            environment
                .variables
                .insert("SOURCE_DATE_EPOCH".to_owned(), epoch.to_string());
        }
        let job = Job {
            steps: plan.steps.clone(),
            source,
            variables: BTreeMap::new(),
            artifacts: plan.artifacts.clone(),
        };
        let place = Place {
            environment,
            machine,
            inputs: Vec::new(),
            network: false,
            timeout: self.timeout,
        };
        match &self.workers {
            None => self.run(job, place, &|spec| sandbox::run(&self.program, spec)),
            Some(workers) => self.run(job, place, &|spec| workers.run(spec)),
        }
    }

    fn run(
        &self,
        job: Job<'_>,
        place: Place,
        make: &dyn Fn(&RunSpec) -> Result<RunResult, Error>,
    ) -> Result<Made, Error> {
        let folder = self.folder(if place.network { "fetch" } else { "build" })?;
        let known = known::record(&place.environment, &place.machine, None, &BTreeMap::new());
        let step =
            |(number, words): (usize, &Vec<String>)| config::step(&format!("step {}", number + 1), words.clone());
        let spec = RunSpec {
            environment: place.environment,
            means: place.machine.means,
            steps: job.steps.iter().enumerate().map(step).collect(),
            source: job.source.to_owned(),
            inputs: place.inputs,
            artifacts: job.artifacts,
            folder: folder.clone(),
            network: place.network,
            timeout_ms: u64::try_from(place.timeout.as_millis()).unwrap_or(u64::MAX),
            output_limit: OUTPUT,
            disk_limit: DISK,
            limits: Limits::default(),
            trace: false,
            trace_reads: false,
            whole: true,
            keep_texts: false,
            show_self: false,
            slot: 0,
        };
        let result = make(&spec);
        sandbox::clear(&folder)?;
        let log = fs::read(folder.join("log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&log);
        let printed = telling(&text);
        Ok(Made {
            folder,
            result: result?,
            known,
            printed,
        })
    }
}

/// The last lines, and before them the first that speak of an error.
fn telling(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let (before, last) = lines.split_at(lines.len().saturating_sub(LAST_LINES));
    let errors = before
        .iter()
        .filter(|line| line.to_ascii_lowercase().contains("error: "));
    let told: Vec<&str> = errors.take(FIRST_ERRORS).chain(last).copied().collect();
    told.join("\n")
}

/// Folders that a client's variables name and that the sandbox would hide: an index of the caller's own.
fn local(variables: &BTreeMap<String, String>) -> Vec<Input> {
    let words = variables
        .iter()
        .filter(|(name, _)| *name != "PATH")
        .flat_map(|(_, value)| value.split_whitespace());
    let hidden = |path: &str| path.starts_with("/tmp/") || path.starts_with("/var/tmp/");
    let paths = words.map(|word| word.strip_prefix("file://").unwrap_or(word));
    let mut found: Vec<&str> = paths.filter(|path| hidden(path) && Path::new(path).is_dir()).collect();
    found.sort_unstable();
    found.dedup();
    let input = |path: &str| Input {
        from: PathBuf::from(path),
        at: path.to_owned(),
    };
    found.into_iter().map(input).collect()
}

fn umask(plan: &PublishedPlan) -> Result<u32, Error> {
    u32::from_str_radix(&plan.umask, 8)
        .ok()
        .filter(|mask| *mask <= 0o777)
        .ok_or_else(|| Error::usage(format!("umask {:?} is not up to four octal digits", plan.umask)))
}

/// Adds to a client's variables what the caller has set for it, and where the caller's files of settings lie.
pub(super) fn clients(mut variables: BTreeMap<String, String>) -> BTreeMap<String, String> {
    for (name, value) in std::env::vars_os() {
        let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) else {
            continue;
        };
        let upper = name.to_ascii_uppercase();
        if PLAIN.contains(&upper.as_str()) || CLIENTS.iter().any(|start| upper.starts_with(start)) {
            variables.entry(name).or_insert(value);
        }
    }
    if let Ok(path) = std::env::var("PATH") {
        variables.entry("PATH".to_owned()).or_insert(path);
    }
    if let Some(home) = std::env::var_os("HOME").map(PathBuf::from) {
        let files = [
            ("PIP_CONFIG_FILE", ".config/pip/pip.conf"),
            ("PIP_CONFIG_FILE", ".pip/pip.conf"),
            ("npm_config_userconfig", ".npmrc"),
        ];
        for (name, file) in files {
            let file = home.join(file);
            if let (true, Some(file)) = (file.is_file(), file.to_str()) {
                variables.entry(name.to_owned()).or_insert_with(|| file.to_owned());
            }
        }
    }
    variables
}
