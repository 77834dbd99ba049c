//! What the experiment asks of whoever makes the runs.

use super::{Error, sandbox::RunResult};
use crate::model::{BuildFailure, Record, SecretPlace};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

/// A run to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunRequest {
    /// Names of the variations; none for the control.
    pub varied: BTreeSet<String>,
    /// Variables of remedies: `remedy::apply` puts them among the run's own.
    pub remedies: BTreeMap<String, String>,
    /// Names of pins of the control that are not in force.
    pub freed: BTreeSet<String>,
    /// What is left of the total time, where that is less than a run may take.
    pub timeout: Option<Duration>,
}

/// A run that was made.
#[derive(Clone, Debug)]
pub struct Run {
    /// Where its artifacts are: in [`artifacts::folder`](super::artifacts::folder) of it, by path from the source folder.
    pub folder: PathBuf,
    /// What came of it.
    pub result: RunResult,
    /// Secrets that turned up, by the variable's name.
    pub leaks: Vec<(String, SecretPlace)>,
    /// What could not be searched for secrets, and why.
    pub unsearched: Vec<String>,
    /// What can be said of it, if it failed.
    pub failure: Option<BuildFailure>,
    /// The environment that it was made in.
    pub known: Record,
    /// What is said of artifacts that contain a path of this machine. Looked for in runs that vary nothing.
    pub passed: Vec<String>,
}

/// A variable that a variation changes. With no value on either side, a program of the variation sets it by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedVariable {
    /// Its name.
    pub name: String,
    /// In the control environment; none if it is not set there.
    pub control: Option<String>,
    /// Under the variation.
    pub varied: Option<String>,
}

/// Words by which a build knows something of its environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// The cause of a difference that shows them.
    pub cause: &'static str,
    /// In the control environment.
    pub control: String,
    /// Under the variation.
    pub varied: String,
}

/// Who makes the runs.
pub trait Runner {
    /// Makes them, at the same time where there is room; the answers are in order.
    fn run(&mut self, requests: &[RunRequest]) -> Result<Vec<Run>, Error>;
    /// How many runs can be made at the same time.
    fn width(&self) -> usize {
        1
    }
    /// The variables that a variation changes.
    fn changes(&self, variation: &str) -> Vec<ChangedVariable>;
    /// The words that tell a variation from the control, where they are seen.
    fn tellings(&self, _variation: &str) -> Vec<Telling> {
        Vec::new()
    }
    /// Whether anything of the control is pinned that could be left as it is.
    fn pins(&self) -> bool {
        true
    }
    /// Whether two runs under a variation may differ.
    fn nondeterministic(&self, variation: &str) -> bool;
    /// The other value of a variation, by its name, where it has one and the machine can make it.
    fn other(&self, _variation: &str) -> Option<&'static str> {
        None
    }
    /// A run's folder is needed no more.
    fn discard(&mut self, folder: &Path) -> Result<(), Error> {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::at(folder, &error)),
            _ => Ok(()),
        }
    }
}
