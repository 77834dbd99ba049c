//! What a differing artifact is compared with: a reference that was given, or a rebuild in the control environment.

use super::Error;
use crate::{
    model::{EnvironmentDifference, Record, ReferenceKind, RunOutcome},
    rebuild::{self, Build, Progress, record},
};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Artifacts to compare with.
#[derive(Clone, Debug)]
pub enum Reference {
    /// A folder or file that was given.
    Given(PathBuf),
    /// The artifacts of a rebuild, by their paths.
    Rebuilt(PathBuf),
}

impl Reference {
    /// Where it is from.
    pub fn kind(&self) -> ReferenceKind {
        match self {
            Reference::Given(_) => ReferenceKind::Given,
            Reference::Rebuilt(_) => ReferenceKind::Rebuilt,
        }
    }

    /// Where the reference of an artifact lies: in a folder at the artifact's path, or at its name alone; a file is the reference of
    /// the only artifact there is.
    pub fn of(&self, path: &str, only: bool) -> Option<PathBuf> {
        match self {
            Reference::Rebuilt(folder) => Some(folder.join(path)).filter(|path| is_there(path)),
            Reference::Given(given) if given.is_dir() => {
                let name = Path::new(path).file_name()?;
                [given.join(path), given.join(name)]
                    .into_iter()
                    .find(|path| is_there(path))
            }
            Reference::Given(file) => {
                Some(file.clone()).filter(|_| only || file.file_name() == Path::new(path).file_name())
            }
        }
    }
}

fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| !found.is_dir())
}

/// A build that was made.
#[derive(Debug)]
pub struct Made {
    /// Holds the artifacts for as long as it lives.
    _keep: TempDir,
    /// The artifacts, by their paths below the source folder.
    pub folder: PathBuf,
    /// Digest of the environment's record, where this machine can make one.
    pub environment: Option<String>,
    /// The environment that it was made in.
    pub known: Option<Record>,
    /// How the environment differs from the record that the build was asked to compare with.
    pub against: Vec<EnvironmentDifference>,
}

/// What came of a build that could be made.
pub enum Attempt {
    /// Artifacts.
    Made(Made),
    /// It failed, by itself.
    Failed(Error),
}

impl Attempt {
    /// The artifacts.
    ///
    /// # Errors
    /// The build failed: why.
    pub fn made(self) -> Result<Made, Error> {
        match self {
            Attempt::Made(made) => Ok(made),
            Attempt::Failed(why) => Err(why),
        }
    }
}

/// Makes builds of one repository.
pub struct Rebuild<'a> {
    /// What is to be built.
    pub build: Build,
    /// Told before each run.
    pub progress: &'a dyn Fn(&Progress),
}

impl Rebuild<'_> {
    /// One run: `control` varies nothing, `all` everything that this machine can vary.
    ///
    /// # Errors
    /// Something stood in the way before there was a build.
    pub fn make(&self, vary: &[String], recorded: bool) -> Result<Attempt, Error> {
        let keep = tempfile::tempdir().map_err(|error| {
            Error::failed(&error)
                .because(error)
                .about("no folder for the artifacts")
        })?;
        let (artifacts, record) = (keep.path().join("kept"), keep.path().join("record.json"));
        let build = Build {
            only: Some(vary.to_vec()),
            keep: Some(artifacts.clone()),
            record: recorded.then(|| record.clone()),
            against: self.build.against.clone().filter(|_| recorded),
            ..self.build.clone()
        };
        let report = rebuild::run(&build, self.progress)?;
        let built = report.runs.iter().all(|run| run.outcome == RunOutcome::Built);
        if !built || report.runs.is_empty() {
            let why = report.reason.as_deref().unwrap_or("the build failed");
            return Ok(Attempt::Failed(Error::failed(why)));
        }
        if let Some(secret) = report.secrets.iter().find(|secret| !secret.found.is_empty()) {
            return Err(Error::refused(format!("secret-in-artifact: {}", secret.name)));
        }
        // What was kept lies in one folder, called after what was varied.
        let mut entries = fs::read_dir(&artifacts).map_err(|error| Error::at(&artifacts, &error))?;
        let folder = match entries.next() {
            Some(entry) => entry.map_err(|error| Error::at(&artifacts, &error))?.path(),
            None => return Ok(Attempt::Failed(Error::failed("the build made no artifact"))),
        };
        let environment = match recorded && record.is_file() {
            true => Some(record::read(&record)?.environment_digest()?),
            false => None,
        };
        Ok(Attempt::Made(Made {
            _keep: keep,
            folder,
            environment,
            known: report.known,
            against: report.against.unwrap_or_default(),
        }))
    }
}
