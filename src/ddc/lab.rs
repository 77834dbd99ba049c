//! Makes stages: each in an environment that is the same for all, at paths that are the same for all.

use super::{
    Options,
    failure::Failure,
    job::{Job, Made, Opened, Set, Task, Tree},
    perturbation::Perturbation,
    places::{OUT, PREV, RUN, SPEC},
    spec::Spec,
    words::{Words, quote},
};
use crate::{
    bytes::digest::Algorithm,
    model::RunOutcome,
    rebuild::{
        Build, Error, Progress, artifacts, config,
        environment::Environment,
        input::Input,
        janitor::{self, Work},
        machine::Machine,
        sandbox::{self, Limits, Means, RunResult, RunSpec},
    },
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

const TIMEOUT: Duration = Duration::from_secs(3600);
const DISK: u64 = 4 << 30;
const OUTPUT: u64 = 64 << 20;
/// What the clock shows where the spec has no SOURCE_DATE_EPOCH.
const CLOCK: i64 = 1_700_000_000;
/// Lines of output that are told of a stage that failed.
const LAST_LINES: usize = 6;
/// A folder with nothing in it.
const EMPTY: &str = "empty";

/// Where stages are made.
pub struct Lab<'a> {
    pub(super) spec: &'a Spec,
    pub(super) options: &'a Options,
    work: PathBuf,
    machine: Machine,
    variables: BTreeMap<String, String>,
    /// What was made, by all that went into it.
    known: BTreeMap<String, (String, Made)>,
    count: AtomicUsize,
}

impl<'a> Lab<'a> {
    /// Finds out what the machine allows.
    ///
    /// # Errors
    /// It doesn't allow to give a stage constant paths and to end all that it starts.
    pub fn open(
        spec: &'a Spec,
        options: &'a Options,
        work: &Work,
        variables: BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let machine = match &options.site {
            Some(site) => site.machine(work.path())?,
            None => here(&options.program, work)?,
        };
        Ok(Self {
            spec,
            options,
            work: work.path().to_owned(),
            machine,
            variables,
            known: BTreeMap::new(),
            count: AtomicUsize::new(0),
        })
    }

    /// The kernel's release.
    pub fn kernel(&self) -> &str {
        &self.machine.release
    }

    /// A new folder below the work folder.
    pub fn folder(&self, name: &str) -> Result<PathBuf, Error> {
        let folder = self.work.join(name);
        fs::create_dir_all(&folder).map_err(|e| Error::at(&folder, &e))?;
        Ok(folder)
    }

    /// Makes runs, as many at a time as there are processors. Equal inputs are run once.
    ///
    /// # Errors
    /// A run could not be made, hung, left a process behind, or wrote outside of its folders.
    pub fn make(&mut self, jobs: &[Job], tell: &dyn Fn(&Progress)) -> Result<Vec<Made>, Error> {
        let keys: Vec<String> = jobs.iter().map(|job| self.key(job)).collect();
        let mut new: Vec<(&str, &Job)> = Vec::new();
        for (key, job) in keys.iter().zip(jobs) {
            if !self.known.contains_key(key) && !new.iter().any(|(other, _)| other == key) {
                new.push((key, job));
            }
        }
        let so_far = self.count.load(Ordering::Relaxed);
        for (group, some) in new.chunks(self.options.width.max(1)).enumerate() {
            tell(&Progress {
                at_once: 1,
                run: so_far + group * self.options.width.max(1) + some.len(),
                known: so_far + new.len(),
                varied: some.iter().map(|(_, job)| job.name.clone()).collect(),
                left: None,
            });
            let this = &*self;
            let made: Result<Vec<Made>, Error> = thread::scope(|scope| {
                let started: Vec<_> = some
                    .iter()
                    .enumerate()
                    .map(|(slot, (_, job))| scope.spawn(move || this.one(job, slot)))
                    .collect();
                let joined = started.into_iter().map(|run| {
                    run.join()
                        .unwrap_or_else(|_| Err(Error::failed("a run's thread panicked")))
                });
                joined.collect()
            });
            for ((key, job), made) in some.iter().zip(made?) {
                self.known.insert((*key).to_owned(), (job.name.clone(), made));
            }
        }
        let answer = |(key, job): (&String, &Job)| {
            let (name, made) = self.known.get(key)?;
            let same_run_as = (*name != job.name).then(|| name.clone());
            Some(Made {
                same_run_as,
                ..made.clone()
            })
        };
        Ok(keys.iter().zip(jobs).filter_map(answer).collect())
    }

