//! Makes the runs that the experiment asks for, on this machine.

use super::{
    ALL, Build, Error, Progress, artifacts,
    environment::Environment,
    experiment,
    failure::{self, Scene},
    janitor::Work,
    known,
    passed::Passed,
    pin,
    record::{self, Built, Record},
    remedy,
    runner::{ChangedVariable, Run, RunRequest, Runner, Telling},
    sandbox::RunResult,
    secret::Secrets,
    site::{Here, Site},
    variation,
    workshop::{FIRST, Workshop},
};
use crate::model::{BuildFailure, BuildPlan, RebuildReport, RunOutcome, SecretPlace};
use std::{collections::BTreeMap, fs, path::Path, thread};

/// Finds out which variations change what the build makes.
///
/// # Errors
/// It can't be made ([`Build::check`]), no program makes its runs ([`hook`](super::hook())), or something stood in the way before there was a
/// result: what, where, and what to do about it.
pub fn run(build: &Build, progress: &dyn Fn(&Progress)) -> Result<RebuildReport, Error> {
    run_at(build, None, progress)
}

/// The same on other machines, if a site is given.
///
/// # Errors
/// As [`run`]; or the build takes something that is on this machine only.
pub fn run_at(build: &Build, site: Option<&dyn Site>, progress: &dyn Fn(&Progress)) -> Result<RebuildReport, Error> {
    build.check()?;
    site.map_or(Ok(()), |_| build.check_elsewhere())?;
    let program = &super::program(build.program.as_deref())?;
    let recorded = build.against.as_deref().map(record::read).transpose()?;
    let work = Work::create(build.work.as_deref(), program)?;
    let here = Here {
        program: program.clone(),
    };
    let workshop = Workshop::open(build, site.unwrap_or(&here), work.path())?;
    if (build.record.is_some() || recorded.is_some()) && !workshop.machine().means.interposition {
        return Err(Error::unavailable(
            "--record and --against need to trace the build, which this machine does not allow; `repro doctor` says why",
        ));
    }
    workshop.take_source()?;
    let everything = build
        .only
        .as_ref()
        .is_some_and(|only| matches!(only.as_slice(), [all] if all == ALL));
    let survey = match build.only {
        Some(_) if !everything => {
            // One run compares nothing, so nothing has to be proved to be effective.
            super::workshop::Survey::default()
        }
        _ => workshop.survey()?,
    };
    let only = match everything {
        true => Some(survey.effective.iter().map(|name| (*name).to_owned()).collect()),
        false => build.only.clone(),
    };
    let build = &Build { only, ..build.clone() };
    let plan = BuildPlan {
        seed: build.seed,
        control: pin::shown(&workshop.environment(&[], &BTreeMap::new())?, workshop.machine().remote),
        variations: survey.planned,
        network: build.network || !workshop.machine().means.net,
        quick: build.quick,
        try_fixes: build.try_fixes && !build.quick,
    };
    let mut bench = Bench {
        workshop,
        secrets: Secrets::new(&build.secrets)?,
        made: 0,
        logged: false,
        record: None,
    };
    let mut report = experiment::run(build, plan, survey.not_tested, &mut bench, progress)?;
    if let (Some(path), Some(record)) = (&build.record, &bench.record) {
        record.write(path)?;
    }
    if let (Some(recorded), Some(now)) = (&recorded, &bench.record) {
        report.against = Some(record::against(recorded, now));
    }
    Ok(report)
}

/// Variables that some shells set by themselves.
const SHELL_VARIABLES: &[&str] = &["_", "SHLVL", "OLDPWD"];

struct Bench<'a> {
    workshop: Workshop<'a>,
    secrets: Secrets,
    made: usize,
    /// Whether the output of a run that failed was written.
    logged: bool,
    /// What the first run was made with, if that is wanted.
    record: Option<Record>,
}

