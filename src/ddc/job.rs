//! What a run is asked to do, and what it made.

use super::{
    failure::Failure,
    perturbation::Perturbation,
    places::SPEC,
    spec::{Generation, Spec, Step},
    words::{Words, quote},
};
use crate::{bytes::digest::Algorithm, rebuild::config};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    sync::Arc,
};

/// Folder of what a run printed, beside the files that it wrote.
pub const STREAMS: &str = ".streams";

/// What a stage has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// Where it lies.
    pub folder: PathBuf,
    /// SHA-256 by path.
    pub files: BTreeMap<String, String>,
}

impl Set {
    /// The digest of a single file; of several, that of their list as `sha256sum` writes it.
    pub fn digest(&self) -> String {
        if let (1, Some(digest)) = (self.files.len(), self.files.values().next()) {
            return digest.clone();
        }
        let lines: String = self
            .files
            .iter()
            .map(|(path, digest)| format!("{digest}  {path}\n"))
            .collect();
        Algorithm::Sha256.digest(lines.as_bytes()).to_string()
    }

    /// Whether the bytes are the same.
    pub fn same(&self, other: &Set) -> bool {
        self.files == other.files
    }

    /// Bytes in all.
    pub fn size(&self) -> u64 {
        let sizes = self
            .files
            .keys()
            .filter_map(|path| fs::symlink_metadata(self.folder.join(path)).ok());
        sizes.map(|found| found.len()).sum()
    }

    /// What the artifact is called.
    pub fn name(&self) -> String {
        match (self.files.len(), self.files.keys().next()) {
            (1, Some(path)) => path.clone(),
            (count, _) => format!("{count} files"),
        }
    }
}

/// A source tree, copied, and its digest.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The copy.
    pub folder: PathBuf,
    /// Where stages see it.
    pub mount: String,
    /// `sha256:…`
    pub digest: String,
}

/// How a stage is made.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// Its commands.
    pub steps: Vec<Step>,
    /// Globs of what it makes.
    pub files: Vec<String>,
}

impl Recipe {
    /// That of a spec without generations.
    pub fn of(spec: &Spec) -> Self {
        Self {
            steps: spec.steps.clone(),
            files: spec.artifacts.files.clone(),
        }
    }

    /// That of one generation: what it leaves out is the spec's.
    pub fn of_generation(spec: &Spec, generation: &Generation) -> Self {
        let mut recipe = Self::of(spec);
        if !generation.steps.is_empty() {
            recipe.steps.clone_from(&generation.steps);
        }
        if !generation.files.is_empty() {
            recipe.files.clone_from(&generation.files);
        }
        recipe
    }
}

/// What a run executes.
#[derive(Clone, Debug)]
pub enum Task {
    /// These steps: the artifacts are what the recipe asks for.
    Stage(Arc<Recipe>),
    /// These commands, by name; failures of single ones are told, and do not end the run.
    Each(Vec<(String, Words)>),
    /// A command of the programs in the set: standard input from a file of the spec's folder; all that it leaves is collected.
    Behave(Words, Option<String>),
}

impl Task {
    /// Name, command, and whether its failure ends the run.
    pub fn steps(&self) -> Vec<(String, Words, bool)> {
        match self {
            Task::Stage(recipe) => {
                let step = |(number, step): (usize, &Step)| {
                    let name = step.name.clone().unwrap_or_else(|| format!("step {}", number + 1));
                    let words = match &step.command {
                        config::Words::Line(line) => Words::Line(line.clone()),
                        config::Words::List(words) => Words::List(words.clone()),
                    };
                    (name, words, true)
                };
                recipe.steps.iter().enumerate().map(step).collect()
            }
            Task::Each(commands) => {
                let command = |(name, words): &(String, Words)| (name.clone(), words.clone(), false);
                commands.iter().map(command).collect()
            }
            Task::Behave(words, stdin) => {
                let inner = match words {
                    Words::Line(line) => format!("( {line}\n)"),
                    Words::List(words) => words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" "),
                };
                let from = stdin
                    .as_deref()
                    .map_or("/dev/null".to_owned(), |file| quote(&format!("{SPEC}/{file}")));
                // Kept out of the folder of the run until it has ended, so that the program does not see them.
                let line = format!(
                    "{inner} <{from} >/tmp/stdout 2>/tmp/stderr; status=$?; mkdir -p {STREAMS} && \
                     mv /tmp/stdout /tmp/stderr {STREAMS} && echo $status >{STREAMS}/status"
                );
                vec![("run".to_owned(), Words::Line(line), true)]
            }
        }
    }
}

/// A run that is wanted.
#[derive(Clone, Debug)]
pub struct Job {
    /// For the report.
    pub name: String,
    /// What `{cc}` stands for.
    pub compiler: Vec<String>,
    /// What `{prev}` holds; in [`Task::Behave`], what `{out}` holds.
    pub(crate) prev: Option<Arc<Set>>,
    /// The source.
    pub source: Arc<Tree>,
    /// What must not matter.
    pub(crate) perturbation: Perturbation,
    /// What is run.
    pub(crate) task: Task,
}

/// A run that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What it made, or why it failed.
    pub outcome: Result<Arc<Set>, Failure>,
    /// Processor time.
    pub cpu_seconds: f64,
    /// Programs and files of the machine that were opened, as the stage named them; `None` if opens can't be traced.
    pub opened: Option<Opened>,
    /// The run whose result this is, if the same inputs were run before.
    pub(crate) same_run_as: Option<String>,
    /// Whether it was made by an earlier carrying out of a spec.
    pub(crate) kept: bool,
}

/// What a run opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Programs.
    pub programs: BTreeSet<String>,
    /// Files.
    pub files: BTreeSet<String>,
}
