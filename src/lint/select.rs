//! Which rules are run, and which of them a text may meet.

use super::{Confidence, Language, Rule, allow, rule};
use crate::bytes::{Error, settings::meant};
use aho_corasick::AhoCorasick;
use std::collections::BTreeMap;

/// What the words of `select` and `ignore` leave of the rules.
///
/// A word is a rule's id, `all`, or the start of ids with `*`. Without `select`, all are meant. A rule is run if it is at least as sure
/// as `confidence`, or named by its whole id.
///
/// # Errors
/// A word that no rule answers to.
pub fn chosen(select: &[String], ignore: &[String], confidence: Confidence) -> Result<Vec<&'static Rule>, Error> {
    for word in select.iter().chain(ignore) {
        let known = || every_rule().map(|rule| rule.id);
        if word != "all" && !known().any(|id| matches(word, id)) {
            return Err(Error::usage(unknown(word, known())));
        }
    }
    let wanted = |rule: &&'static Rule| {
        let named = select.iter().any(|word| word == rule.id);
        let asked = select.is_empty() || select.iter().any(|word| matches(word, rule.id));
        asked && (named || rule.confidence >= confidence) && !ignore.iter().any(|word| matches(word, rule.id))
    };
    Ok(rule::all().filter(wanted).collect())
}

/// Every rule that can be named: those that are run, and those about allow comments.
pub fn every_rule() -> impl Iterator<Item = &'static Rule> {
    rule::all().chain(allow::OWN.iter().copied())
}

/// What is said of a word that is none of the known rules.
pub(crate) fn unknown(word: &str, known: impl Iterator<Item = &'static str>) -> String {
    let meant = meant(word, known);
    format!("no rule is called {word:?}; `repro lint --list-rules` lists them{meant}")
}

/// Whether a rule about allow comments, which are not looked for in code, is asked for.
pub fn keeps(select: &[String], ignore: &[String], id: &str) -> bool {
    let asked = select.is_empty() || select.iter().any(|word| matches(word, id));
    asked && !ignore.iter().any(|word| matches(word, id))
}

fn matches(word: &str, id: &str) -> bool {
    match word.strip_suffix('*') {
        Some(start) => id.starts_with(start),
        None => word == id || word == "all",
    }
}

/// The rules of one language, and the words without which they find nothing.
pub(super) struct Matcher {
    pub(super) rules: Vec<&'static Rule>,
    /// For each pattern, the rule that it is a trigger of.
    of: Vec<usize>,
    words: Option<AhoCorasick>,
    /// Rules without triggers.
    always: Vec<usize>,
}

impl Matcher {
    fn new(rules: Vec<&'static Rule>) -> Result<Self, Error> {
        let mut of = Vec::new();
        let mut words = Vec::new();
        let mut always = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            if rule.triggers.is_empty() {
                always.push(index);
            }
            for word in rule.triggers {
                of.push(index);
                words.push(*word);
            }
        }
        let words = match words.is_empty() {
            true => None,
            false => Some(AhoCorasick::new(&words).map_err(|error| Error::usage(&error).because(error))?),
        };
        Ok(Self {
            rules,
            of,
            words,
            always,
        })
    }

    /// The rules that may find something in a text, in their order.
    pub(super) fn met(&self, text: &str) -> Vec<&'static Rule> {
        let mut met = vec![false; self.rules.len()];
        for index in &self.always {
            met[*index] = true;
        }
        let mut left = met.iter().filter(|met| !**met).count();
        if let Some(words) = &self.words {
            for found in words.find_overlapping_iter(text) {
                let index = self.of[found.pattern().as_usize()];
                if !met[index] {
                    met[index] = true;
                    left -= 1;
                    if left == 0 {
                        break;
                    }
                }
            }
        }
        let rules = self.rules.iter().zip(met);
        rules.filter(|(_, met)| *met).map(|(rule, _)| *rule).collect()
    }
}

/// The rules that are run, by language.
pub struct Rules {
    by_language: BTreeMap<Language, Matcher>,
}

impl Rules {
    /// Makes ready to look for these.
    ///
    /// # Errors
    /// More trigger words than a machine can look for.
    pub fn new(rules: &[&'static Rule]) -> Result<Self, Error> {
        let mut lists: BTreeMap<Language, Vec<&'static Rule>> = BTreeMap::new();
        for rule in rules {
            for language in rule.languages {
                let list = lists.entry(*language).or_default();
                if !list.iter().any(|known| known.id == rule.id) {
                    list.push(rule);
                }
            }
        }
        let by_language = lists
            .into_iter()
            .map(|(language, rules)| Ok((language, Matcher::new(rules)?)))
            .collect::<Result<_, Error>>()?;
        Ok(Self { by_language })
    }

    pub(super) fn of(&self, language: Language) -> Option<&Matcher> {
        self.by_language.get(&language)
    }

    /// Whether a rule is among them.
    pub(super) fn has(&self, id: &str) -> bool {
        let mut all = self.by_language.values().flat_map(|matcher| &matcher.rules);
        all.any(|rule| rule.id == id)
    }
}
