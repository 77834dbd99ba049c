//! The spec of `repro ddc`: a TOML file. Unknown keys and specs that can't be carried out are refused, with place and reason.

use super::{normalise::Rules, words::Words};
use crate::{
    model::{DdcMode, Lineage},
    rebuild::{Error, config},
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
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
    pub source_date_epoch: Option<i64>,
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
    /// How a compiler among a stage's artifacts is called.
    pub compiler: Vec<String>,
    /// c_P: `self`, or a command.
    pub parent: Option<OneOrMore>,
    /// s_P, if it is not s_A.
    pub parent_source: Option<Source>,
    /// Whether c_A must come out again.
    #[serde(default = "yes")]
    pub regenerate: bool,
    /// Where c_A comes from.
    #[serde(default)]
    pub lineage: Lineage,
}

fn yes() -> bool {
    true
}

impl Subject {
    /// Whether c_A is its own parent.
    pub fn is_own_parent(&self) -> bool {
        matches!(&self.parent, Some(OneOrMore::One(word)) if word == "self")
    }
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
    pub file_symbols: bool,
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
    #[serde(deserialize_with = "config::duration")]
    pub timeout: Option<Duration>,
    /// Most bytes that one stage may write.
    #[serde(deserialize_with = "config::size")]
    pub disk: Option<u64>,
    /// Most bytes that one stage may print.
    #[serde(deserialize_with = "config::size")]
    pub output: Option<u64>,
}

impl Spec {
    /// Reads a spec.
    ///
    /// # Errors
    /// It can't be read, has an unknown key, or asks for what can't be done: where, and why.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|error| Error::at(path, &error))?;
        let folder = match path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let folder = fs::canonicalize(folder).map_err(|error| Error::at(folder, &error))?;
        Self::parse(&path.to_string_lossy(), &text, folder)
    }

    /// Reads the text of a spec that lies in `folder`.
    pub fn parse(name: &str, text: &str, folder: PathBuf) -> Result<Self, Error> {
        let mut spec: Spec = toml::from_str(text).map_err(|error| config::refused(name, text, &error))?;
        spec.folder = folder;
        match Check(&spec).all() {
            Ok(()) => Ok(spec),
            Err((place, why)) => Err(Error::new(format!("{name}{}: {place}: {why}", line(text, &place)))),
        }
    }

    /// What may differ.
    pub fn rules(&self) -> Result<Rules, String> {
        Rules::new(self.normalise.sections.clone(), self.normalise.file_symbols)
    }

    /// The umask of a stage.
    pub fn umask(&self) -> u32 {
        let text = self.environment.umask.as_deref().unwrap_or("022");
        u32::from_str_radix(text, 8).unwrap_or(0o022)
    }
}

/// `:LINE` of a table's header; nothing where the key stands before all tables.
fn line(text: &str, place: &str) -> String {
    let (header, number) = place.split_once(" number ").unwrap_or((place, "1"));
    let number: usize = number.parse().unwrap_or(1);
    let mut lines = text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with(header));
    lines.nth(number.saturating_sub(1)).map_or_else(String::new, |(n, _)| format!(":{}", n + 1))
}

/// Where, and why.
type Refusal = (String, String);

struct Check<'a>(&'a Spec);

