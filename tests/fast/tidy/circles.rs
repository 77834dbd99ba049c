//! What lies side by side in a folder imports in one direction. What a folder's `mod.rs` holds is common to all in it, and makes no circle.

use super::{
    File, files,
    modules::{self, Modules, Place},
    none,
};
use std::collections::{BTreeMap, BTreeSet};

/// Circles that are there: folder, and its files or folders that need each other. There are none left.
const CIRCLES: &[&str] = &[];

/// For each folder: who of those in it imports whom.
fn arrows(modules: &Modules) -> BTreeMap<Place, BTreeMap<String, BTreeSet<String>>> {
    let mut arrows: BTreeMap<Place, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (from, targets) in modules.imports() {
        for to in targets {
            let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
            if let (Some(a), Some(b)) = (from.get(common), to.get(common)) {
                let folder = arrows.entry(from[..common].to_vec()).or_default();
                folder.entry(a.clone()).or_default().insert(b.clone());
            }
        }
    }
    arrows
}

/// All that can be reached from one.
fn reached<'a>(arrows: &'a BTreeMap<String, BTreeSet<String>>, from: &'a str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(next) = open.pop() {
        let new = arrows
            .get(next)
            .into_iter()
            .flatten()
            .filter(|to| found.insert(to.as_str()));
        open.extend(new.map(String::as_str));
    }
    found
}

/// Groups of those who reach each other, as `folder: one, other`.
fn circles(files: &[File]) -> BTreeSet<String> {
    let mut circles = BTreeSet::new();
    for (folder, arrows) in arrows(&modules::read(files)) {
        for name in arrows.keys() {
            let each_other = |other: &&str| reached(&arrows, other).contains(name.as_str());
            let group: Vec<&str> = reached(&arrows, name).into_iter().filter(each_other).collect();
            if group.len() > 1 {
                circles.insert(format!("{}: {}", folder.join("/"), group.join(", ")));
            }
        }
    }
    circles
}

fn complaints(files: &[File], known: &[&str]) -> Vec<String> {
    let found = circles(files);
    let new = found.iter().filter(|circle| !known.contains(&circle.as_str()));
    let gone = known.iter().filter(|circle| !found.contains(**circle));
    new.map(|circle| format!("a new circle: {circle}"))
        .chain(gone.map(|circle| format!("no circle any more: take it off the list: {circle}")))
        .collect()
}

#[test]
fn no_circles_but_those_that_are_known() {
    none(&complaints(&files(&["src"], ".rs"), CIRCLES));
}

#[test]
fn broken_once() {
    let files = [
        File::new("src/lib.rs", "mod a;"),
        File::new("src/a/mod.rs", "mod b; mod c; mod d; mod e; pub use b::B;"),
        File::new("src/a/b.rs", "use super::c::C;"),
        File::new("src/a/c.rs", "use super::B;"),
        // The common parent's own, a way round that ends, and tests make no circle.
        File::new("src/a/d.rs", "use super::{Own, b::B};"),
        File::new(
            "src/a/e/mod.rs",
            "mod f; mod tests; use crate::a::d; #[cfg(test)] mod more { use super::f::F; }",
        ),
        File::new("src/a/e/f.rs", "use super::Own;"),
        File::new("src/a/e/tests.rs", "use super::f;"),
    ];
    assert_eq!(complaints(&files, &[]), ["a new circle: a: b, c"]);
    assert_eq!(complaints(&files, &["a: b, c"]), [""; 0]);
    let gone = "no circle any more: take it off the list: a: x, y";
    assert_eq!(complaints(&files, &["a: b, c", "a: x, y"]), [gone]);
}
