//! The spec of `repro ddc`: a TOML file. Unknown keys and specs that can't be carried out are refused, with place and reason.

mod check;

use super::normalise::Rules;
use crate::{
    bytes::{folder_of, settings::refused},
    model::{DdcMode, Lineage},
    rebuild::{Error, config, written},
};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Folder of everything that a stage sees of the experiment.
pub const BASE: &str = "/build";

/// A whole spec.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What is compared.
    #[serde(default)]
    pub mode: DdcMode,
    /// What is claimed, for the report.
    #[serde(default)]
    pub claim: String,
    /// s_A.
    pub source: Source,
    /// What every stage gets.
    #[serde(default)]
    pub environment: EnvironmentConfig,
    /// The c_T.
    #[serde(rename = "toolchain", default)]
    pub toolchains: Vec<Toolchain>,
    /// The commands of a stage.
    #[serde(rename = "step", default)]
    pub steps: Vec<Step>,
    /// c_A.
    pub subject: Option<Subject>,
    /// A chain of compilers, the oldest first: each makes the next, and the last is c_A.
    #[serde(rename = "generation", default)]
    pub generations: Vec<Generation>,
    /// What a stage makes.
    pub artifacts: Artifacts,
    /// What may differ.
    #[serde(default)]
    pub normalise: Normalise,
    /// How one translation unit is compiled alone.
    pub replay: Option<Replay>,
    /// What the programs are run with.
    pub behaviour: Option<Behaviour>,
    /// How many lineages have to agree.
    #[serde(default)]
    pub agreement: Agreement,
    /// What a stage may cost.
    #[serde(default)]
    pub limits: Limits,
    /// The spec's folder.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// A source tree.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its folder, from the spec's.
    pub path: PathBuf,
    /// `sha256:` and the tree digest.
    pub digest: String,
    /// Where stages see it.
    #[serde(default = "mount")]
    pub mount: String,
    /// What brings it, run in the spec's folder.
    #[serde(default)]
    pub fetch: Vec<String>,
}

fn mount() -> String {
    format!("{BASE}/source")
}

/// `[environment]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnvironmentConfig {
    /// Names of the caller's variables that are handed on.
    pub allow: Vec<String>,
    /// Further variables.
    pub set: BTreeMap<String, String>,
    /// SOURCE_DATE_EPOCH, and what the clock shows.
    pub(crate) source_date_epoch: Option<i64>,
    /// Octal; 022 if it is not given.
    pub umask: Option<String>,
}

/// `[[toolchain]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toolchain {
    /// For the report.
    pub id: String,
    /// The program, and words that always follow it.
    pub command: OneOrMore,
    /// Options.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Where it comes from.
    pub lineage: Lineage,
    /// Whether the answer stands without it.
    #[serde(default)]
    pub optional: bool,
    /// `sha256:` and the digest of its program, links followed, and of its parts: another one is refused.
    pub digest: Option<String>,
    /// Files and folders that it consists of besides, for what no trace shows: static programs open them unseen.
    #[serde(default)]
    pub parts: Vec<PathBuf>,
}

/// A program, or a program and arguments.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a program, or a list of a program and arguments")]
pub enum OneOrMore {
    /// The program alone.
    One(String),
    /// With arguments.
    More(Vec<String>),
}

impl OneOrMore {
    /// As a list.
    pub fn words(&self) -> Vec<String> {
        match self {
            OneOrMore::One(word) => vec![word.clone()],
            OneOrMore::More(words) => words.clone(),
        }
    }
}

impl Toolchain {
    /// The words that `{cc}` stands for.
    pub fn compiler(&self) -> Vec<String> {
        let mut words = self.command.words();
        words.extend(self.flags.iter().cloned());
        words
    }
}

/// `[[step]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// For messages.
    pub name: Option<String>,
    /// What is run.
    pub command: config::Words,
}

/// `[subject]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Folder of c_A's artifacts, from the spec's; if it is not given, c_A is what the parent makes.
    pub artifacts: Option<PathBuf>,
    /// How a compiler among a stage's artifacts is called; of a chain, each generation says it.
    #[serde(default)]
    pub compiler: Vec<String>,
    /// c_P: `self`, or a command; of a chain, what made its first generation.
    pub parent: Option<OneOrMore>,
    /// As a toolchain's `digest`, of the parent.
    pub digest: Option<String>,
    /// As a toolchain's `parts`, of the parent.
    #[serde(default)]
    pub parts: Vec<PathBuf>,
    /// s_P, if it is not s_A.
    pub(crate) parent_source: Option<Source>,
    /// Whether c_A must come out again.
    #[serde(default = "yes")]
    pub(crate) regenerate: bool,
    /// Where c_A comes from.
    #[serde(default)]
    pub lineage: Lineage,
}

