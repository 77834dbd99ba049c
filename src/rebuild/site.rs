//! Where runs are made: on this machine, or on others that are asked to.

use super::{
    Error,
    machine::Machine,
    sandbox::{self, Means, RunResult, RunSpec},
};
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// A place where runs are made.
pub trait Site: fmt::Debug + Send + Sync {
    /// What is known of it, and what it lets a run do. `work` is an empty folder.
    ///
    /// # Errors
    /// It can't be asked, or what a variation needs can't be made.
    fn machine(&self, work: &Path) -> Result<Machine, Error>;

    /// Makes a run. Its artifacts and what it printed are then below the run's folder, as on this machine; where the run asks for no more, an
    /// artifact is there only if it is not as in the first run.
    ///
    /// # Errors
    /// It can't be made. A build that fails is no error, but an outcome.
    fn run(&self, spec: &RunSpec) -> Result<RunResult, Error>;

    /// What went to it and came from it so far, in words, where that is something.
    fn traffic(&self) -> Option<String> {
        None
    }
}

/// This machine.
#[derive(Debug)]
pub(super) struct Here {
    /// The program that is started for each run.
    pub(super) program: PathBuf,
}

impl Site for Here {
    fn machine(&self, work: &Path) -> Result<Machine, Error> {
        let (means, _) = Means::detect(&self.program, work)?;
        let mut machine = Machine::detect(means, work);
        machine.prepare(work)?;
        Ok(machine)
    }

    fn run(&self, spec: &RunSpec) -> Result<RunResult, Error> {
        sandbox::run(&self.program, spec)
    }
}
