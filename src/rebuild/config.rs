//! Words of a build, as people write them in TOML: commands, times, sizes, names of variations.

use super::{Error, Step};
use crate::bytes::settings::meant;
use serde::Deserialize;

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
///
/// # Errors
/// No variation bears the name.
pub fn known(name: &str) -> Result<(), Error> {
    if super::variation::named(name).is_some() {
        return Ok(());
    }
    let all: Vec<&str> = super::variation::VARIATIONS
        .iter()
        .map(|variation| variation.name())
        .collect();
    let meant = meant(name, all.iter().copied());
    Err(Error::usage(format!(
        "no variation is called {name:?}; there are {}{meant}",
        all.join(", ")
    )))
}
