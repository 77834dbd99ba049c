//! Modules of a crate, and which of them a path leads to, also where a module in between only passes a name on.

use super::{
    File,
    code::{Path, bare, paths, without_tests},
};
use std::collections::BTreeMap;

/// How often a name may be passed on.
const MOST: usize = 8;

/// A place in the tree of modules: `["format", "tar"]`.
pub type Place = Vec<String>;

/// The modules of `src/`, each with the paths in it.
pub struct Modules(BTreeMap<Place, Vec<Path>>);

/// The module of a file: `src/format/tar.rs` is `["format", "tar"]`, `src/format/mod.rs` is `["format"]`.
pub fn place(path: &str) -> Place {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut place: Place = path.split('/').map(str::to_owned).collect();
    if matches!(place.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        place.pop();
    }
    place
}

/// All but what only tests see.
pub fn read(files: &[File]) -> Modules {
    let module = |file: &File| (place(&file.path), paths(without_tests(&bare(&file.text))));
    let shipped = |(place, _): &(Place, _)| place.last().is_none_or(|name| name != "tests");
    Modules(files.iter().map(module).filter(shipped).collect())
}

/// With what only tests see.
pub fn whole(files: &[File]) -> Modules {
    let module = |file: &File| (place(&file.path), paths(&bare(&file.text)));
    Modules(files.iter().map(module).collect())
}

impl Modules {
    /// Each module, and the modules that it imports from: where what it names really lies.
    pub fn imports(&self) -> impl Iterator<Item = (&Place, Vec<&Place>)> {
        self.0.iter().map(move |(from, paths)| {
            let lead = |path: &Path| self.module(&self.absolute(from, &path.names)?, 0);
            (from, paths.iter().filter_map(lead).collect())
        })
    }

    /// Each module and the paths in it, as written and from the crate's root: where they lead whoever passes a name on.
    pub fn named(&self) -> impl Iterator<Item = (&Place, Vec<(&Path, Place)>)> {
        self.0.iter().map(move |(from, paths)| {
            let paths = paths.iter();
            let absolute = paths.filter_map(|path| Some((path, self.absolute(from, &path.names)?)));
            (from, absolute.collect())
        })
    }

    /// What a module passes on to others, and from where.
    pub fn passed_on(&self) -> impl Iterator<Item = (&Place, &Path, Place)> {
        self.named().flat_map(|(from, paths)| {
            let public = paths.into_iter().filter(|(path, _)| path.public);
            public.map(move |(path, to)| (from, path, to))
        })
    }

    /// A path from the crate's root; nothing where it leads to another crate.
    fn absolute(&self, from: &Place, names: &[String]) -> Option<Place> {
        let mut place = match names.first()?.as_str() {
            "crate" | "repro" => Place::new(),
            _ => from.clone(),
        };
        for (at, name) in names.iter().enumerate() {
            match name.as_str() {
                "crate" | "repro" | "self" if at == 0 => {}
                "super" => drop(place.pop()?),
                _ => place.push(name.clone()),
            }
        }
        let rooted = matches!(names[0].as_str(), "crate" | "repro" | "self" | "super");
        (rooted || self.0.contains_key(&place[..=from.len()])).then_some(place)
    }

    /// The module that an absolute path leads to.
    fn module(&self, place: &[String], passed: usize) -> Option<&Place> {
        let length = (0..=place.len())
            .rev()
            .find(|length| self.0.contains_key(&place[..*length]))?;
        let (module, paths) = self.0.get_key_value(&place[..length])?;
        let on = place.get(length).and_then(|name| {
            let gives = |path: &&Path| path.imported && path.alias.as_ref().or(path.names.last()) == Some(name);
            let path = paths.iter().find(gives).filter(|_| passed < MOST)?;
            let mut on = self.absolute(module, &path.names)?;
            on.extend_from_slice(&place[length + 1..]);
            self.module(&on, passed + 1)
        });
        on.or(Some(module))
    }
}

#[test]
fn every_path_is_followed_to_the_root() {
    let seen = |at: &str, text: &str| {
        let modules = whole(&[File::new(at, text), File::new("src/cause/y.rs", "")]);
        let seen = modules.named().flat_map(|(_, paths)| paths);
        seen.map(|(_, to)| to.join("::")).collect::<Vec<_>>()
    };
    let (room, inner) = ("src/cause/mod.rs", "src/cause/x.rs");
    assert_eq!(seen(inner, "use crate::model::{A, B};"), ["model::A", "model::B"]);
    assert_eq!(
        seen(room, "use crate::{\n    bytes::{a, b},\n    model::C,\n};"),
        ["bytes::a", "bytes::b", "model::C"]
    );
    assert_eq!(seen(room, "fn f() { crate::format::open() }"), ["format::open"]);
    assert_eq!(seen(room, "use super::format::open;"), ["format::open"]);
    assert_eq!(seen(inner, "use super::super::format::open;"), ["format::open"]);
    assert_eq!(
        seen(inner, "use super::{Cause, super::format};"),
        ["cause::Cause", "format"]
    );
    assert_eq!(seen(inner, "use super::Cause;"), ["cause::Cause"]);
    assert_eq!(seen(inner, "use repro::format::open;"), ["format::open"]);
    // A path from here is one of a module that is here, or of another crate.
    assert_eq!(seen(room, "use y::Y; use std::fs;"), ["cause::y::Y"]);
    assert_eq!(seen(room, "// crate::format is not used\n"), [""; 0]);
    assert_eq!(seen(room, "\"crate::format\""), [""; 0]);
    assert_eq!(seen(room, "$crate::format::x!()"), [""; 0]);
}
