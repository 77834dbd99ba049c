//! The caller's variables: which of them a build gets, and which of them are secret.

use crate::{
    bytes::Error,
    rebuild::tools::{self, Tool},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    path::PathBuf,
};

/// Handed to every build, where the caller has them, beside those that say where tools are.
const ALWAYS: [&str; 2] = ["PATH", "SOURCE_DATE_EPOCH"];

fn value(name: &str) -> Result<Option<String>, Error> {
    match env::var_os(name).map(std::ffi::OsString::into_string) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(_)) => Err(Error::usage(format!("{name}: the variable's value is not text"))),
    }
}

/// What is handed to a build.
pub(super) struct Handed {
    pub variables: BTreeMap<String, String>,
    /// Names of those whose values are the caller's.
    pub passed: BTreeSet<String>,
    /// The caller's tools.
    pub tools: Vec<Tool>,
}

/// Variables that every build gets, and those that `words` name or set; and the caller's tools.
pub(super) fn variables(words: &[String]) -> Result<Handed, Error> {
    let mut variables = BTreeMap::new();
    let always = ALWAYS.into_iter().chain(tools::variables()).map(|name| (name, None));
    let named = words.iter().map(|word| match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word.as_str(), None),
    });
    let mut passed = BTreeSet::new();
    for (name, given) in always.chain(named) {
        if name.is_empty() || name.contains('\0') || given.is_some_and(|value| value.contains('\0')) {
            return Err(Error::usage(format!("--env {name:?}: give NAME or NAME=VALUE")));
        }
        let Some(value) = given.map_or_else(|| value(name), |given| Ok(Some(given.to_owned())))? else {
            continue;
        };
        variables.insert(name.to_owned(), value);
        match given {
            None => passed.insert(name.to_owned()),
            Some(_) => passed.remove(name),
        };
    }
    let home = env::var_os("HOME").map(PathBuf::from);
    let tools = tools::of(home.as_deref(), &mut variables);
    Ok(Handed {
        variables,
        passed,
        tools,
    })
}

/// Names and values of secrets. A value is never given but by the environment.
pub(super) fn secrets(names: &[String]) -> Result<BTreeMap<String, String>, Error> {
    let mut all = BTreeMap::new();
    for name in names {
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(Error::usage(
                "--secret takes the name of a variable of yours; its value must not be on the command line",
            ));
        }
        match value(name)? {
            Some(value) => all.insert(name.clone(), value),
            None => {
                return Err(Error::not_found(format!(
                    "secret {name}: there is no such variable in your environment"
                )));
            }
        };
    }
    Ok(all)
}
