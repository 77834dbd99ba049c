//! What a repository says of itself: `repro.toml`, read once, and what each command takes from it.
//!
//! A command reads a [`Repository`] first and asks it for all else: nothing but this room opens the file, so that all of a command sees the
//! same bytes. The whole file is understood, whichever command reads it: a table or key that none knows is refused, for it may be a slip of
//! the pen in what another command is to do. The command line can only say more; what it says wins.

mod build;
mod caller;
mod gate;
mod history;
mod lint;
pub mod preset;
mod within;

pub use build::BuildTable;
pub use gate::{GateOptions, Locked};
pub use history::HistoryTable;

use crate::{
    bytes::{
        Error,
        settings::{FILE, refused, wrong},
        source,
    },
    lint::config::Config,
    policy::{Policy, lock},
    rebuild::{self, Build},
};
use serde::Deserialize;
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use within::within;

/// No `repro.toml` is larger, in bytes.
const LIMIT: u64 = 1 << 20;

/// What `repro.toml` says, table by table.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Settings {
    /// `[build]`.
    pub build: BuildTable,
    /// `[gate]`.
    pub gate: Policy,
    /// `[lint]`.
    pub lint: Config,
    /// `[history]`.
    pub history: HistoryTable,
}

/// The tables as they are written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    build: BuildTable,
    gate: gate::Table,
    lint: lint::Table,
    history: history::Table,
}

/// What is wrong with a table, and at which byte of the text.
#[derive(Debug)]
struct Wrong {
    at: Option<usize>,
    what: String,
}

impl Wrong {
    /// It is wrong at a place.
    fn at<T>(value: &toml::Spanned<T>, what: String) -> Self {
        Self {
            at: Some(value.span().start),
            what,
        }
    }
}

impl Settings {
    /// Reads the text of a `repro.toml`; `name` is its path, for messages.
    ///
    /// # Errors
    /// It says something that is not understood; the message has the line where there is one.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|error| refused(name, text, &error))?;
        let placed = |found: Wrong| wrong(name, text, found.at, &found.what);
        Ok(Self {
            build: file.build.checked().map_err(placed)?,
            gate: file.gate.checked().map_err(placed)?,
            lint: file.lint.checked(text).map_err(placed)?,
            history: file.history.checked().map_err(placed)?,
        })
    }

    /// Reads the `repro.toml` of a folder, which messages call `shown`; nothing is set where there is none.
    fn read(folder: &Path, shown: &Path) -> Result<Self, Error> {
        let (path, name) = (folder.join(FILE), shown.join(FILE));
        let name = name.strip_prefix(".").unwrap_or(&name);
        match source::text(&path, LIMIT) {
            // A link that leads nowhere is a mistake, and no repository without settings.
            Err(error) if error.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err() => {
                Ok(Self::default())
            }
            Err(error) => Err(Error::at(name, &error)),
            Ok(text) => Self::parse(&name.display().to_string(), &text),
        }
    }
}

/// A repository and its settings.
#[derive(Clone, Debug)]
pub struct Repository {
    root: PathBuf,
    settings: Settings,
}

impl Repository {
    /// Reads what the repository in a folder says of itself. Nothing is set where it has no `repro.toml`.
    ///
    /// # Errors
    /// There is no such folder, or the file can't be read, or says something that is not understood: the message has its path, and the line
    /// where there is one.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let root = fs::canonicalize(folder).map_err(|error| Error::at(folder, &error))?;
        if !root.is_dir() {
            return Err(Error::usage("is not a folder").of(folder));
        }
        let settings = Settings::read(&root, folder)?;
        Ok(Self { root, settings })
    }

    /// Its folder, without links on the way.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What `repro.toml` says.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Globs of the artifacts: of `[gate]`, else of `[build]`.
    pub fn artifacts(&self) -> &[String] {
        match self.settings.gate.artifacts.as_slice() {
            [] => &self.settings.build.artifacts,
            globs => globs,
        }
    }

    /// Where the lock file lies: as given from the current folder, else as `[gate]` has it, below the root.
    ///
    /// # Errors
    /// One that was not given comes with the repository: it is a link or a pipe, or leads out of the root.
    pub fn lock(&self, given: Option<&Path>) -> Result<PathBuf, Error> {
        if let Some(given) = given {
            return Ok(given.to_owned());
        }
        let own = self.settings.gate.lock.as_deref().unwrap_or(Path::new(lock::FILE));
        let path = within(&self.root, own, "--lock")?;
        match path.symlink_metadata() {
            Ok(found) if !found.is_file() => Err(Error::usage("is not a file: give --lock if that is meant").of(path)),
            _ => Ok(path),
        }
    }

    /// Where the built artifacts lie: in a folder that is given, else in the repository.
    ///
    /// # Errors
    /// What is given is not a folder.
    pub fn built(&self, given: Option<&Path>) -> Result<PathBuf, Error> {
        let Some(folder) = given else {
            return Ok(self.root.clone());
        };
        let found = fs::metadata(folder).map_err(|error| Error::at(folder, &error))?;
        match found.is_dir() {
            true => Ok(folder.to_owned()),
            false => Err(Error::usage("--built takes a folder").of(folder)),
        }
    }

    /// Where the history lies; `option` gives the same by hand.
    ///
    /// # Errors
    /// It leads out of the root.
    pub fn history(&self, option: &str) -> Result<PathBuf, Error> {
        within(&self.root, self.settings.history.path(), option)
    }

    /// What the repository is called in a history.
    pub fn project(&self) -> String {
        self.settings.history.project(&self.root)
    }

    /// The digest of the commands that build it; none where there are none.
    ///
    /// # Errors
    /// They can't be written as JSON.
    pub fn command(&self) -> Result<Option<String>, Error> {
        match self.settings.build.steps().as_slice() {
            [] => Ok(None),
            steps => rebuild::digest(steps).map(Some),
        }
    }

    /// The build that `[build]` describes, of [`Repository::artifacts`]. It is for [`rebuild::run`].
    ///
    /// # Errors
    /// As [`Repository::build_of`].
    pub fn build(&self) -> Result<Build, Error> {
        self.build_of(self.artifacts())
    }

    /// The build that `[build]` describes, of these artifacts.
    ///
    /// # Errors
    /// There is nothing to build, or something that it needs is missing.
    pub fn build_of(&self, artifacts: &[String]) -> Result<Build, Error> {
        let mut build = self.settings.build.build(&self.root)?;
        build.artifacts = artifacts.to_vec();
        build.check()?;
        Ok(build)
    }
}

#[cfg(test)]
mod tests;
