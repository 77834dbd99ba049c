//! Why a build missed the cache that another had filled: their two execution logs, and in each action that is not the same, the first thing
//! that is not; if that was made by an action, that one's first, and so on to where it enters.

mod index;
mod sorted;

use super::log::Spawn;
use crate::{
    bytes::Error,
    model::{MissCause, MissReport, Tool},
};
use index::{Index, name};
use sorted::{Entry, Sorter, number};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Causes that are listed.
const CAUSES: usize = 1000;
/// The longest way from an action to what it missed for.
const STEPS: usize = 10_000;
/// Files that are told of a way.
const WAY: usize = 50;
/// Characters of a value that are told.
const VALUE: usize = 300;

/// Compares two logs.
///
/// # Errors
/// One can't be read, or there is no room for what is kept of it.
pub fn compare(a: &Path, b: &Path) -> Result<MissReport, Error> {
    let mut pair = Pair {
        a: Index::read(a)?,
        b: Index::read(b)?,
    };
    pair.keep()?;
    let mut report = MissReport {
        schema_version: 1,
        tool: Tool::SELF,
        a: a.display().to_string(),
        b: b.display().to_string(),
        same: 0,
        missed: 0,
        only_a: 0,
        only_b: 0,
        causes: Vec::new(),
        more: 0,
    };
    let mut causes: BTreeMap<(u64, &'static str, String), MissCause> = BTreeMap::new();
    pair.each(&mut |meeting| {
        let (count, places) = match meeting {
            Meeting::OnlyA => (&mut report.only_a, None),
            Meeting::OnlyB => (&mut report.only_b, None),
            Meeting::Both(x, y) if x.sums[0] == y.sums[0] => (&mut report.same, None),
            Meeting::Both(x, y) => (&mut report.missed, Some([x.place, y.place])),
        };
        *count += 1;
        let cause = places.map(|places| pair.cause(places)).transpose()?.flatten();
        let Some((at, cause)) = cause else { return Ok(()) };
        let known = (at, cause.what, cause.name.clone());
        if let Some(known) = causes.get_mut(&known) {
            known.misses += 1;
        } else if causes.len() < CAUSES {
            causes.insert(known, cause);
        } else {
            report.more += 1;
        }
        Ok(())
    })?;
    report.causes = causes.into_values().collect();
    report
        .causes
        .sort_by(|x, y| (y.misses, &x.output, x.what, &x.name).cmp(&(x.misses, &y.output, y.what, &y.name)));
    Ok(report)
}

struct Pair {
    a: Index,
    b: Index,
}

/// One difference between two actions of one name.
struct Unlike {
    what: &'static str,
    name: String,
    a: Option<String>,
    b: Option<String>,
}

/// What the two logs have of one name.
enum Meeting {
    OnlyA,
    OnlyB,
    Both(Entry, Entry),
}

impl Pair {
    /// Keeps of both logs the actions that are not the same, or that do not make the same.
    fn keep(&mut self) -> Result<(), Error> {
        let mut wanted = [Sorter::default(), Sorter::default()];
        self.each(&mut |meeting| {
            let Meeting::Both(x, y) = meeting else {
                return Ok(());
            };
            if x.sums != y.sums {
                for (wanted, entry) in wanted.iter_mut().zip([x, y]) {
                    let key = number(entry.place);
                    wanted.add(Entry { key, ..entry })?;
                }
            }
            Ok(())
        })?;
        let [a, b] = wanted;
        self.a.keep(a)?;
        self.b.keep(b)
    }

    /// Walks both logs by name.
    fn each(&self, act: &mut dyn FnMut(Meeting) -> Result<(), Error>) -> Result<(), Error> {
        let (mut from_a, mut from_b) = (self.a.spawns.entries()?, self.b.spawns.entries()?);
        let (mut a, mut b) = (from_a.read()?, from_b.read()?);
        loop {
            match (a, b) {
                (None, None) => return Ok(()),
                (Some(x), Some(y)) if x.key == y.key => {
                    act(Meeting::Both(x, y))?;
                    (a, b) = (from_a.read()?, from_b.read()?);
                }
                (Some(x), y) if y.is_none_or(|y| x.key < y.key) => {
                    act(Meeting::OnlyA)?;
                    a = from_a.read()?;
                }
                _ => {
                    act(Meeting::OnlyB)?;
                    b = from_b.read()?;
                }
            }
        }
    }

    /// What two actions of one name missed for, and where in b it enters.
    fn cause(&self, mut places: [u64; 2]) -> Result<Option<(u64, MissCause)>, Error> {
        let (mut way, mut seen, mut last) = (Vec::new(), BTreeSet::new(), None);
        while seen.insert(places) && seen.len() < STEPS {
            let (Some(x), Some(y)) = (self.a.spawn(places[0])?, self.b.spawn(places[1])?) else {
                break;
            };
            let unlike = first(&x, &y);
            let next = match unlike.what {
                SOURCE => self.makers(&unlike.name)?,
                _ => None,
            };
            let path = unlike.name.clone();
            way.truncate(WAY);
            last = Some((places[1], told(unlike, &y, way.clone())));
            let Some(next) = next else { break };
            way.push(path);
            places = next;
        }
        Ok(last)
    }

    /// The actions that make a file, in both builds.
    fn makers(&self, path: &str) -> Result<Option<[u64; 2]>, Error> {
        let Some(b) = self.b.maker(path)? else {
            return Ok(None);
        };
        let Some(spawn) = self.b.spawn(b)? else {
            return Ok(None);
        };
        Ok(self.a.named(&name(&spawn))?.map(|a| [a, b]))
    }
}

/// A file that differs, and that no action of the logs makes.
const SOURCE: &str = "source";

fn told(unlike: Unlike, at: &Spawn, way: Vec<String>) -> MissCause {
    MissCause {
        what: unlike.what,
        name: unlike.name,
        a: unlike.a.map(short),
        b: unlike.b.map(short),
        label: at.label.clone(),
        mnemonic: at.mnemonic.clone(),
        output: at
            .listed
            .first()
            .or(at.outputs.keys().next())
            .cloned()
            .unwrap_or_default(),
        misses: 1,
        way,
    }
}

fn short(text: String) -> String {
    match text.chars().nth(VALUE) {
        None => text,
        Some(_) => text.chars().take(VALUE).chain(['…']).collect(),
    }
}

/// The first thing in which two actions differ.
fn first(x: &Spawn, y: &Spawn) -> Unlike {
    let words = |spawn: &Spawn| -> BTreeMap<String, String> {
        let words = spawn.arguments.iter().enumerate();
        words
            .map(|(at, word)| (format!("word {at:06}"), word.clone()))
            .collect()
    };
    let (own_x, own_y) = (words(x), words(y));
    let parts = [
        ("command", &own_x, &own_y),
        ("variable", &x.variables, &y.variables),
        ("platform", &x.platform, &y.platform),
        (SOURCE, &x.inputs, &y.inputs),
    ];
    let found = parts.into_iter().find_map(|(what, x, y)| {
        let name = x
            .keys()
            .chain(y.keys())
            .filter(|name| x.get(*name) != y.get(*name))
            .min()?;
        Some(Unlike {
            what,
            name: name.clone(),
            a: x.get(name).cloned(),
            b: y.get(name).cloned(),
        })
    });
    found.unwrap_or_else(|| not_hermetic(x, y))
}

/// Two actions that are made from the same make other things.
fn not_hermetic(x: &Spawn, y: &Spawn) -> Unlike {
    let names = x.outputs.keys().chain(y.outputs.keys());
    let name = names
        .filter(|name| x.outputs.get(*name) != y.outputs.get(*name))
        .min()
        .cloned()
        .unwrap_or_default();
    Unlike {
        what: "not-hermetic",
        a: x.outputs.get(&name).cloned(),
        b: y.outputs.get(&name).cloned(),
        name,
    }
}

#[cfg(test)]
mod tests;
