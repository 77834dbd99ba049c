//! `repro build`: build a source tree in environments that differ in one known respect, and find by experiment which of
//! them changes the artifacts.

mod advice;
pub mod artifacts;
mod bench;
mod build;
pub(crate) mod cache;
mod calendar;
mod check;
pub mod config;
mod doctor;
pub mod environment;
pub(crate) mod experiment;
mod failure;
mod hook;
pub mod input;
pub mod janitor;
pub(crate) mod known;
pub mod limits;
pub mod locale;
pub mod machine;
mod means;
mod missing;
pub mod pace;
mod passed;
pub mod pin;
pub mod probe;
pub mod record;
pub mod remedy;
pub mod runner;
pub mod sandbox;
pub mod search;
pub mod secret;
pub mod site;
pub mod source;
pub mod tools;
pub mod units;
pub mod variation;
pub(crate) mod workshop;
#[cfg(any(feature = "settings", feature = "ddc"))]
pub(crate) mod written;

pub use doctor::doctor;

pub use crate::{bytes::Error, notation::calendar::day};
pub use bench::{run, run_at};
pub use build::{ALL, Build, Replay};
pub use hook::{hook, program};
pub use missing::Missing;

use crate::bytes::digest::Algorithm;
use std::time::Duration;

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
    /// Runs that are made at the same time.
    pub at_once: usize,
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

/// The digest of a build's commands: `sha256:…`.
///
/// # Errors
/// They can't be written as JSON.
pub fn digest(steps: &[Step]) -> Result<String, Error> {
    let json =
        serde_json::to_vec(steps).map_err(|error| Error::failed(&error).because(error).about("the build command"))?;
    Ok(format!("sha256:{}", Algorithm::Sha256.digest(&json)))
}