fn yes() -> bool {
    true
}

impl Subject {
    /// Whether c_A is its own parent.
    pub(crate) fn is_own_parent(&self) -> bool {
        matches!(&self.parent, Some(OneOrMore::One(word)) if word == "self")
    }
}

/// `[[generation]]`: one compiler of a chain.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generation {
    /// For the report.
    pub name: String,
    /// Its source; `[source]` if it is not given.
    pub source: Option<Source>,
    /// Folder of its artifacts, from the spec's; if it is not given, it is what the generation before makes.
    pub artifacts: Option<PathBuf>,
    /// How it is called by the stage that makes the next generation.
    pub compiler: Vec<String>,
    /// Globs below `{out}`; those of `[artifacts]` if none are given.
    #[serde(default)]
    pub files: Vec<String>,
    /// The commands of its stage; those of `[[step]]` if none are given.
    #[serde(rename = "step", default)]
    pub steps: Vec<Step>,
}

/// `[artifacts]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifacts {
    /// Globs below `{out}`.
    pub files: Vec<String>,
}

/// `[normalise]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Normalise {
    /// Names of sections that are not loaded.
    pub sections: Vec<String>,
    /// Whether the names of source files in symbol tables may differ.
    pub(crate) file_symbols: bool,
}

/// `[replay]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// Globs below the source.
    pub units: Vec<String>,
    /// How one is compiled to one object.
    pub command: config::Words,
}

/// `[behaviour]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// Folder of the files that runs read, from the spec's.
    pub inputs: Option<PathBuf>,
    /// The runs.
    #[serde(rename = "run")]
    pub runs: Vec<BehaviourRun>,
}

/// `[[behaviour.run]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BehaviourRun {
    /// For the report.
    pub name: String,
    /// What is run.
    pub command: config::Words,
    /// A file below the inputs.
    pub stdin: Option<PathBuf>,
}

/// `[agreement]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Agreement {
    /// Fewest distinct lineages that must have given a result.
    pub lineages: Option<usize>,
}

/// `[limits]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Longest time of one stage.
    #[serde(deserialize_with = "written::duration")]
    pub timeout: Option<Duration>,
    /// Most bytes that one stage may write.
    #[serde(deserialize_with = "written::size")]
    pub disk: Option<u64>,
    /// Most bytes that one stage may print.
    #[serde(deserialize_with = "written::size")]
    pub output: Option<u64>,
}

impl Spec {
    /// Reads a spec.
    ///
    /// # Errors
    /// It can't be read, has an unknown key, or asks for what can't be done: where, and why.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|error| Error::at(path, &error))?;
        let folder = folder_of(path);
        let folder = fs::canonicalize(folder).map_err(|error| Error::at(folder, &error))?;
        Self::parse(&path.to_string_lossy(), &text, folder)
    }

    /// Reads the text of a spec that lies in `folder`.
    ///
    /// # Errors
    /// It is not a spec, or can't be carried out: the line, the table, and why.
    pub fn parse(name: &str, text: &str, folder: PathBuf) -> Result<Self, Error> {
        let mut spec: Spec = toml::from_str(text).map_err(|error| refused(name, text, &error))?;
        spec.folder = folder;
        check::all(&spec, name, text)?;
        Ok(spec)
    }

    /// What may differ.
    ///
    /// # Errors
    /// A section can't be left out.
    pub fn rules(&self) -> Result<Rules, Error> {
        Rules::new(self.normalise.sections.clone(), self.normalise.file_symbols)
    }

    /// Whether a command of a stage names `{spec}`, so that whatever lies in the folder can go into it.
    pub fn names_its_folder(&self) -> bool {
        let own = self.generations.iter().flat_map(|generation| &generation.steps);
        self.steps.iter().chain(own).any(|step| match &step.command {
            config::Words::Line(line) => line.contains("{spec}"),
            config::Words::List(words) => words.iter().any(|word| word.contains("{spec}")),
        })
    }

    /// The umask of a stage.
    pub fn umask(&self) -> u32 {
        let text = self.environment.umask.as_deref().unwrap_or("022");
        u32::from_str_radix(text, 8).unwrap_or(0o022)
    }
}
