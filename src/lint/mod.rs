//! Finds what in sources and build scripts makes builds differ: one file a rule (`rule/`), one file a language (`language/`).
//!
//! A file becomes one or more [`Code`]s: itself, and the shell commands inside it (recipes of a makefile, `RUN` of a Dockerfile,
//! `run:` of a workflow, `%build` of a spec file). A rule sees one `Code` of a language that it names, and only if one of its
//! trigger words is in the file.

pub mod allow;
pub mod code;
pub mod config;
mod embedded;
pub mod fix;
pub mod found;
mod grammar;
mod guard;
pub mod judge;
pub mod language;
pub mod look;
pub mod rule;
pub mod scan;
pub mod select;
pub mod subject;

pub use code::Code;
pub use grammar::Language;

use crate::model::RuleHelp;
use std::ops::Range;

/// How sure a finding of a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Often harmless: shown only if asked for.
    Low,
    /// Usually right; depends on what the output is used for.
    Medium,
    /// Practically always makes builds differ.
    High,
}

impl Confidence {
    /// The word that stands for it.
    pub fn word(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }

    /// The confidence that a word stands for.
    pub fn of(word: &str) -> Option<Self> {
        let all = [Confidence::Low, Confidence::Medium, Confidence::High];
        all.into_iter().find(|confidence| confidence.word() == word)
    }
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case, stable: `c-date-time`.
    pub id: &'static str,
    /// The languages whose code it looks at.
    pub languages: &'static [Language],
    /// Id of the cause that this brings about (`repro explain CAUSE`).
    pub cause: &'static str,
    /// How sure its findings are.
    pub confidence: Confidence,
    /// One line: what it finds. A title: it starts a sentence, and ends in no full stop.
    pub what: &'static str,
    /// Why that makes builds differ, and when it does not.
    pub why: &'static str,
    /// What to write instead.
    pub fix: &'static str,
    /// Where to read more.
    pub references: &'static [&'static str],
    /// A file without any of these words (ASCII, exact case) has no finding.
    pub triggers: &'static [&'static str],
    /// Looks at one piece of code.
    pub check: fn(&Code<'_>, &mut Hits),
}

impl Rule {
    /// What it is, for reports.
    pub fn help(&self) -> RuleHelp {
        RuleHelp {
            id: self.id,
            group: "lint",
            // A sentence, where the registry has a title.
            what: format!("{}.", self.what),
            why: self.why.to_owned(),
            fix: self.fix.to_owned(),
            references: self.references.to_vec(),
        }
    }
}

/// A place that a rule finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Bytes of [`Code::text`].
    pub span: Range<usize>,
    /// One line for a person, about this place.
    pub message: String,
    /// The certain fix, if there is one: bytes to replace, and what by. Applied by `--fix`.
    pub edit: Option<(Range<usize>, String)>,
}

/// What a rule finds in one piece of code.
#[derive(Debug, Default)]
pub struct Hits(pub Vec<Hit>);

impl Hits {
    /// A place without a certain fix.
    pub fn at(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.0.push(Hit {
            span,
            message: message.into(),
            edit: None,
        });
    }

    /// A place with a fix that cannot be wrong: `edit` is put in the place of bytes `place`.
    pub fn fixable(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        place: Range<usize>,
        edit: impl Into<String>,
    ) {
        self.0.push(Hit {
            span,
            message: message.into(),
            edit: Some((place, edit.into())),
        });
    }
}
