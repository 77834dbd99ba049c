//! Where runs are made: the work folder, the pristine source, what the machine allows, and the environment of each run.

use super::{
    Build, Error, Step,
    artifacts::{self, Patterns},
    environment::Environment,
    machine::Machine,
    missing::Missing,
    probe::{self, Observations},
    sandbox::{self, Limits, Means, RunResult, RunSpec},
    site::Site,
    source,
    variation::{self, Backend, VARIATIONS, Variation},
};
use crate::model::{NotTested, PlannedVariation, RunOutcome};
use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Longest time of a probe, in milliseconds.
const PROBE_TIME: u64 = 30_000;
/// Most bytes that a probe may print, or write.
const PROBE_SIZE: u64 = 1 << 24;

/// Id of the first run, which is the control unless a single other run is asked for.
pub const FIRST: usize = 1;

/// Makes runs of one build.
pub struct Workshop<'a> {
    build: &'a Build,
    site: &'a dyn Site,
    /// Folder of everything.
    work: PathBuf,
    machine: Machine,
}

/// What came of the variations before the first build: which can be tested.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// Each variation, in the order of the documentation.
    pub(crate) planned: Vec<PlannedVariation>,
    /// Names of those that a probe saw.
    pub effective: Vec<&'static str>,
    /// The others, and why not.
    pub not_tested: Vec<NotTested>,
}

impl<'a> Workshop<'a> {
    /// Finds out what the machine allows, and copies the source. `work` is an empty folder.
    ///
    /// # Errors
    /// The machine can't be asked, or what a variation needs can't be made.
    pub fn open(build: &'a Build, site: &'a dyn Site, work: &Path) -> Result<Self, Error> {
        Ok(Self {
            build,
            site,
            work: work.to_owned(),
            machine: site.machine(work)?,
        })
    }

