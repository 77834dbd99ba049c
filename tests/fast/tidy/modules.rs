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

    /// What a module passes on to others, and from where.
    pub fn passed_on(&self) -> impl Iterator<Item = (&Place, &Path, Place)> {
        self.0.iter().flat_map(move |(from, paths)| {
            let public = paths.iter().filter(|path| path.public);
            public.filter_map(move |path| Some((from, path, self.absolute(from, &path.names)?)))
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
