//! Where two compilers differ: each translation unit is compiled alone by both, and the objects are compared.

use super::{
    experiment::{Experiment, bytes},
    inputs,
    job::{Job, Set, Task, Tree},
    localise,
    perturbation::Perturbation,
    words::Words,
};
use crate::{
    model::{DdcLocalisation, Localised},
    rebuild::{Error, artifacts::Patterns},
};
use std::{collections::BTreeMap, sync::Arc};

/// Two compilers that should be the same.
pub(crate) struct Unlike<'u> {
    /// By way of which toolchain the first was made.
    pub toolchain: usize,
    /// How they are called.
    pub compiler: &'u [String],
    /// What they are both asked to compile.
    pub source: Arc<Tree>,
    /// What the source gives, and what is claimed.
    pub sets: [&'u Arc<Set>; 2],
    /// What these are called.
    pub names: [&'u str; 2],
}

/// Where they differ.
pub(crate) fn localise(experiment: &mut Experiment<'_>, unlike: &Unlike<'_>) -> Result<DdcLocalisation, Error> {
    let [made, claimed] = unlike.sets;
    let mut found = DdcLocalisation {
        toolchain: experiment.named(unlike.toolchain).0.to_owned(),
        a: unlike.names[0].to_owned(),
        b: unlike.names[1].to_owned(),
        ..DdcLocalisation::default()
    };
    let commands = commands(experiment, &unlike.source)?;
    if !commands.is_empty() {
        let job = |name: String, prev: &Arc<Set>| Job {
            name,
            compiler: inputs::seen(unlike.compiler),
            prev: Some(prev.clone()),
            source: unlike.source.clone(),
            perturbation: Perturbation::None,
            task: Task::Each(
                commands
                    .iter()
                    .map(|(unit, _, words)| (unit.clone(), words.clone()))
                    .collect(),
            ),
        };
        let id = found.toolchain.clone();
        let jobs = [
            job("subject/replay".to_owned(), claimed),
            job(format!("{id}/replay"), made),
        ];
        let replayed = experiment.make(&jobs)?;
        found.units = commands.len();
        match replayed
            .iter()
            .map(|made| made.outcome.as_ref())
            .collect::<Result<Vec<_>, _>>()
        {
            Ok(sets) => objects(&commands, sets[0], sets[1], &mut found)?,
            Err(why) => found.failed.push(format!("no unit could be compiled alone: {why}")),
        }
    }
    if found.differ.is_empty() {
        artifacts(made, claimed, &mut found)?;
    }
    Ok(found)
}

/// Compares the artifacts themselves: nothing was replayed, or the difference is in no unit alone.
pub fn artifacts(a: &Set, b: &Set, found: &mut DdcLocalisation) -> Result<(), Error> {
    found.artifacts = true;
    for (path, digest) in &a.files {
        match b.files.get(path) {
            Some(other) if other == digest => {}
            Some(_) => compare(path, &bytes(a, path)?, &bytes(b, path)?, found),
            None => found
                .unread
                .push(format!("{path}: only among the artifacts of {}", found.a)),
        }
    }
    let extra = b.files.keys().filter(|path| !a.files.contains_key(*path));
    found
        .unread
        .extend(extra.map(|path| format!("{path}: only among the artifacts of {}", found.b)));
    Ok(())
}

/// Unit, object, command.
fn commands(experiment: &Experiment<'_>, source: &Tree) -> Result<Vec<(String, String, Words)>, Error> {
    let Some(replay) = &experiment.spec.replay else {
        return Ok(Vec::new());
    };
    let words = Words::of(
        &replay.command,
        &["cc", "out", "prev", "source", "spec", "unit", "object"],
    )?;
    let units = Patterns::new(&replay.units)?.matches(&source.folder).map_err(|_| {
        Error::not_found(format!(
            "[replay] units: nothing in the source matches {}",
            replay.units.join(", ")
        ))
    })?;
    let one = |unit: &std::path::PathBuf| {
        let unit = unit.to_string_lossy().into_owned();
        let object = format!("{}.o", unit.replace('/', "_"));
        let values: BTreeMap<&str, String> = [
            ("unit", format!("{}/{unit}", source.mount)),
            ("object", format!("{}/{object}", super::places::OUT)),
        ]
        .into();
        (unit, object, words.partly(&values))
    };
    Ok(units.iter().map(one).collect())
}

fn objects(
    commands: &[(String, String, Words)],
    a: &Arc<Set>,
    b: &Arc<Set>,
    found: &mut DdcLocalisation,
) -> Result<(), Error> {
    for (unit, object, _) in commands {
        match (a.files.get(object), b.files.get(object)) {
            (Some(x), Some(y)) if x == y => {}
            (Some(_), Some(_)) => compare(unit, &bytes(b, object)?, &bytes(a, object)?, found),
            (None, Some(_)) => found.failed.push(format!(
                "{unit}: {} does not compile it alone, {} does",
                found.b, found.a
            )),
            (Some(_), None) => found.failed.push(format!(
                "{unit}: {} does not compile it alone, {} does",
                found.a, found.b
            )),
            (None, None) => found.failed.push(format!("{unit}: neither compiles it alone")),
        }
    }
    Ok(())
}

/// `a` is what the source gives, `b` what is c_A's: what c_A has more is then added.
fn compare(name: &str, a: &[u8], b: &[u8], found: &mut DdcLocalisation) {
    let all: Vec<Localised> = localise::compare_all(name, a, b);
    found.differ.extend(all);
}
