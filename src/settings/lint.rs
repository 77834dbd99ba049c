//! `[lint]`: which rules, how sure, which files, and what is allowed for which reason.

use super::Wrong;
use crate::{
    bytes::settings::line,
    lint::{
        Confidence, allow,
        config::{Config, Exception, globs},
        rule, select,
    },
};
use serde::Deserialize;
use toml::Spanned;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Table {
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

fn wrong(value: &Spanned<String>, what: &str) -> Wrong {
    Wrong::at(value, format!("lint: {what}"))
}

impl Table {
    /// What the table says, which stands in `text`.
    pub(super) fn checked(self, text: &str) -> Result<Config, Wrong> {
        for word in self.select.iter().chain(&self.ignore) {
            let one = std::slice::from_ref(word.get_ref());
            select::chosen(one, &[], Confidence::Low).map_err(|error| wrong(word, &error.to_string()))?;
        }
        let confidence = self
            .confidence
            .as_ref()
            .map(|word| Confidence::of(word.get_ref()).ok_or_else(|| wrong(word, "confidence is low, medium or high")));
        for glob in &self.exclude {
            globs(std::slice::from_ref(glob.get_ref())).map_err(|error| wrong(glob, &error.to_string()))?;
        }
        let plain = |words: Vec<Spanned<String>>| words.into_iter().map(Spanned::into_inner).collect();
        Ok(Config {
            select: plain(self.select),
            ignore: plain(self.ignore),
            confidence: confidence.transpose()?,
            exclude: plain(self.exclude),
            allow: self
                .allow
                .into_iter()
                .map(|entry| entry.checked(text))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl AllowTable {
    fn checked(self, text: &str) -> Result<Exception, Wrong> {
        let id = self.rule.get_ref();
        if rule::by_id(id).is_none() {
            return Err(wrong(&self.rule, &unknown(id)));
        }
        if self.reason.get_ref().trim().is_empty() {
            return Err(wrong(&self.reason, "reason is empty: say why this is allowed"));
        }
        let (rule, line) = (id.clone(), line(text, self.rule.span().start));
        let exception = Exception::new(rule, self.path.get_ref().clone(), self.reason.into_inner(), line);
        exception.map_err(|error| wrong(&self.path, &error.to_string()))
    }
}

fn unknown(id: &str) -> String {
    if allow::OWN.iter().any(|own| own.id == id) {
        return format!("{id} is ignored by `ignore`, not allowed");
    }
    select::unknown(id, rule::all().map(|rule| rule.id))
}
