//! What this machine allows, found out by doing it: one trivial run for each of the means.

use super::{Limits, Means, RunSpec, run};
use crate::{
    model::RunOutcome,
    rebuild::{Build, Error, Step, environment::Environment, machine::Machine},
};
use std::{fs, path::Path};

/// One of the means, and why it can't be had.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Its name, as in [`Means`].
    pub name: &'static str,
    /// Why not.
    pub outcome: Result<(), Error>,
}

/// Switches one of the means on.
type Switch = fn(&mut Means);

const SWITCHES: &[(&str, Switch)] = &[
    ("PID namespace", |m| m.pids = true),
    ("user namespace", |m| {
        m.user_namespace = true;
        m.pids = true;
    }),
    ("mount namespace", |m| m.mounts = true),
    ("user namespace of the build", |m| m.confined = true),
    ("UTS namespace", |m| m.uts = true),
    ("IPC namespace", |m| m.ipc = true),
    ("network namespace", |m| m.net = true),
    ("time namespace", |m| m.time = true),
    ("interposition", |m| m.interposition = true),
    ("fixed addresses", |m| m.aslr = true),
];

impl Means {
    /// Tries each, on top of those that work. `work` is a folder that may be written to; it is left as it was.
    ///
    /// # Errors
    /// The work folder can't be written to. A trial that fails is no error, but an outcome.
    pub fn detect(program: &Path, work: &Path) -> Result<(Means, Vec<Trial>), Error> {
        let mut means = Means::NONE;
        let mut trials = Vec::new();
        for (number, (name, switch)) in SWITCHES.iter().enumerate() {
            let mut wanted = means;
            switch(&mut wanted);
            if number == 1 && means.pids {
                // Privileged: no user namespace stands between us and the machine.
                continue;
            }
            let folder = work.join(format!("trial-{number}"));
            fs::create_dir(&folder).map_err(|e| Error::at(&folder, &e))?;
            let outcome = attempt(program, wanted, &folder);
            fs::remove_dir_all(&folder).map_err(|e| Error::at(&folder, &e))?;
            if outcome.is_ok() {
                means = wanted;
            }
            trials.push(Trial { name, outcome });
        }
        if means.user_namespace
            && let Some(pids) = trials.first_mut()
        {
            // The user namespace was tried with a PID namespace in it: there is one, if not on its own.
            pids.outcome = Ok(());
        }
        Ok((means, trials))
    }
}

fn attempt(program: &Path, means: Means, folder: &Path) -> Result<(), Error> {
    let source = folder.join("empty");
    fs::create_dir(&source).map_err(|e| Error::failed(&e).because(e))?;
    let spec = RunSpec {
        environment: Environment::control(&Build::trial(), &Machine::detect(means, folder)),
        means,
        steps: vec![Step {
            name: "trial".to_owned(),
            command: vec!["true".to_owned()],
            retry: 0,
            halt_on_failure: true,
        }],
        source,
        inputs: Vec::new(),
        artifacts: Vec::new(),
        folder: folder.to_owned(),
        network: false,
        timeout_ms: 10_000,
        output_limit: 1 << 16,
        disk_limit: 1 << 24,
        limits: Limits::default(),
        trace: false,
        trace_reads: false,
        whole: true,
        keep_texts: false,
        show_self: false,
        slot: 0,
    };
    let result = run(program, &spec)?;
    match result.outcome {
        RunOutcome::Built => Ok(()),
        _ => Err(Error::unavailable(result.why.as_deref().unwrap_or("the trial failed"))),
    }
}
