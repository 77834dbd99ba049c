//! Values that have names: which there are, for completions, and what a wrong one is told.

use clap::{
    Arg, Command, Error,
    builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser},
};
use repro::{
    bytes::digest::Algorithm,
    cause::CAUSES,
    lint::{Rule, allow, rule},
    rebuild::{remedy::REMEDIES, variation::VARIATIONS},
};
use std::ffi::OsStr;

/// Takes any word, and tells completions which ones there are: what is wrong with one is said by whoever reads it, as of `repro.toml`.
#[derive(Clone)]
pub(super) struct Names(fn() -> Vec<PossibleValue>);

impl TypedValueParser for Names {
    type Value = String;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.0)().into_iter()))
    }
}

/// Names of variations.
pub(super) fn variations() -> Names {
    Names(|| VARIATIONS.iter().map(|one| PossibleValue::new(one.name())).collect())
}

/// The same, and the words for none and for all.
pub(super) fn varied() -> Names {
    Names(|| {
        let words = ["control", "all"].map(PossibleValue::new).into_iter();
        words.chain((variations().0)()).collect()
    })
}

/// Names of known fixes.
pub(super) fn remedies() -> Names {
    Names(|| REMEDIES.iter().map(|one| PossibleValue::new(one.name)).collect())
}

/// Ids of lint's rules, each with its title.
pub(super) fn rules() -> Names {
    Names(|| {
        let value = |rule: &Rule| PossibleValue::new(rule.id).help(rule.what);
        let all = [PossibleValue::new("all")].into_iter();
        all.chain(every_rule().map(value)).collect()
    })
}

/// What has a page of its own: causes and rules.
pub(super) fn explained() -> Names {
    Names(|| {
        let causes = CAUSES.iter().map(|cause| (cause.id(), cause.advice().what));
        let rules = every_rule().map(|rule| (rule.id, rule.what));
        let value = |(id, what)| PossibleValue::new(id).help(what);
        let mut all: Vec<PossibleValue> = causes.chain(rules).map(value).collect();
        all.sort_by(|a, b| a.get_name().cmp(b.get_name()));
        all
    })
}

/// Commands that have a manual page.
pub(super) fn commands() -> Names {
    Names(|| {
        let names = super::formats::commands().filter(|path| path.len() == 1);
        names.map(|path| PossibleValue::new(path[0])).collect()
    })
}

/// Every rule that can be named.
pub(super) fn every_rule() -> impl Iterator<Item = &'static Rule> {
    rule::all().chain(allow::OWN.iter().copied())
}

/// One of a few words.
pub(super) fn one_of<T>(all: &'static [&'static str], read: fn(&str) -> Option<T>) -> impl TypedValueParser<Value = T>
where
    T: Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(all).try_map(move |word| read(&word).ok_or("there is no such word"))
}

/// Reads a digest algorithm, in any spelling; what is none is refused with the list.
#[derive(Clone)]
pub(super) struct Algorithms(pub(super) &'static [Algorithm]);

impl TypedValueParser for Algorithms {
    type Value = Algorithm;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<Algorithm, Error> {
        match value.to_str().and_then(|name| name.parse().ok()) {
            Some(known) if self.0.contains(&known) => Ok(known),
            Some(_) => too_weak.parse_ref(command, argument, value),
            None => {
                let names = PossibleValuesParser::new(self.0.iter().map(|one| one.id()));
                let read = names.try_map(|name| name.parse::<Algorithm>());
                read.parse_ref(command, argument, value)
            }
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(|one| PossibleValue::new(one.id()))))
    }
}

fn too_weak(_: &str) -> Result<Algorithm, &'static str> {
    Err("too weak to write; `repro check` reads it")
}
