//! What there is to tell, one place at a time: the common ground of SARIF, JUnit, code quality and workflow commands.

use serde::{Deserialize, Serialize};

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Level {
    /// Worth knowing; fails nothing.
    Note,
    /// To be mended; fails nothing where only errors do.
    Warning,
    /// Fails the check.
    Error,
}

impl Level {
    /// The word that stands for it.
    pub fn word(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// Where in a file: lines and columns count from 1, columns in Unicode characters; the end lies behind the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Region {
    /// First line.
    pub line: usize,
    /// Column of the first character.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// Column behind the last character.
    pub end_column: usize,
}

/// One thing to tell of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// Id of the rule or cause: kebab-case, stable.
    pub rule: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// One line for a person.
    pub message: String,
    /// The file, relative to where the command ran, with `/`.
    pub path: String,
    /// Where in it; none for a binary file, or for the file as a whole.
    pub region: Option<Region>,
    /// The line of code, or the two sides of a difference.
    pub snippet: Option<String>,
    /// What to do.
    pub fix: Option<String>,
    /// Hex; the same as long as it is the same problem, wherever in the file it has moved to.
    pub fingerprint: String,
    /// Why it is accepted, where it is.
    pub accepted: Option<String>,
}

/// What a rule is, for those who read its id alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleHelp {
    /// Id, as in [`Problem::rule`].
    pub id: &'static str,
    /// Its group, used as a tag.
    pub group: &'static str,
    /// One sentence: what it is.
    pub what: String,
    /// Why it makes builds differ.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// Where to read more.
    pub references: Vec<&'static str>,
}

/// How one check ended: a test case in JUnit's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CheckOutcome {
    /// What was checked: an artifact, a file.
    pub name: String,
    /// How it ended.
    pub result: CheckResult,
}

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum CheckResult {
    /// All is well.
    Pass,
    /// It is not; one line, and the whole text.
    Fail(String, String),
    /// It could not be decided, and why.
    Error(String),
    /// It was not checked, and why.
    Skipped(String),
}

/// Everything that one command has to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProblemReport {
    /// The command, `repro lint`.
    pub command: &'static str,
    /// The answer in one line.
    pub summary: String,
    /// The rules of which there is a problem, sorted by id.
    pub rules: Vec<RuleHelp>,
    /// By path, place and rule.
    pub problems: Vec<Problem>,
    /// What was checked.
    pub checks: Vec<CheckOutcome>,
    /// What went wrong with the command itself (an unreadable file): path and reason.
    pub troubles: Vec<(String, String)>,
}

/// A [`Problem::fingerprint`]: hex of the words' FNV-1a, from two starts; each word ends in a zero byte.
pub fn fingerprint(words: &[&str]) -> String {
    let hash = |start: u64| {
        let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
        bytes.fold(start, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        })
    };
    format!(
        "{:016x}{:016x}",
        hash(0xcbf2_9ce4_8422_2325),
        hash(0x8422_2325_cbf2_9ce4)
    )
}