impl Bench<'_> {
    /// The control environment, and that of one variation.
    fn both(&self, variation: &str) -> Option<(Environment, Environment)> {
        let environment = |varied: &[&str]| self.workshop.environment(varied, &BTreeMap::new()).ok();
        Some((environment(&[])?, environment(&[variation])?))
    }

    fn one(&self, id: usize, slot: usize, request: &RunRequest) -> Result<Run, Error> {
        let varied: Vec<&str> = request.varied.iter().map(String::as_str).collect();
        let mut environment = self.workshop.environment(&varied, &BTreeMap::new())?;
        if !request.remedies.is_empty() {
            let mut variables = environment.variables();
            remedy::apply(&mut variables, &request.remedies, &environment.build_path);
            environment.variables = variables;
        }
        let paths = match request.varied.is_empty() && !self.workshop.machine().remote {
            true => Passed::of(self.workshop.asked(), &environment),
            false => Passed::default(),
        };
        let told = environment.clone();
        let mut means = self.workshop.machine().means;
        pin::free(&request.freed, &mut environment, &mut means, self.workshop.machine());
        let shown = environment.clone();
        let (folder, mut result) = self.workshop.build(id, (environment, means), slot, request.timeout)?;
        let (machine, secrets) = (self.workshop.machine(), &self.workshop.asked().secrets);
        let known = known::record(&told, machine, result.real_time, secrets);
        let log = folder.join("log");
        let printed = fs::read(&log).map_err(|e| Error::at(&log, &e))?;
        let mut leaks: Vec<(String, SecretPlace)> = Vec::new();
        for hit in self.secrets.search(&printed) {
            leaks.push((
                hit.name,
                SecretPlace {
                    address: "log".to_owned(),
                    offset: hit.start as u64,
                    form: hit.form,
                },
            ));
        }
        let mut passed = Vec::new();
        let mut unsearched = Vec::new();
        let root = artifacts::folder(&folder);
        for (path, digest) in std::mem::take(&mut result.artifacts) {
            let searched = self.secrets.search_artifact(&root, &path)?;
            let name = match searched.found.is_empty() {
                true => path,
                // Whatever is said of it from here on can't show the secret.
                false => self.secrets.seal(&root, &path, &digest)?,
            };
            leaks.extend(searched.found);
            unsearched.extend(searched.left);
            passed.extend(paths.search(&root, &name)?);
            result.artifacts.insert(name, digest);
        }
        self.redact(&mut result);
        let failure = match result.outcome {
            RunOutcome::Built => None,
            _ => Some(self.explain(&mut result, &shown, &printed)),
        };
        Ok(Run {
            folder,
            result,
            leaks,
            failure,
            known,
            passed,
            unsearched,
        })
    }

    /// Takes secrets out of the command lines and names that are reported.
    fn redact(&self, result: &mut RunResult) {
        if self.secrets.is_empty() {
            return;
        }
        let written = result.trace.iter_mut().flat_map(|trace| {
            let flows = trace.flows.iter_mut().map(|flow| &mut flow.path);
            trace.writes.iter_mut().map(|write| &mut write.path).chain(flows)
        });
        for name in written.chain(&mut result.strays).chain(&mut result.why) {
            *name = self.secrets.redact(name);
        }
        let files = std::mem::take(&mut result.written).into_iter();
        result.written = files
            .map(|(path, digest)| (self.secrets.redact(&path), digest))
            .collect();
        let traced = result.trace.iter_mut().flat_map(|trace| &mut trace.processes);
        let commands = traced.map(|process| &mut process.command);
        let commands = commands.chain(&mut result.leftovers).chain(&mut result.hanging);
        for word in commands.flatten() {
            *word = self.secrets.redact(word);
        }
    }

    /// The record of the first run, if it is wanted and there was something built.
    fn remember(&mut self, request: &RunRequest, run: &Run) -> Result<(), Error> {
        let build = self.workshop.asked();
        let wanted = build.record.is_some() || build.against.is_some();
        let Some(trace) = run.result.trace.as_ref().filter(|_| wanted) else {
            return Ok(());
        };
        if run.result.outcome != RunOutcome::Built {
            return Ok(());
        }
        let varied: Vec<&str> = request.varied.iter().map(String::as_str).collect();
        let environment = self.workshop.environment(&varied, &BTreeMap::new())?;
        let built = Built {
            trace,
            told: known::told(&environment, self.workshop.machine(), run.result.real_time),
            environment: &environment,
            secrets: &build.secrets,
            steps: &build.steps,
            source: &self.workshop.source(),
            artifacts: &run.result.artifacts,
            folder: &artifacts::folder(&run.folder),
        };
        self.record = Some(record::of(&built, &record::Host::here())?);
        Ok(())
    }

    /// Says of a run why it failed, and adds the last lines of output to that; without secrets.
    fn explain(&self, result: &mut RunResult, environment: &Environment, printed: &[u8]) -> BuildFailure {
        let build = self.workshop.asked();
        let scene = Scene {
            lines: failure::lines(&self.secrets.redact(&String::from_utf8_lossy(printed))),
            result,
            environment,
            build,
            copy: &self.workshop.source(),
            offline: !build.network && self.workshop.machine().means.net,
        };
        let (found, last) = (failure::explain(&scene), scene.last().join("\n"));
        let why = result.why.take().unwrap_or_default();
        result.why = Some(match last.is_empty() {
            true => why,
            false => format!("{why}\n{last}"),
        });
        found
    }

    /// Writes what a run printed, without secrets: of the first that fails, else of the first, where that is asked for; and of each that fails,
    /// beside the artifacts that are kept.
    fn keep_log(&mut self, id: usize, run: &mut Run) -> Result<(), Error> {
        let build = self.workshop.asked();
        let failed = run.failure.is_some();
        let asked = build.log.clone().filter(|_| !self.logged && (failed || id == FIRST));
        let kept = build
            .keep
            .as_ref()
            .filter(|_| failed)
            .map(|folder| folder.join(format!("run-{id}.log")));
        self.logged |= asked.is_some() && failed;
        let log = run.folder.join("log");
        for path in kept.into_iter().chain(asked) {
            let printed = fs::read(&log).map_err(|error| Error::at(&log, &error))?;
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(|error| Error::at(folder, &error))?;
            }
            let text = self.secrets.redact(&String::from_utf8_lossy(&printed));
            fs::write(&path, text).map_err(|error| Error::at(&path, &error))?;
            if let Some(failure) = &mut run.failure {
                failure.log = Some(path.display().to_string());
            }
        }
        Ok(())
    }
}