    /// Everything that goes into a run.
    fn key(&self, job: &Job) -> String {
        let prev = job.prev.as_ref().map(|set| &set.files);
        let all = format!(
            "{:?} {prev:?} {} {} {:?} {:?}",
            job.compiler, job.source.digest, job.source.mount, job.perturbation, job.task
        );
        Algorithm::Sha256.digest(all.as_bytes()).to_string()
    }

    pub(super) fn environment(&self, perturbation: Perturbation, folder: &str) -> Result<Environment, Error> {
        let given = &self.spec.environment;
        let mut build = Build::trial();
        build.variables.clone_from(&self.variables);
        build.clock = given.source_date_epoch.unwrap_or(CLOCK);
        if let Some(epoch) = given.source_date_epoch {
            build
                .variables
                .insert("SOURCE_DATE_EPOCH".to_owned(), epoch.to_string());
        }
        let mut environment = Environment::control(&build, &self.machine);
        environment.build_path = folder.to_owned();
        environment.umask = self.spec.umask();
        perturbation.apply(&mut environment, &self.machine)?;
        Ok(environment)
    }

    /// A run that does nothing yet, and sees nothing.
    pub(super) fn bare(&self, environment: Environment, folder: &Path) -> Result<RunSpec, Error> {
        let limits = &self.spec.limits;
        let timeout = limits.timeout.unwrap_or(TIMEOUT);
        Ok(RunSpec {
            environment,
            means: self.machine.means,
            steps: Vec::new(),
            source: self.folder(EMPTY)?,
            inputs: Vec::new(),
            artifacts: Vec::new(),
            folder: folder.to_owned(),
            network: false,
            timeout_ms: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
            output_limit: limits.output.unwrap_or(OUTPUT),
            disk_limit: limits.disk.unwrap_or(DISK),
            limits: Limits::default(),
            trace: self.machine.means.interposition,
            whole: true,
            trace_reads: self.machine.means.interposition,
            keep_texts: false,
            show_self: false,
            slot: 0,
        })
    }

    /// Makes a run, here or where it is asked for.
    pub(super) fn run(&self, spec: &RunSpec) -> Result<RunResult, Error> {
        let result = match &self.options.site {
            Some(site) => site.run(spec),
            None => sandbox::run(&self.options.program, spec),
        };
        sandbox::clear(&spec.folder)?;
        result
    }

    fn one(&self, job: &Job, slot: usize) -> Result<Made, Error> {
        let id = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let folder = self.folder(&format!("runs/{id}"))?;
        let empty = self.folder(EMPTY)?;
        let behaves = matches!(job.task, Task::Behave(..));
        let values: BTreeMap<&str, String> = [
            ("out", OUT.to_owned()),
            ("prev", PREV.to_owned()),
            ("source", job.source.mount.clone()),
            ("spec", SPEC.to_owned()),
        ]
        .into();
        let compiler = Words::List(job.compiler.clone()).fill(&[], &values);
        let steps: Vec<_> = job
            .task
            .steps(self.spec)
            .into_iter()
            .map(|(name, words, halt)| {
                let mut step = config::step(&name, words.fill(&compiler, &values));
                step.halt_on_failure = halt;
                step
            })
            .collect();
        let prev = job.prev.as_ref().map_or(&empty, |set| &set.folder);
        let input = |from: &Path, at: &str| Input {
            from: from.to_owned(),
            at: at.to_owned(),
        };
        let folder_of_build = if behaves { RUN } else { OUT };
        let spec = RunSpec {
            steps,
            inputs: vec![
                input(&job.source.folder, &job.source.mount),
                input(prev, if behaves { OUT } else { PREV }),
                input(&self.spec.folder, SPEC),
            ],
            artifacts: match &job.task {
                Task::Stage => self.spec.artifacts.files.clone(),
                Task::Each(_) | Task::Behave(..) => vec!["**".to_owned()],
            },
            slot,
            ..self.bare(self.environment(job.perturbation, folder_of_build)?, &folder)?
        };
        let result = self.run(&spec)?;
        let refuse = |what: String| Err(Error::failed(what).about(&job.name));
        if result.outcome == RunOutcome::Hung {
            let what: Vec<String> = result.hanging.iter().map(|words| shown(words)).collect();
            let why = result.why.unwrap_or_default();
            return refuse(match what.is_empty() {
                true => format!("{why}; see [limits]"),
                false => format!("{why}; what ran: {}; see [limits]", what.join("; ")),
            });
        }
        if !result.leftovers.is_empty() {
            let what: Vec<String> = result.leftovers.iter().map(|words| shown(words)).collect();
            return refuse(format!(
                "a step left a process behind, which was ended: {}",
                what.join("; ")
            ));
        }
        if !result.strays.is_empty() {
            return refuse(format!(
                "a step wrote outside of {{out}}, which is {OUT}: {}",
                result.strays.join(", ")
            ));
        }
        let opened = result.trace.as_ref().map(|trace| Opened {
            programs: trace.processes.iter().map(|process| process.program.clone()).collect(),
            files: trace.reads.iter().cloned().collect(),
        });
        let partial = matches!(job.task, Task::Each(_));
        let outcome = match result.outcome {
            RunOutcome::Built => Ok(result.artifacts),
            _ if partial && !result.artifacts.is_empty() => Ok(result.artifacts),
            _ => Err(why(&result.why.unwrap_or_default(), &folder.join("log"))),
        };
        if outcome.is_err() {
            janitor::remove(&artifacts::folder(&folder))?;
        }
        Ok(Made {
            outcome: outcome.map(|files| {
                Arc::new(Set {
                    folder: artifacts::folder(&folder),
                    files,
                })
            }),
            cpu_seconds: result.cpu_seconds,
            opened,
            same_run_as: None,
        })
    }
}

