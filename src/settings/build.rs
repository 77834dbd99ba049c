//! `[build]`: what the command line of `repro build` says, written down.

use super::{Wrong, caller};
use crate::{
    bytes::Error,
    rebuild::{
        Build, Replay, Step,
        config::{Words, known, step},
        limits::Limits,
        pace,
        written::{duration, scalar, size},
    },
};
use serde::{Deserialize, Deserializer};
use std::{collections::BTreeMap, fs, path::Path, time::Duration};

/// `[build]`. What is not given is `None` or empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct BuildTable {
    /// One command: a string for `/bin/sh -c`, or program and arguments.
    pub command: Option<Words>,
    /// Several commands, in order.
    pub steps: Vec<StepTable>,
    /// Globs below the source root.
    pub artifacts: Vec<String>,
    /// `NAME` hands on the caller's value, `NAME=value` sets one.
    pub env: Vec<String>,
    /// Names of the caller's variables that are secret.
    pub secrets: Vec<String>,
    /// Variations that are switched on or off; with one switched on, only those that are.
    #[serde(deserialize_with = "variations")]
    pub variations: BTreeMap<String, bool>,
    /// Longest time of one run.
    #[serde(deserialize_with = "duration")]
    pub timeout: Option<Duration>,
    /// Longest time in all.
    #[serde(deserialize_with = "duration")]
    pub total_timeout: Option<Duration>,
    /// Whether the network may be reached.
    pub network: Option<bool>,
    /// Whether ignored files are copied too.
    pub all_files: Option<bool>,
    /// Most bytes that one run may write.
    #[serde(deserialize_with = "size")]
    pub disk_limit: Option<u64>,
    /// Most memory that one run may take.
    #[serde(deserialize_with = "size")]
    pub memory_limit: Option<u64>,
    /// Most processes and threads of one run at once.
    pub process_limit: Option<u64>,
    /// Most bytes that one run may print.
    #[serde(deserialize_with = "size")]
    pub output_limit: Option<u64>,
    /// Whether one run with everything varied is all that is made beside the control.
    pub quick: Option<bool>,
    /// Whether remedies are tried.
    pub try_fixes: Option<bool>,
    /// Decides what is random.
    pub seed: Option<u64>,
    /// How the control's clock goes, and what it shows at first.
    #[serde(deserialize_with = "clock")]
    pub clock: pace::Asked,
}

/// `[[build.steps]]`: one of several commands.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepTable {
    /// For messages.
    pub name: Option<String>,
    /// What is run.
    pub command: Words,
    /// How often it is tried again after a failure.
    #[serde(default)]
    pub retry: u32,
    /// Whether its failure ends the run.
    #[serde(default = "yes")]
    pub halt_on_failure: bool,
}

fn yes() -> bool {
    true
}

/// The name of a variation that there is: refused as it is read, so that the line is known.
#[derive(PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct Name(String);

impl TryFrom<String> for Name {
    type Error = Error;

    fn try_from(name: String) -> Result<Self, Error> {
        match known(&name) {
            Ok(()) => Ok(Self(name)),
            Err(error) => Err(Error::usage(format!("variations: {error}"))),
        }
    }
}

fn variations<'d, D: Deserializer<'d>>(from: D) -> Result<BTreeMap<String, bool>, D::Error> {
    let named = BTreeMap::<Name, bool>::deserialize(from)?;
    Ok(named.into_iter().map(|(Name(name), on)| (name, on)).collect())
}

impl BuildTable {
    pub(super) fn checked(self) -> Result<Self, Wrong> {
        match self.command.is_some() && !self.steps.is_empty() {
            true => Err(Wrong {
                at: None,
                what: "give `command` or `steps`, not both".to_owned(),
            }),
            false => Ok(self),
        }
    }

    /// The commands, in order; none if none is given.
    pub fn steps(&self) -> Vec<Step> {
        if let Some(words) = &self.command {
            return vec![step("build", words.argv())];
        }
        let one = |(number, given): (usize, &StepTable)| Step {
            name: given.name.clone().unwrap_or_else(|| format!("step {}", number + 1)),
            command: given.command.argv(),
            retry: given.retry,
            halt_on_failure: given.halt_on_failure,
        };
        self.steps.iter().enumerate().map(one).collect()
    }

    /// The build of a source tree that this describes, with the caller's variables that every build gets, and the defaults of [`Build`] for
    /// what is not given. Whether it can be made is not looked at: see [`Build::check`].
    ///
    /// # Errors
    /// There is no such folder, or a variable of the caller's is missing or no text.
    pub fn build(&self, source: &Path) -> Result<Build, Error> {
        let root = fs::canonicalize(source).map_err(|error| Error::at(source, &error))?;
        let secrets = caller::secrets(&self.secrets)?;
        let caller::Handed {
            mut variables,
            passed,
            tools,
        } = caller::variables(&self.env)?;
        variables.retain(|name, _| !secrets.contains_key(name));
        let own = Build::default();
        let clock = Build::clock_for(&variables);
        Ok(Build {
            replay: replay(&root),
            source: root,
            all_files: self.all_files.unwrap_or(own.all_files),
            steps: self.steps(),
            artifacts: self.artifacts.clone(),
            variables,
            passed,
            tools,
            secrets,
            variations: self.switched(true),
            without: self.switched(false),
            network: self.network.unwrap_or(own.network),
            timeout: self.timeout.unwrap_or(own.timeout),
            total_timeout: self.total_timeout,
            output_limit: self.output_limit.unwrap_or(own.output_limit),
            disk_limit: self.disk_limit.unwrap_or(own.disk_limit),
            limits: Limits {
                memory: self.memory_limit,
                processes: self.process_limit.unwrap_or(own.limits.processes),
            },
            seed: self.seed.unwrap_or(own.seed),
            clock: self.clock.start.unwrap_or(clock),
            pace: self.clock.pace.unwrap_or(own.pace),
            quick: self.quick.unwrap_or(own.quick),
            try_fixes: self.try_fixes.unwrap_or(own.try_fixes),
            ..own
        })
    }

    /// Names of the variations that are switched on, or off.
    fn switched(&self, on: bool) -> Vec<String> {
        let those = self.variations.iter().filter(|(_, is)| **is == on);
        those.map(|(name, _)| name.clone()).collect()
    }
}

/// A pace, a moment, or both.
fn clock<'d, D: Deserializer<'d>>(from: D) -> Result<pace::Asked, D::Error> {
    scalar(from, pace::asked).map(Option::unwrap_or_default)
}

/// `repro build` of a source tree, by its `repro.toml`.
fn replay(source: &Path) -> Replay {
    let source = source.display().to_string();
    Replay {
        options: vec!["repro".to_owned(), "build".to_owned(), "--source".to_owned(), source],
        ..Replay::default()
    }
}
