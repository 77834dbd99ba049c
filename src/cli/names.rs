//! Values that have names: which there are, for completions, and what a wrong one is told.

use clap::{
    Arg, Command, Error,
    builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser},
};
use repro::{
    bytes::digest::Algorithm,
    cause::CAUSES,
    lint::{Rule, select::every_rule},
    rebuild::{
        ALL,
        pin::{self, PINS, Pin},
        remedy::REMEDIES,
        variation::VARIATIONS,
    },
    settings::preset::PRESETS,
};
use std::ffi::OsStr;

/// The word for no variation.
const CONTROL: &str = "control";

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
        let words = [CONTROL, ALL].map(PossibleValue::new).into_iter();
        words.chain((variations().0)()).collect()
    })
}

/// What these words choose: nothing of the control, and no answer where none is given.
pub(super) fn chosen(words: &[String]) -> Option<Vec<String>> {
    match words {
        [] => None,
        [control] if control == CONTROL => Some(Vec::new()),
        names => Some(names.to_vec()),
    }
}

/// Names of what the control environment pins, and the word for all.
pub(super) fn pins() -> Names {
    Names(|| {
        let one = |pin: &Pin| PossibleValue::new(pin.name).help(pin.what);
        PINS.iter().map(one).chain([PossibleValue::new(pin::ALL)]).collect()
    })
}

/// Names of kinds of source trees.
pub(super) fn presets() -> Names {
    Names(|| {
        let one = |preset: &&repro::settings::preset::Preset| PossibleValue::new(preset.name).help(preset.what);
        PRESETS.iter().map(one).collect()
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

/// One of a few values, by its word.
pub(super) fn one_of<T>(all: &'static [T], word: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    let words = PossibleValuesParser::new(all.iter().map(|one| word(*one)));
    words.try_map(move |given| {
        let meant = all.iter().copied().find(|one| word(*one) == given);
        meant.ok_or("there is no such word")
    })
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
