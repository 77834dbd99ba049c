//! `[history]` of `repro.toml`: where the history lies, and what the repository is called in it.

use super::Error;
use crate::{
    bytes::settings::{self, FILE, refused},
    model::HISTORY_FILE,
};
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    history: Config,
}

/// `[history]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The history's file, below the root.
    pub file: Option<PathBuf>,
    /// What the repository is called in it; the name of its folder if nothing is given.
    pub project: Option<String>,
}

impl Config {
    /// Reads `repro.toml` of a repository; nothing is set where there is none.
    ///
    /// # Errors
    /// It can't be read, or says something that is not understood; the message has the line where there is one.
    pub fn load(root: &Path) -> Result<Self, Error> {
        settings::read(root)?.map_or_else(|| Ok(Self::default()), |text| Self::parse(&text))
    }

    /// Reads the text of a `repro.toml`.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|error| refused(FILE, text, &error))?;
        if file.history.project.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(Error::new(format!("{FILE}: history: project is empty")));
        }
        Ok(file.history)
    }

    /// Where the history of a repository lies, from its root.
    pub fn path(&self) -> &Path {
        self.file.as_deref().unwrap_or(Path::new(HISTORY_FILE))
    }

    /// What the repository is called.
    pub fn project(&self, root: &Path) -> String {
        let folder = || root.file_name().map(|name| name.to_string_lossy().into_owned());
        self.project.clone().or_else(folder).unwrap_or_else(|| "/".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_read() {
        let root = Path::new("/home/me/tool");
        let config = Config::parse("[build]\ncommand='x'\n[history]\nfile='ci/all.sqlite'\nproject='t'\n").unwrap();
        assert_eq!(config.path(), Path::new("ci/all.sqlite"));
        assert_eq!(config.project(root), "t");
        let config = Config::parse("").unwrap();
        assert_eq!(config.path(), Path::new("repro-history.sqlite"));
        assert_eq!(config.project(root), "tool");
    }

    #[test]
    fn mistakes_are_named() {
        for (text, says) in [
            ("[history]\nfiles='x'\n", "repro.toml:2: unknown field `files`"),
            ("[history]\nproject=' '\n", "project is empty"),
            ("[history\n", "repro.toml:1"),
        ] {
            let error = Config::parse(text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}\nnot {says}");
        }
    }
}
