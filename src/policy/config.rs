//! `[gate]` of `repro.toml`: the artifacts, how strict the gate is, and which differences it accepts.

use super::Error;
use crate::{
    bytes::settings::{self, FILE, refused},
    model::{Accept, Enforce},
    rebuild::artifacts::Patterns,
};
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    gate: Policy,
}

/// `[gate]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The lock file, below the root; `repro.lock` if none is named.
    pub lock: Option<PathBuf>,
    /// Globs of the artifacts; those of `[build]` if there are none.
    pub artifacts: Vec<String>,
    /// Globs of artifacts that must have the locked bytes, whatever `allow` says.
    pub identical: Vec<String>,
    /// What is done about failures.
    pub enforce: Option<Enforce>,
    /// The share of artifacts for which the gate blocks, from 0 to 1.
    pub enforce_share: Option<f64>,
    /// Where references lie: a folder, or the one artifact.
    pub reference: Option<PathBuf>,
    /// What the locked artifacts were made with, as `repro build --record` or `repro lock --record` wrote it.
    pub record: Option<PathBuf>,
    /// Differences that are accepted.
    pub allow: Vec<Allow>,
}

/// Where the names of causes stand, to refuse an unknown one with its line.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Places {
    gate: PlacesOfRules,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PlacesOfRules {
    allow: Vec<PlacesOfCauses>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PlacesOfCauses {
    causes: Vec<toml::Spanned<String>>,
}

/// `[[gate.allow]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// Glob of the artifacts it is for.
    #[serde(default = "every")]
    pub artifact: String,
    /// Causes by which they may differ.
    pub causes: Vec<String>,
    /// What a difference may rest on; if nothing is said, each must have a warrant.
    pub accept: Option<Accept>,
    /// Why that is right.
    pub reason: String,
    /// The last day, in UTC, on which the rule holds.
    pub until: Option<toml::value::Datetime>,
}

fn every() -> String {
    "**".to_owned()
}

impl Allow {
    /// The last day on which it holds: `2027-01-31`.
    pub fn last_day(&self) -> Option<String> {
        self.until.and_then(|until| until.date).map(|date| date.to_string())
    }
}

impl Policy {
    /// Reads `repro.toml` of a repository; nothing is set where there is none. `known` says whether a cause exists.
    ///
    /// # Errors
    /// It can't be read, or says something that is not understood; the message has the line where there is one.
    pub fn load(root: &Path, known: &dyn Fn(&str) -> bool) -> Result<Self, Error> {
        settings::read(root)?.map_or_else(|| Ok(Self::default()), |text| Self::parse(&text, known))
    }

    /// Reads the text of a `repro.toml`.
    pub fn parse(text: &str, known: &dyn Fn(&str) -> bool) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|error| refused(FILE, text, &error))?;
        let policy = file.gate;
        let places: Places = toml::from_str(text).map_err(|error| refused(FILE, text, &error))?;
        let mut names = places.gate.allow.iter().flat_map(|rule| &rule.causes);
        if let Some(name) = names.find(|name| !known(name.get_ref())) {
            let (line, name) = (settings::line(text, name.span().start), name.get_ref());
            return Err(Error::new(format!(
                "{FILE}:{line}: gate: allow: no cause is called {name:?}; `repro explain` lists them"
            )));
        }
        policy
            .check()
            .map_err(|what| Error::new(format!("{FILE}: gate: {what}")))?;
        Ok(policy)
    }

    fn check(&self) -> Result<(), String> {
        if let Some(share) = self.enforce_share.filter(|share| !(0.0..=1.0).contains(share)) {
            return Err(format!("enforce_share is {share}: give a number from 0 to 1"));
        }
        for glob in self.artifacts.iter().chain(&self.identical) {
            Patterns::new(std::slice::from_ref(glob)).map_err(|error| error.to_string())?;
        }
        for (number, rule) in self.allow.iter().enumerate() {
            let here = |what: String| format!("allow {}: {what}", number + 1);
            Patterns::new(std::slice::from_ref(&rule.artifact)).map_err(|error| here(error.to_string()))?;
            if rule.reason.trim().is_empty() {
                return Err(here("reason is empty: say why the difference is accepted".to_owned()));
            }
            if rule.causes.is_empty() {
                return Err(here("causes is empty: name those that are accepted".to_owned()));
            }
            if rule.until.is_some_and(|until| until.date.is_none()) {
                return Err(here("until has no date: write until = 2027-01-31".to_owned()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, says: &str) {
        let error = Policy::parse(text, &|id| id == "archive-mtime")
            .unwrap_err()
            .to_string();
        assert!(error.contains(says), "{error}\nnot {says}");
    }

    #[test]
    fn everything_is_read() {
        let text = r#"
            [build]
            command = "make"
            [gate]
            lock = "ci/repro.lock"
            artifacts = ["dist/*"]
            identical = ["dist/*.deb"]
            enforce = "warn"
            enforce_share = 0.25
            reference = "ref"
            record = "ci/record.json"
            [[gate.allow]]
            artifact = "dist/*.jar"
            causes = ["archive-mtime"]
            accept = "plausible"
            reason = "the plugin can't be told"
            until = 2027-01-31
        "#;
        let policy = Policy::parse(text, &|id| id == "archive-mtime").unwrap();
        assert_eq!(policy.enforce, Some(Enforce::Warn));
        assert_eq!(policy.enforce_share, Some(0.25));
        assert_eq!(policy.allow[0].accept, Some(Accept::Plausible));
        assert_eq!(policy.allow[0].last_day().unwrap(), "2027-01-31");
    }

    #[test]
    fn mistakes_are_named() {
        refused("[gate]\nenforced='warn'\n", "repro.toml:2: unknown field `enforced`");
        refused("[gate]\nenforce='maybe'\n", "repro.toml:2");
        refused("[gate]\nenforce_share=2.0\n", "enforce_share is 2");
        refused("[gate]\nartifacts=['../x']\n", "leads out");
        refused("[[gate.allow]]\ncauses=['archive-mtime']\n", "missing field `reason`");
        refused(
            "[[gate.allow]]\ncauses=['archive-mtime']\nreason=' '\n",
            "reason is empty",
        );
        refused(
            "[[gate.allow]]\nreason='y'\ncauses=['archive-mtime',\n'x']\n",
            "repro.toml:4: gate: allow: no cause is called \"x\"",
        );
        let rule = "[[gate.allow]]\ncauses=['archive-mtime']\nreason='y'\n";
        refused(
            &format!("{rule}accept='likely'\n"),
            "repro.toml:4: unknown variant `likely`, expected `plausible`",
        );
        refused(
            &format!("{rule}accepts='plausible'\n"),
            "repro.toml:4: unknown field `accepts`",
        );
        refused("[[gate.allow]]\ncauses=[]\nreason='y'\n", "causes is empty");
        refused(
            "[[gate.allow]]\ncauses=['archive-mtime']\nreason='y'\nuntil=10:00:00\n",
            "until has no date",
        );
    }
}