impl Check<'_> {
    fn all(&self) -> Result<(), Refusal> {
        self.mode()?;
        self.source("[source]", &self.0.source)?;
        self.environment()?;
        self.toolchains()?;
        self.steps()?;
        if let Some(subject) = &self.0.subject {
            self.subject(subject)?;
        }
        self.0.rules().map_err(|why| ("[normalise]".to_owned(), why))?;
        crate::rebuild::artifacts::Patterns::new(&self.0.artifacts.files)
            .map_err(|why| ("[artifacts]".to_owned(), why.to_string()))?;
        if self.0.artifacts.files.is_empty() {
            return refuse("[artifacts]", "`files` is empty: nothing would be compared");
        }
        self.replay()?;
        self.behaviour()
    }

    fn mode(&self) -> Result<(), Refusal> {
        let spec = self.0;
        let ddc = spec.mode == DdcMode::Ddc;
        if ddc && spec.subject.is_none() {
            return refuse("mode", "\"ddc\" needs a [subject]: the compiler under test");
        }
        if !ddc && spec.subject.is_some() {
            return refuse("[subject]", "there is one in mode \"ddc\" only");
        }
        if !ddc && spec.replay.is_some() {
            return refuse("[replay]", "there is one in mode \"ddc\" only");
        }
        let fewest = if ddc { 1 } else { 2 };
        if spec.toolchains.len() < fewest {
            return refuse("[[toolchain]]", &format!("this mode needs {fewest} or more"));
        }
        if (spec.mode == DdcMode::Behaviour) != spec.behaviour.is_some() {
            return refuse("[behaviour]", "it and mode = \"behaviour\" need each other");
        }
        Ok(())
    }

    fn source(&self, place: &str, source: &Source) -> Result<(), Refusal> {
        let hex = source.digest.strip_prefix("sha256:").unwrap_or_default();
        if hex.len() != 64 || !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return refuse(place, "`digest` must be sha256: and 64 hexadecimal digits, the tree digest");
        }
        let below = Path::new(&source.mount).strip_prefix(BASE).unwrap_or(Path::new(""));
        let plain = below.components().all(|part| matches!(part, Component::Normal(_)));
        let first = below.iter().next().and_then(|name| name.to_str());
        match first {
            Some(first) if plain && !["out", "prev", "run", "spec", "home"].contains(&first) => Ok(()),
            _ => refuse(place, "`mount` must lie below /build, and not be its out, prev, run, spec or home"),
        }
    }

    fn environment(&self) -> Result<(), Refusal> {
        let place = "[environment]";
        let EnvironmentConfig {
            allow,
            set,
            source_date_epoch,
            umask,
        } = &self.0.environment;
        if let Some(name) = allow.iter().chain(set.keys()).find(|n| n.is_empty() || n.contains(['=', '\0'])) {
            return refuse(place, &format!("{name:?} is no name of a variable"));
        }
        if let Some(moment) = source_date_epoch {
            crate::rebuild::units::moment(&moment.to_string()).map_err(|why| (place.to_owned(), why))?;
        }
        match umask.as_deref().map(|text| u32::from_str_radix(text, 8)) {
            Some(Ok(mask)) if mask > 0o777 => refuse(place, "`umask` is more than 777"),
            Some(Err(_)) => refuse(place, "`umask` must be octal digits, as \"022\""),
            _ => Ok(()),
        }
    }

    fn toolchains(&self) -> Result<(), Refusal> {
        let mut seen = BTreeSet::new();
        for (number, toolchain) in self.0.toolchains.iter().enumerate() {
            let place = format!("[[toolchain]] number {}", number + 1);
            let id = &toolchain.id;
            let plain = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
            if id.is_empty() || !id.chars().all(plain) || id.starts_with('.') || id == "subject" {
                return refuse(&place, &format!("{id:?} is no id: use letters, digits, `.`, `_`, `+`, `-`"));
            }
            if !seen.insert(id) {
                return refuse(&place, &format!("the id {id:?} is given twice"));
            }
            let words = toolchain.compiler();
            if words.first().is_none_or(String::is_empty) {
                return refuse(&place, "`command` is empty");
            }
            Words::list(&words, &["spec", "source"]).map_err(|why| (place.clone(), why))?;
            if toolchain.lineage.front_end.trim().is_empty() {
                return refuse(&place, "`lineage` needs a `front_end`: it decides who is independent of whom");
            }
        }
        Ok(())
    }

    fn steps(&self) -> Result<(), Refusal> {
        if self.0.steps.is_empty() {
            return refuse("[[step]]", "there is none: say how a compiler is made");
        }
        let mut compiles = false;
        for (number, step) in self.0.steps.iter().enumerate() {
            let place = format!("[[step]] number {}", number + 1);
            let words = Words::of(&step.command, &["cc", "out", "prev", "source", "spec"])
                .map_err(|why| (place.clone(), why))?;
            if words.is_empty() {
                return refuse(&place, "`command` is empty");
            }
            compiles |= words.uses("cc");
        }
        match compiles {
            true => Ok(()),
            false => refuse("[[step]]", "no step uses {cc}, so the toolchains would not be used"),
        }
    }

    fn subject(&self, subject: &Subject) -> Result<(), Refusal> {
        let place = "[subject]";
        let allowed = ["prev", "source", "spec"];
        let words = Words::list(&subject.compiler, &allowed).map_err(|why| (place.to_owned(), why))?;
        if !words.uses("prev") {
            return refuse(place, "`compiler` must name a file below {prev}: the compiler that a stage has made");
        }
        match (&subject.parent, &subject.artifacts) {
            (Some(_), None) if subject.is_own_parent() => {
                return refuse(place, "parent = \"self\" needs `artifacts`: the compiler under test, to start from");
            }
            (None, None) => return refuse(place, "give `artifacts`, or a `parent` that makes them"),
            (None, Some(_)) if subject.regenerate => {
                return refuse(place, "`regenerate` needs a `parent`; set regenerate = false if there is none");
            }
            _ => {}
        }
        if let Some(parent) = subject.parent.as_ref().filter(|_| !subject.is_own_parent()) {
            let words = Words::list(&parent.words(), &["spec", "source"]).map_err(|why| (place.to_owned(), why))?;
            if words.is_empty() {
                return refuse(place, "`parent` is empty");
            }
        }
        if let Some(source) = &subject.parent_source {
            if subject.parent.is_none() {
                return refuse(place, "`parent_source` is the source of a `parent`, and there is none");
            }
            self.source(place, source)?;
        }
        Ok(())
    }

    fn replay(&self) -> Result<(), Refusal> {
        let Some(replay) = &self.0.replay else { return Ok(()) };
        let place = "[replay]";
        let allowed = ["cc", "out", "prev", "source", "spec", "unit", "object"];
        let words = Words::of(&replay.command, &allowed).map_err(|why| (place.to_owned(), why))?;
        if let Some(name) = ["cc", "unit", "object"].iter().find(|name| !words.uses(name)) {
            return refuse(place, &format!("`command` does not use {{{name}}}"));
        }
        crate::rebuild::artifacts::Patterns::new(&replay.units)
            .map(drop)
            .map_err(|why| (place.to_owned(), why.to_string()))
    }

    fn behaviour(&self) -> Result<(), Refusal> {
        let Some(behaviour) = &self.0.behaviour else { return Ok(()) };
        let mut seen = BTreeSet::new();
        for (number, run) in behaviour.runs.iter().enumerate() {
            let place = format!("[[behaviour.run]] number {}", number + 1);
            let words =
                Words::of(&run.command, &["out", "source", "spec"]).map_err(|why| (place.clone(), why))?;
            if words.is_empty() {
                return refuse(&place, "`command` is empty");
            }
            if !seen.insert(&run.name) {
                return refuse(&place, &format!("the name {:?} is given twice", run.name));
            }
            let leads_out = |path: &PathBuf| path.is_absolute() || path.iter().any(|part| part == "..");
            if run.stdin.as_ref().is_some_and(leads_out) || (run.stdin.is_some() && behaviour.inputs.is_none()) {
                return refuse(&place, "`stdin` is a path below `inputs` of [behaviour]");
            }
        }
        match behaviour.runs.is_empty() {
            true => refuse("[behaviour]", "there is no [[behaviour.run]]"),
            false => Ok(()),
        }
    }
}

fn refuse(place: &str, why: &str) -> Result<(), Refusal> {
    Err((place.to_owned(), why.to_owned()))
}
