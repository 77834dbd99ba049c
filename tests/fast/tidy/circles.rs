//! What lies side by side in a folder imports in one direction. What a folder's `mod.rs` holds is common to all in it, and makes no circle.

use super::{
    File, files,
    modules::{self, Modules, Place},
    none,
};
use std::collections::{BTreeMap, BTreeSet};

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

/// Groups of those in a folder who reach each other.
fn complaints(files: &[File]) -> Vec<String> {
    let mut circles = BTreeSet::new();
    for (folder, arrows) in arrows(&modules::read(files)) {
        for name in arrows.keys() {
            let each_other = |other: &&str| reached(&arrows, other).contains(name.as_str());
            let group: Vec<&str> = reached(&arrows, name).into_iter().filter(each_other).collect();
            if group.len() > 1 {
                circles.insert(format!("a circle: {}: {}", folder.join("/"), group.join(", ")));
            }
        }
    }
    circles.into_iter().collect()
}

#[test]
fn there_are_no_circles() {
    none(&complaints(&files(&["src"], ".rs")));
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
    assert_eq!(complaints(&files), ["a circle: a: b, c"]);
}
