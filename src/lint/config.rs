//! `[lint]` of `repro.toml`: which rules, how sure, which files, and what is allowed for which reason.

use super::{Confidence, allow, rule};
use crate::bytes::settings::{self, FILE, line, refused};
use globset::{GlobBuilder, GlobMatcher};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    // Tables of other commands are theirs to read.
    lint: Table,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Table {
    select: Vec<Spanned<String>>,
    ignore: Vec<Spanned<String>>,
    confidence: Option<Spanned<String>>,
    exclude: Vec<Spanned<String>>,
    allow: Vec<AllowTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowTable {
    rule: Spanned<String>,
    path: Spanned<String>,
    reason: Spanned<String>,
}

/// `[lint]`.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Rules that are run; all if empty. Ids, `all`, or starts of ids with `*`.
    pub select: Vec<String>,
    /// Rules that are not.
    pub ignore: Vec<String>,
    /// The least confidence that is shown.
    pub confidence: Option<Confidence>,
    /// Files and folders that are left out, in the syntax of `.gitignore`.
    pub exclude: Vec<String>,
    /// Findings that are allowed.
    pub allow: Vec<Exception>,
}

/// `[[lint.allow]]`.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Id of the rule.
    pub rule: String,
    /// Glob of the files, relative to the folder of `repro.toml`.
    pub path: String,
    /// Why.
    pub reason: String,
    /// Its line in `repro.toml`.
    pub line: usize,
    pub(super) matcher: GlobMatcher,
}

impl Config {
    /// Reads the `repro.toml` of a folder; nothing is set where there is none.
    ///
    /// # Errors
    /// It can't be read, or says something that is not understood; the message has the line.
    pub fn load(folder: &Path) -> Result<Self, String> {
        let text = settings::read(folder).map_err(|error| error.to_string())?;
        text.map_or_else(|| Ok(Self::default()), |text| Self::parse(&text))
    }

    /// Reads the text of a `repro.toml`.
    ///
    /// # Errors
    /// It says something that is not understood; the message has the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| refused(FILE, text, &error).to_string())?;
        let line = |at: usize| line(text, at);
        let wrong = |at: usize, what: String| Err(format!("{FILE}:{}: lint: {what}", line(at)));
        let table = file.lint;
        for word in table.select.iter().chain(&table.ignore) {
            let one = std::slice::from_ref(word.get_ref());
            if let Err(what) = super::select::chosen(one, &[], Confidence::Low) {
                return wrong(word.span().start, what);
            }
        }
        let confidence = match &table.confidence {
            None => None,
            Some(word) => match Confidence::of(word.get_ref()) {
                None => return wrong(word.span().start, "confidence is low, medium or high".to_owned()),
                found => found,
            },
        };
        for glob in &table.exclude {
            if let Err(what) = globs(std::slice::from_ref(glob.get_ref())) {
                return wrong(glob.span().start, what);
            }
        }
        let mut exceptions = Vec::new();
        for entry in table.allow {
            let id = entry.rule.get_ref();
            if rule::by_id(id).is_none() {
                let own = allow::OWN.iter().any(|own| own.id == id);
                let what = match own {
                    true => format!("{id} is ignored by `ignore`, not allowed"),
                    false => format!("no rule is called {id:?}; `repro lint --list-rules` lists them"),
                };
                return wrong(entry.rule.span().start, what);
            }
            if entry.reason.get_ref().trim().is_empty() {
                let what = "reason is empty: say why this is allowed".to_owned();
                return wrong(entry.reason.span().start, what);
            }
            let glob = GlobBuilder::new(entry.path.get_ref()).literal_separator(true).build();
            let matcher = match glob {
                Ok(glob) => glob.compile_matcher(),
                Err(error) => return wrong(entry.path.span().start, format!("path: {}", error.kind())),
            };
            exceptions.push(Exception {
                line: line(entry.rule.span().start),
                rule: entry.rule.into_inner(),
                path: entry.path.into_inner(),
                reason: entry.reason.into_inner(),
                matcher,
            });
        }
        let plain = |words: Vec<Spanned<String>>| words.into_iter().map(Spanned::into_inner).collect();
        Ok(Self {
            select: plain(table.select),
            ignore: plain(table.ignore),
            confidence,
            exclude: plain(table.exclude),
            allow: exceptions,
        })
    }
}

/// Globs in the syntax of `.gitignore`.
///
/// # Errors
/// One that can't be read.
pub fn globs(words: &[String]) -> Result<Gitignore, String> {
    let mut builder = GitignoreBuilder::new("");
    builder.allow_unclosed_class(false);
    for word in words {
        builder
            .add_line(None, word)
            .map_err(|error| format!("exclude {word:?}: {error}"))?;
    }
    builder.build().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, says: &str) {
        let error = Config::parse(text).unwrap_err();
        assert!(error.contains(says), "{error}\nnot {says}");
    }

    #[test]
    fn everything_is_read() {
        let text = "[build]\ncommand='make'\n[history]\nx=1\n[lint]\nselect=['all']\nignore=['lint-allow-unused']\nconfidence='high'\nexclude=['vendor/']\n";
        let config = Config::parse(text).unwrap();
        assert_eq!(config.select, ["all"]);
        assert_eq!(config.confidence, Some(Confidence::High));
        assert_eq!(config.exclude, ["vendor/"]);
        assert!(Config::parse("").unwrap().allow.is_empty());
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        refused("[lint]\n\nselected=[]\n", "repro.toml:3: unknown field `selected`");
        refused(
            "[lint]\nselect=[\n 'no-such-rule']\n",
            "repro.toml:3: lint: no rule is called",
        );
        refused("[lint]\nconfidence='sure'\n", "repro.toml:2: lint: confidence is");
        refused("[lint]\nexclude=['a[']\n", "repro.toml:2: lint: exclude");
        refused("[[lint.allow]]\nrule='x'\npath='y'\n", "missing field `reason`");
        refused(
            "[[lint.allow]]\nrule='x'\npath='y'\nreason='z'\n",
            "repro.toml:2: lint: no rule",
        );
        refused("[lint\n", "repro.toml:1");
    }
}
