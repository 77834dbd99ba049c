//! Variations that alone change the artifacts, but show only where another culprit does: that one is blamed, and lists them.

use super::{capture, compare::Control, lab::Lab};
use crate::{
    model::{Effect, Guilty},
    rebuild::artifacts,
};
use std::{collections::BTreeSet, fs, path::Path};

/// What can be mixed into a random value or the order of a hash table: addresses, and what lies on the stack with the variables.
const MIXED: &[&str] = &["aslr", "env", "parallelism"];
/// Causes of which that may be so.
const CHANCE: &[&str] = &["random-value", "random-temp-path", "hash-order"];

/// Where `env` is guilty, a variation that shows in its own variables only, wherever they are copied, is not guilty itself.
pub(super) fn captured(lab: &Lab<'_>, control: &Control, guilty: &mut Vec<Guilty>) {
    let copies = |_: &Guilty, g: &Guilty, name: &str| {
        let changes = lab.runner.changes(name);
        let (Some(a), Some(b)) = (lab.made.get(&control.id), lab.made.get(&g.only)) else {
            return false;
        };
        let copied = |artifact: &String| {
            let read = |folder: &Path| fs::read(artifacts::folder(folder).join(artifact));
            match (read(&a.folder), read(&b.folder)) {
                (Ok(a), Ok(b)) => capture::only_captured(&a, &b, &changes),
                _ => false,
            }
        };
        g.artifacts.iter().all(copied)
    };
    fold(guilty, "env", copies, |env, names| env.captured = names);
}

/// Where `random` is guilty, a variation that changes the same places only, and shows nothing of its own, is not guilty itself.
pub(super) fn mixed(guilty: &mut Vec<Guilty>) {
    let places = |g: &Guilty| -> BTreeSet<String> {
        let roots = g.findings.iter().filter(|finding| !finding.knock_on);
        let open = g.unexplained.iter().map(|place| place.address.clone());
        roots.map(|finding| finding.address.clone()).chain(open).collect()
    };
    let mixes = |random: &Guilty, g: &Guilty, name: &str| {
        let own = places(g);
        let mut roots = g.findings.iter().filter(|finding| !finding.knock_on);
        MIXED.contains(&name)
            && !own.is_empty()
            && own.is_subset(&places(random))
            && roots.all(|finding| CHANCE.contains(&finding.cause))
    };
    fold(guilty, "random", mixes, |random, names| random.mixed = names);
}

/// Takes single variations out that follow the culprit `leader`, within the artifacts that it changes, too; they are noted with it.
fn fold(
    guilty: &mut Vec<Guilty>,
    leader: &str,
    follows: impl Fn(&Guilty, &Guilty, &str) -> bool,
    note: impl Fn(&mut Guilty, Vec<String>),
) {
    let differs = |g: &Guilty| g.effect == Effect::Differs;
    let Some(at) = guilty.iter().position(|g| g.variations == [leader] && differs(g)) else {
        return;
    };
    let mut leads = guilty.remove(at);
    let mut names = Vec::new();
    guilty.retain(|g| {
        let [name] = &g.variations[..] else { return true };
        let within = g.artifacts.iter().all(|artifact| leads.artifacts.contains(artifact));
        let gone = differs(g) && within && follows(&leads, g, name);
        if gone {
            names.push(name.clone());
        }
        !gone
    });
    note(&mut leads, names);
    // In the order of before.
    guilty.insert(at.min(guilty.len()), leads);
}