    /// What is to be built.
    pub fn asked(&self) -> &'a Build {
        self.build
    }

    /// What the machine is.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Copies the source tree; warnings about what was left out. An artifact that lies in it already is not copied, for what the build
    /// does not make proves nothing about the build.
    ///
    /// # Errors
    /// A file can't be read or copied, or a glob of the artifacts can't be read.
    pub(crate) fn take_source(&self) -> Result<Vec<String>, Error> {
        let found = source::select(&self.build.source, self.build.all_files)?;
        found.copy(&self.source())?;
        for path in Patterns::new(&artifacts::within(&self.build.artifacts))?.all(&self.source())? {
            let path = self.source().join(path);
            fs::remove_file(&path).map_err(|error| Error::at(&path, &error))?;
        }
        Ok(found.warnings)
    }

    /// The pristine copy of the source.
    pub fn source(&self) -> PathBuf {
        self.work.join("source")
    }

    /// The control environment with these variations, and these further variables. `{build}` in a value is the build path.
    ///
    /// # Errors
    /// A name is not that of a variation, or this machine can't make it.
    pub fn environment(&self, varied: &[&str], more: &BTreeMap<String, String>) -> Result<Environment, Error> {
        let mut environment = Environment::control(self.build, &self.machine);
        for name in varied {
            let variation =
                variation::named(name).ok_or_else(|| Error::usage(format!("there is no variation {name:?}")))?;
            let unasked = match self.machine.remote {
                true => self.backend(variation).map(drop),
                false => Ok(()),
            };
            unasked
                .and_then(|()| variation.vary(&mut environment, &self.machine))
                .map_err(|missing| self.missing(missing))
                .map_err(|missing| Error::unavailable(&missing).because(missing))?;
        }
        for (name, value) in more {
            let value = value.replace("{build}", &environment.build_path);
            environment.variables.insert(name.clone(), value);
        }
        Ok(environment)
    }

    /// How a variation is brought about. What this machine lacks says nothing of another.
    fn backend(&self, variation: &dyn Variation) -> Result<Backend, Missing> {
        variation
            .backend(&self.machine)
            .map_err(|missing| self.missing(missing))
    }

    fn missing(&self, missing: Missing) -> Missing {
        match self.machine.remote {
            true => Missing::Remote,
            false => missing,
        }
    }

    /// Builds once. Results are below the folder `runs/ID`; runs at the same time have different slots.
    ///
    /// # Errors
    /// The run can't be made, or what it leaves can't be removed.
    pub fn build(
        &self,
        id: usize,
        (environment, means): (Environment, Means),
        slot: usize,
        timeout: Option<Duration>,
    ) -> Result<(PathBuf, RunResult), Error> {
        let build = self.build;
        let folder = self.work.join("runs").join(id.to_string());
        fs::create_dir_all(&folder).map_err(|e| Error::at(&folder, &e))?;
        let traced = means.interposition;
        let recorded = build.record.is_some() || build.against.is_some();
        let experiment = build.only.is_none() && build.trace;
        // One run shows what the build opens; the others need not pay for it.
        let reads = id == FIRST && (recorded || experiment);
        let spec = RunSpec {
            environment,
            means,
            steps: build.steps.clone(),
            source: self.source(),
            inputs: Vec::new(),
            artifacts: build.artifacts.clone(),
            folder: folder.clone(),
            network: build.network,
            timeout_ms: u64::try_from(timeout.unwrap_or(build.timeout).as_millis()).unwrap_or(u64::MAX),
            output_limit: build.output_limit,
            disk_limit: build.disk_limit,
            limits: build.limits,
            trace: (build.trace || reads) && traced,
            whole: build.only.is_some(),
            trace_reads: reads && traced,
            // A line that is told must not hold a secret.
            keep_texts: experiment && traced && build.secrets.is_empty(),
            show_self: false,
            slot,
        };
        let result = self.site.run(&spec);
        self.clear(&folder)?;
        Ok((folder, result?))
    }

    /// Removes what a run leaves beside its results.
    fn clear(&self, folder: &Path) -> Result<(), Error> {
        sandbox::clear(folder)?;
        if !self.machine.remote && !self.machine.means.mounts && Path::new(&self.machine.base).exists() {
            super::janitor::remove(Path::new(&self.machine.base))?;
        }
        Ok(())
    }

    /// What a build could see in an environment.
    ///
    /// # Errors
    /// The run can't be made, or the probe fails in it.
    pub fn probe(&self, environment: Environment) -> Result<Observations, Error> {
        let folder = self.work.join("probe");
        fs::create_dir_all(&folder).map_err(|e| Error::at(&folder, &e))?;
        let source = folder.join("source");
        fs::create_dir_all(&source).map_err(|e| Error::at(&source, &e))?;
        let file = source.join("file");
        fs::write(&file, "its time is a source file's").map_err(|e| Error::at(&file, &e))?;
        let program = match self.machine.means.mounts || self.machine.remote {
            true => format!("{}/.repro", self.machine.base),
            false => "/proc/self/exe".to_owned(),
        };
        let spec = RunSpec {
            environment,
            means: self.machine.means,
            steps: vec![Step {
                name: "probe".to_owned(),
                command: vec![program, probe::COMMAND.to_owned()],
                retry: 0,
                halt_on_failure: true,
            }],
            source,
            inputs: Vec::new(),
            artifacts: Vec::new(),
            folder: folder.clone(),
            network: self.build.network,
            timeout_ms: PROBE_TIME,
            output_limit: PROBE_SIZE,
            disk_limit: PROBE_SIZE,
            limits: Limits::default(),
            trace: false,
            whole: true,
            trace_reads: false,
            keep_texts: false,
            show_self: true,
            slot: 0,
        };
        let result = self.site.run(&spec)?;
        let log = folder.join("log");
        let printed = fs::read(&log).map_err(|e| Error::at(&log, &e))?;
        self.clear(&folder)?;
        fs::remove_dir_all(&folder).map_err(|e| Error::at(&folder, &e))?;
        if result.outcome != RunOutcome::Built {
            let why = result.why.unwrap_or_default();
            return Err(Error::failed(format!(
                "the probe: {why}: {}",
                String::from_utf8_lossy(&printed)
            )));
        }
        serde_json::from_slice(&printed).map_err(|e| Error::failed(&e).because(e).about("the probe printed no JSON"))
    }

    /// Probes the control twice and each wanted variation once.
    ///
    /// # Errors
    /// The control can't be probed.
    pub fn survey(&self) -> Result<Survey, Error> {
        let none = BTreeMap::new();
        let control = || {
            self.environment(&[], &none)
                .and_then(|environment| self.probe(environment))
        };
        let steady = match control() {
            Ok(seen) => probe::stable(&seen, &control()?),
            // Nothing that is varied there can be seen to be.
            Err(error) if self.machine.remote => return Ok(unprobed(&error)),
            Err(error) => return Err(error),
        };
        let mut survey = Survey::default();
        for variation in VARIATIONS {
            let name = variation.name();
            let (backend, observed, outcome) = match self.try_one(*variation, &steady) {
                Ok(tried) => {
                    let effective = tried.effective();
                    (Some(tried.backend.to_string()), Some(tried.observed), effective)
                }
                Err(why) => (None, None, Err(why)),
            };
            survey.planned.push(PlannedVariation {
                name: name.to_owned(),
                backend,
                effective: outcome.is_ok(),
                observed,
            });
            match outcome {
                Ok(()) => survey.effective.push(name),
                Err(why) => survey.not_tested.push(NotTested {
                    name: name.to_owned(),
                    why: why.to_string(),
                }),
            }
        }
        Ok(survey)
    }

    /// Tries a variation on the probe.
    fn try_one(&self, variation: &dyn Variation, steady: &Observations) -> Result<Tried, Untested> {
        let name = variation.name();
        let wanted = &self.build.variations;
        if !wanted.is_empty() && !wanted.iter().any(|w| w == name) || self.build.without.iter().any(|w| w == name) {
            return Err(Untested::SwitchedOff);
        }
        let backend = self.backend(variation).map_err(Untested::Missing)?;
        let mut environment = Environment::control(self.build, &self.machine);
        variation
            .vary(&mut environment, &self.machine)
            .map_err(|missing| Untested::Missing(self.missing(missing)))?;
        let seen = self.probe(environment).map_err(Untested::Failed)?;
        let observed = [probe::shown(variation, steady), probe::shown(variation, &seen)];
        Ok(Tried {
            backend,
            observed,
            seen: probe::effective(variation, steady, &seen),
        })
    }
}

