//! The caller's variables: which of them a build gets, and which of them are secret.

use crate::bytes::Error;
use std::{collections::BTreeMap, env, path::PathBuf};

/// Handed to every build, where the caller has them.
const ALWAYS: [&str; 5] = ["PATH", "SOURCE_DATE_EPOCH", "CARGO_HOME", "RUSTUP_HOME", "PYENV_ROOT"];
/// Folders of tools below the caller's home, and the variables that name them.
const TOOLS: [(&str, &str); 3] = [
    ("CARGO_HOME", ".cargo"),
    ("RUSTUP_HOME", ".rustup"),
    ("PYENV_ROOT", ".pyenv"),
];

fn value(name: &str) -> Result<Option<String>, Error> {
    match env::var_os(name).map(std::ffi::OsString::into_string) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(_)) => Err(Error::usage(format!("{name}: the variable's value is not text"))),
    }
}

/// Variables that are handed to a build: those that every build gets, and those that `words` name or set.
pub(super) fn variables(words: &[String]) -> Result<BTreeMap<String, String>, Error> {
    let mut all = BTreeMap::new();
    for name in ALWAYS {
        if let Some(value) = value(name)? {
            all.insert(name.to_owned(), value);
        }
    }
    // HOME is another one in a build: tools that are installed below the caller's must still be found.
    if let Some(home) = env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from) {
        for (name, folder) in TOOLS {
            let path = home.join(folder);
            if let (false, Some(text), true) = (all.contains_key(name), path.to_str(), path.is_dir()) {
                all.insert(name.to_owned(), text.to_owned());
            }
        }
    }
    for word in words {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), value(word)?),
        };
        if name.is_empty() || word.contains('\0') {
            return Err(Error::usage(format!("--env {word:?}: give NAME or NAME=VALUE")));
        }
        if let Some(value) = value {
            all.insert(name.to_owned(), value);
        }
    }
    Ok(all)
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
