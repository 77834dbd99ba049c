//! What of a spec can't be carried out.

#[cfg(test)]
mod tests;

use super::{BASE, EnvironmentConfig, Generation, Source, Spec, Step, Subject};
use crate::{
    bytes::digest::is_hex,
    ddc::words::Words,
    model::DdcMode,
    rebuild::{Error, artifacts::Patterns, units},
};
use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
};

/// Refuses a spec that can't be carried out, with the place in its text.
pub fn all(spec: &Spec, name: &str, text: &str) -> Result<(), Error> {
    let refused = |(place, why): Refusal| why.about(&place).of(name).in_line(line(text, &place));
    Check(spec).all().map_err(refused)
}

/// The line of a table's header; none where the key stands before all tables.
fn line(text: &str, place: &str) -> Option<usize> {
    let (header, number) = place.split_once(" number ").unwrap_or((place, "1"));
    let number: usize = number.parse().unwrap_or(1);
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.trim_start().starts_with(header));
    lines.nth(number.saturating_sub(1)).map(|(n, _)| n + 1)
}

/// Where, and why.
type Refusal = (String, Error);

struct Check<'a>(&'a Spec);

impl Check<'_> {
    fn all(&self) -> Result<(), Refusal> {
        self.mode()?;
        self.source("[source]", &self.0.source)?;
        self.environment()?;
        self.toolchains()?;
        let own = |generation: &Generation| !generation.steps.is_empty();
        if self.0.generations.is_empty() || !self.0.generations.iter().all(own) {
            self.steps("[[step]]", &self.0.steps)?;
        }
        self.generations()?;
        if let Some(subject) = &self.0.subject {
            self.subject(subject)?;
        }
        self.0.rules().map_err(|why| ("[normalise]".to_owned(), why))?;
        Patterns::new(&self.0.artifacts.files).map_err(|why| ("[artifacts]".to_owned(), why))?;
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
        if !is_hex(hex, 64) {
            return refuse(
                place,
                "`digest` must be sha256: and 64 hexadecimal digits, the tree digest",
            );
        }
        let below = Path::new(&source.mount).strip_prefix(BASE).unwrap_or(Path::new(""));
        let plain = below.components().all(|part| matches!(part, Component::Normal(_)));
        let first = below.iter().next().and_then(|name| name.to_str());
        match first {
            Some(first) if plain && !["out", "prev", "run", "spec", "home"].contains(&first) => Ok(()),
            _ => refuse(
                place,
                "`mount` must lie below /build, and not be its out, prev, run, spec or home",
            ),
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
        if let Some(name) = allow
            .iter()
            .chain(set.keys())
            .find(|n| n.is_empty() || n.contains(['=', '\0']))
        {
            return refuse(place, &format!("{name:?} is not the name of a variable"));
        }
        if let Some(moment) = source_date_epoch {
            units::moment(&moment.to_string())
                .map_err(|error| (place.to_owned(), Error::usage(&error).because(error)))?;
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
            if !plain(id) || id == "subject" {
                return refuse(
                    &place,
                    &format!("{id:?} is not an id: use letters, digits, `.`, `_`, `+`, `-`"),
                );
            }
            if !seen.insert(id) {
                return refuse(&place, &format!("the id {id:?} is given twice"));
            }
            let words = toolchain.compiler();
            if words.first().is_none_or(String::is_empty) {
                return refuse(&place, "`command` is empty");
            }
            Words::list(&words, &["spec", "source"]).map_err(|why| (place.clone(), why))?;
            pinned(&place, toolchain.digest.as_ref())?;
            if toolchain.lineage.front_end.trim().is_empty() {
                return refuse(
                    &place,
                    "`lineage` needs a `front_end`: it decides who is independent of whom",
                );
            }
        }
        Ok(())
    }

    fn steps(&self, table: &str, steps: &[Step]) -> Result<(), Refusal> {
        if steps.is_empty() {
            return refuse(table, "there is none: say how a compiler is made");
        }
        let mut compiles = false;
        for (number, step) in steps.iter().enumerate() {
            let place = format!("{table} number {}", number + 1);
            let words = Words::of(&step.command, &["cc", "out", "prev", "source", "spec"])
                .map_err(|why| (place.clone(), why))?;
            if words.is_empty() {
                return refuse(&place, "`command` is empty");
            }
            compiles |= words.uses("cc");
        }
        match compiles {
            true => Ok(()),
            false => refuse(table, "no step uses {cc}, so the toolchains would not be used"),
        }
    }

    /// The chain: what `[subject]` says of its one compiler, each generation says of itself.
    fn generations(&self) -> Result<(), Refusal> {
        let (all, mut seen) = (&self.0.generations, BTreeSet::new());
        let Some(first) = all.first() else { return Ok(()) };
        if all.len() < 2 {
            return refuse(
                "[[generation]]",
                "a chain has two or more; else `[subject]` says all of it",
            );
        }
        for (number, generation) in all.iter().enumerate() {
            let place = format!("[[generation]] number {}", number + 1);
            if !plain(&generation.name) || !seen.insert(&generation.name) {
                let why = format!(
                    "{:?} is not a name of its own: use letters, digits, `.`, `_`, `+`, `-`",
                    generation.name
                );
                return refuse(&place, &why);
            }
            called(&place, &generation.compiler)?;
            if let Some(source) = &generation.source {
                self.source(&place, source)?;
            }
            Patterns::new(&generation.files).map_err(|why| (place.clone(), why))?;
            if !generation.steps.is_empty() {
                self.steps("[[generation.step]]", &generation.steps)?;
            }
        }
        let Some(subject) = &self.0.subject else {
            return refuse("[[generation]]", "there is one in mode \"ddc\" only");
        };
        if !subject.compiler.is_empty() || subject.artifacts.is_some() || subject.parent_source.is_some() {
            let why = "with [[generation]], each generation has `compiler`, `artifacts` and `source`";
            return refuse("[subject]", why);
        }
        if first.artifacts.is_none() && (subject.parent.is_none() || subject.is_own_parent()) {
            let why = "nothing makes it: give its `artifacts`, or [subject] a `parent` that is a command";
            return refuse("[[generation]] number 1", why);
        }
        Ok(())
    }

    fn subject(&self, subject: &Subject) -> Result<(), Refusal> {
        let place = "[subject]";
        let chain = !self.0.generations.is_empty();
        if !chain {
            called(place, &subject.compiler)?;
        }
        pinned(place, subject.digest.as_ref())?;
        match (&subject.parent, &subject.artifacts) {
            _ if chain => {}
            (Some(_), None) if subject.is_own_parent() => {
                return refuse(
                    place,
                    "parent = \"self\" needs `artifacts`: the compiler under test, to start from",
                );
            }
            (None, None) => return refuse(place, "give `artifacts`, or a `parent` that makes them"),
            (None, Some(_)) if subject.regenerate => {
                return refuse(
                    place,
                    "`regenerate` needs a `parent`; set regenerate = false if there is none",
                );
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
        Patterns::new(&replay.units)
            .map(drop)
            .map_err(|why| (place.to_owned(), why))
    }

    fn behaviour(&self) -> Result<(), Refusal> {
        let Some(behaviour) = &self.0.behaviour else {
            return Ok(());
        };
        let mut seen = BTreeSet::new();
        for (number, run) in behaviour.runs.iter().enumerate() {
            let place = format!("[[behaviour.run]] number {}", number + 1);
            let words = Words::of(&run.command, &["out", "source", "spec"]).map_err(|why| (place.clone(), why))?;
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

/// Whether a word can be part of the name of a run, and of a file.
fn plain(word: &str) -> bool {
    let all = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    !word.is_empty() && word.chars().all(all) && !word.starts_with('.')
}

/// Refuses a digest that is none.
fn pinned(place: &str, digest: Option<&String>) -> Result<(), Refusal> {
    let hex = |digest: &String| digest.strip_prefix("sha256:").is_some_and(|hex| is_hex(hex, 64));
    match digest.is_none_or(hex) {
        true => Ok(()),
        false => refuse(place, "`digest` must be sha256: and 64 hexadecimal digits"),
    }
}

/// Refuses what does not call a compiler that a stage has made.
fn called(place: &str, compiler: &[String]) -> Result<(), Refusal> {
    let words = Words::list(compiler, &["prev", "source", "spec"]).map_err(|why| (place.to_owned(), why))?;
    match words.uses("prev") {
        true => Ok(()),
        false => refuse(
            place,
            "`compiler` must name a file below {prev}: the compiler that a stage has made",
        ),
    }
}

fn refuse(place: &str, why: &str) -> Result<(), Refusal> {
    Err((place.to_owned(), Error::usage(why)))
}