/// Nothing is tested where the probe can't be run.
fn unprobed(error: &Error) -> Survey {
    let mut survey = Survey::default();
    for variation in VARIATIONS {
        survey.planned.push(PlannedVariation {
            name: variation.name().to_owned(),
            backend: None,
            effective: false,
            observed: None,
        });
        survey.not_tested.push(NotTested {
            name: variation.name().to_owned(),
            why: format!("a remote worker can't run this program to see what it can vary: {error}"),
        });
    }
    survey
}

/// What came of a variation that could be tried.
struct Tried {
    backend: Backend,
    /// What the probe saw without it and with it.
    observed: [String; 2],
    /// Whether that is what it should see.
    seen: bool,
}

impl Tried {
    fn effective(&self) -> Result<(), Untested> {
        match self.seen {
            true => Ok(()),
            false => Err(Untested::NotEffective(self.observed[1].clone())),
        }
    }
}

/// Why a variation is not tested.
enum Untested {
    /// Nobody wants it.
    SwitchedOff,
    Missing(Missing),
    /// The probe did not run.
    Failed(Error),
    /// The probe saw this, with it as without.
    NotEffective(String),
}

impl fmt::Display for Untested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SwitchedOff => f.write_str("switched off"),
            Self::Missing(missing) => missing.fmt(f),
            Self::Failed(error) => error.fmt(f),
            Self::NotEffective(seen) => write!(f, "not effective: a probe saw {seen} in both"),
        }
    }
}
