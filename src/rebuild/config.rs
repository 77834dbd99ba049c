//! `[build]` of `repro.toml`: what the command line of `repro build` says, written down.

use super::{Error, Step, units};
use crate::bytes::settings::refused;
use crate::bytes::settings::{self, FILE};
use serde::{Deserialize, Deserializer, de};
use std::{collections::BTreeMap, path::Path, time::Duration};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    build: Config,
    // Tables of other commands, which read them by themselves.
    #[allow(dead_code, reason = "so that they are no unknown field")]
    gate: de::IgnoredAny,
    #[allow(dead_code, reason = "so that they are no unknown field")]
    lint: de::IgnoredAny,
    #[allow(dead_code, reason = "so that they are no unknown field")]
    history: de::IgnoredAny,
}

/// `[build]`. What is not given is `None` or empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// One command: a string for `/bin/sh -c`, or program and arguments.
    pub command: Option<Words>,
    /// Several commands, in order.
    pub steps: Vec<StepConfig>,
    /// Globs below the source root.
    pub artifacts: Vec<String>,
    /// `NAME` hands on the caller's value, `NAME=value` sets one.
    pub env: Vec<String>,
    /// Names of the caller's variables that are secret.
    pub secrets: Vec<String>,
    /// Variations that are switched on or off; with one switched on, only those that are.
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
    /// Most bytes that one run may print.
    #[serde(deserialize_with = "size")]
    pub output_limit: Option<u64>,
    /// Whether remedies are tried.
    pub try_fixes: Option<bool>,
    /// Decides what is random.
    pub seed: Option<u64>,
    /// What the control's clock shows.
    #[serde(deserialize_with = "moment")]
    pub clock: Option<i64>,
}

/// One of several commands.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepConfig {
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

/// A command.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "a command must be a string, or a list of strings")]
pub enum Words {
    /// For `/bin/sh -c`.
    Line(String),
    /// Program and arguments.
    List(Vec<String>),
}

impl Words {
    /// Program and arguments; none for a blank line.
    pub fn argv(&self) -> Vec<String> {
        match self {
            Words::Line(line) if line.trim().is_empty() => Vec::new(),
            Words::Line(line) => vec!["/bin/sh".to_owned(), "-c".to_owned(), line.clone()],
            Words::List(words) => words.clone(),
        }
    }
}

impl Config {
    /// Reads `repro.toml` of a source tree; nothing is set where there is none.
    ///
    /// # Errors
    /// It can't be read, or says something that is not understood; the message has the line.
    pub fn load(source: &Path) -> Result<Self, Error> {
        settings::read(source)?.map_or_else(|| Ok(Self::default()), |text| Self::parse(&text))
    }

    /// Reads the text of a `repro.toml`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|error| refused(FILE, text, &error))?;
        let config = file.build;
        if config.command.is_some() && !config.steps.is_empty() {
            return Err(Error::new(format!("{FILE}: give `command` or `steps`, not both")));
        }
        for name in config.variations.keys() {
            known(name).map_err(|error| Error::new(format!("{FILE}: variations: {error}")))?;
        }
        Ok(config)
    }

    /// The commands, in order; none if none is given.
    pub fn steps(&self) -> Vec<Step> {
        if let Some(words) = &self.command {
            return vec![step("build", words.argv())];
        }
        let one = |(number, given): (usize, &StepConfig)| Step {
            name: given.name.clone().unwrap_or_else(|| format!("step {}", number + 1)),
            command: given.command.argv(),
            retry: given.retry,
            halt_on_failure: given.halt_on_failure,
        };
        self.steps.iter().enumerate().map(one).collect()
    }
}

/// A command that is run once and must succeed.
pub fn step(name: &str, command: Vec<String>) -> Step {
    Step {
        name: name.to_owned(),
        command,
        retry: 0,
        halt_on_failure: true,
    }
}

/// An error that lists the variations, unless the name is one of them.
pub fn known(name: &str) -> Result<(), Error> {
    if super::variation::named(name).is_some() {
        return Ok(());
    }
    let all: Vec<&str> = super::variation::VARIATIONS
        .iter()
        .map(|variation| variation.name())
        .collect();
    Err(Error::new(format!(
        "no variation is called {name:?}; there are {}",
        all.join(", ")
    )))
}

/// A number or a text.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a whole number or a string")]
enum Scalar {
    Number(i64),
    Text(String),
}

fn scalar<'d, D: Deserializer<'d>, T>(
    from: D,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, D::Error> {
    let text = match Scalar::deserialize(from)? {
        Scalar::Number(number) => number.to_string(),
        Scalar::Text(text) => text,
    };
    read(&text).map(Some).map_err(de::Error::custom)
}

pub(crate) fn duration<'d, D: Deserializer<'d>>(from: D) -> Result<Option<Duration>, D::Error> {
    scalar(from, units::duration)
}

pub(crate) fn size<'d, D: Deserializer<'d>>(from: D) -> Result<Option<u64>, D::Error> {
    scalar(from, units::size)
}

fn moment<'d, D: Deserializer<'d>>(from: D) -> Result<Option<i64>, D::Error> {
    scalar(from, units::moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, says: &str) {
        let error = Config::parse(text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}\nnot {says}");
    }

    #[test]
    fn everything_is_read() {
        let config = Config::parse(
            r#"
            [build]
            artifacts = ["out/*.deb"]
            env = ["CC", "X=1"]
            secrets = ["TOKEN"]
            variations = { locale = false }
            timeout = "10m"
            total_timeout = 7200
            network = true
            all_files = true
            disk_limit = "2GiB"
            output_limit = 1000
            try_fixes = true
            seed = 7
            clock = "@1700000000"
            [[build.steps]]
            name = "configure"
            command = ["./configure", "--prefix=/usr"]
            [[build.steps]]
            command = "make -k"
            retry = 2
            halt_on_failure = false
            "#,
        )
        .unwrap();
        assert_eq!(
            (config.timeout, config.total_timeout),
            (Some(Duration::from_secs(600)), Some(Duration::from_secs(7200)))
        );
        assert_eq!((config.disk_limit, config.clock), (Some(2 << 30), Some(1_700_000_000)));
        let steps = config.steps();
        assert_eq!(
            steps[0],
            step("configure", vec!["./configure".into(), "--prefix=/usr".into()])
        );
        assert_eq!(steps[1].command, ["/bin/sh", "-c", "make -k"]);
        assert_eq!(
            (steps[1].name.as_str(), steps[1].retry, steps[1].halt_on_failure),
            ("step 2", 2, false)
        );
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        refused(
            "[build]\ncomand = 'x'\n",
            "repro.toml:2: unknown field `comand`, expected one of `command`",
        );
        refused("[built]\n", "repro.toml:1: unknown field `built`");
        refused(
            "[[build.steps]]\ncommand='x'\nretries=1\n",
            "repro.toml:3: unknown field `retries`, expected one of `name`",
        );
        refused("[build]\n\ntimeout = '10 parsecs'\n", "repro.toml:3: \"10 parsecs\"");
        refused("[build]\ncommand = 5\n", "a command must be a string");
        refused("[build]\nnetwork = 'yes'\n", "repro.toml:2");
        refused("[build]\ncommand = 'x'\nsteps = [{command='y'}]\n", "not both");
        refused(
            "[build.variations]\nlocal = false\n",
            "no variation is called \"local\"; there are time, timezone, locale",
        );
        refused("[build\n", "repro.toml:1");
    }
}