impl Runner for Bench<'_> {
    fn run(&mut self, requests: &[RunRequest]) -> Result<Vec<Run>, Error> {
        let first = self.made;
        self.made += requests.len();
        let this = &*self;
        let made: Result<Vec<Run>, Error> = thread::scope(|scope| {
            let started: Vec<_> = requests
                .iter()
                .enumerate()
                .map(|(slot, request)| scope.spawn(move || this.one(first + slot + 1, slot, request)))
                .collect();
            started
                .into_iter()
                .map(|run| {
                    run.join()
                        .unwrap_or_else(|_| Err(Error::failed("a run's thread panicked")))
                })
                .collect()
        });
        let mut made = made?;
        for (at, run) in made.iter_mut().enumerate() {
            self.keep_log(first + at + 1, run)?;
        }
        if let (0, Some(request), Some(run)) = (first, requests.first(), made.first()) {
            self.remember(request, run)?;
        }
        Ok(made)
    }

    fn width(&self) -> usize {
        // Without mount namespaces every run needs the same folder.
        match self.workshop.machine().means.mounts {
            true => thread::available_parallelism().map_or(1, std::num::NonZero::get),
            false => 1,
        }
    }

    fn changes(&self, name: &str) -> Vec<ChangedVariable> {
        let Some((control, varied)) = self.both(name) else {
            return Vec::new();
        };
        let own: &[&str] = match control.shell == varied.shell {
            true => &[],
            false => SHELL_VARIABLES,
        };
        let (control, varied) = (control.variables(), varied.variables());
        let mut names: Vec<&String> = control.keys().chain(varied.keys()).collect();
        names.sort();
        names.dedup();
        names
            .into_iter()
            .filter(|name| control.get(*name) != varied.get(*name))
            .map(|name| ChangedVariable {
                name: name.clone(),
                control: control.get(name).cloned(),
                varied: varied.get(name).cloned(),
            })
            .chain(own.iter().map(|name| ChangedVariable {
                name: (*name).to_owned(),
                control: None,
                varied: None,
            }))
            .collect()
    }
    fn tellings(&self, name: &str) -> Vec<Telling> {
        let Some((control, varied)) = self.both(name) else {
            return Vec::new();
        };
        let words = |of: &Environment| {
            [
                ("embedded-timestamp", of.clock.seconds.to_string()),
                ("hostname", of.hostname.clone()),
                ("hostname", of.domainname.clone()),
                ("username", of.user.name.clone()),
                ("username", of.user_variable.clone()),
                ("timezone", of.zone.clone()),
                ("build-path", of.build_path.clone()),
                ("build-path", of.home.clone()),
                ("build-path", of.temporary.clone()),
                ("cpu-features", of.cpu_model.clone().unwrap_or_default()),
            ]
        };
        let pairs = words(&control).into_iter().zip(words(&varied));
        pairs
            .filter(|((_, here), (_, there))| here != there)
            .map(|((cause, control), (_, varied))| Telling { cause, control, varied })
            .collect()
    }

    fn pins(&self) -> bool {
        !self.workshop.machine().remote
    }

    fn nondeterministic(&self, name: &str) -> bool {
        variation::named(name).is_some_and(variation::Variation::nondeterministic)
    }

    fn other(&self, name: &str) -> Option<&'static str> {
        let other = variation::named(name)?.other()?;
        other.backend(self.workshop.machine()).ok()?;
        Some(other.name())
    }

    fn discard(&mut self, folder: &Path) -> Result<(), Error> {
        super::janitor::remove(folder)
    }
}