/// What this machine allows.
fn here(program: &Path, work: &Work) -> Result<Machine, Error> {
    let (means, trials) = Means::detect(program, work.path())?;
    if !means.mounts || !means.pids {
        let why = trials.iter().find_map(|trial| match &trial.outcome {
            Err(why) => Some(format!("{}: {why}", trial.name)),
            Ok(()) => None,
        });
        return Err(Error::unavailable(format!(
            "stages need mount and PID namespaces, for constant paths and a sure end ({}); `repro doctor` says more",
            why.unwrap_or_default()
        )));
    }
    Ok(Machine::detect(means, work.path()))
}

fn shown(words: &[String]) -> String {
    words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

/// Why a run failed, and the last lines that it printed.
fn why(why: &str, log: &Path) -> Failure {
    let printed = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&printed);
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.get(lines.len().saturating_sub(LAST_LINES)..).unwrap_or_default();
    let all: Vec<&str> = std::iter::once(why).chain(last.iter().copied()).collect();
    Failure::new(all.join("\n"))
}

/// Copies a source tree, with the modes of a checkout and one time for all, and gives it its digest.
pub fn take(lab: &Lab<'_>, name: &str, source: &super::spec::Source) -> Result<Tree, Error> {
    let from = lab.spec.folder.join(&source.path);
    if !from.is_dir() {
        let how = match source.fetch.is_empty() {
            true => String::new(),
            false => "; `repro ddc --fetch` brings it".to_owned(),
        };
        return Err(Error::not_found(format!("the source tree is not there{how}")).of(from));
    }
    let folder = lab.work.join(name);
    crate::rebuild::source::copy_tree(&from, &folder)?;
    super::inputs::plain_modes(&folder)?;
    let clock = lab.spec.environment.source_date_epoch.unwrap_or(CLOCK);
    crate::rebuild::source::stamp(&folder, clock, false)?;
    let digest = super::inputs::tree_digest(&folder)?;
    if digest != source.digest {
        return Err(Error::malformed(format!(
            "the source tree is not the one that the spec claims: digest {digest}, in the spec {}",
            source.digest
        ))
        .of(from));
    }
    Ok(Tree {
        folder,
        mount: source.mount.clone(),
        digest,
    })
}

/// Copies the subject's artifacts.
pub fn subject(lab: &Lab<'_>, from: &Path) -> Result<Set, Error> {
    let folder = lab.work.join("subject");
    let at = |error: Error| error.about(format_args!("[subject] artifacts {}", from.display()));
    if !from.is_dir() {
        return Err(at(Error::not_found("there is no such folder")));
    }
    let files = artifacts::collect(from, &lab.spec.artifacts.files, &folder).map_err(at)?;
    Ok(Set { folder, files })
}
