//! The table of rooms is true: it is that of ARCHITECTURE.md, each arrow in it is used, and no room passes on what another one holds.

use super::{
    File, files,
    modules::{self, Modules},
    none,
};
use crate::{layers::ARROWS, support::root};
use std::collections::{BTreeMap, BTreeSet};

/// Names that a room still passes on. The list goes down.
const PASSED_ON: &[&str] = &[
    "attest passes on rebuild::Error",
    "history passes on bytes::Error",
    "rebuild passes on bytes::Error",
    "rebuild passes on notation::calendar::day",
];

type Arrows = BTreeMap<String, BTreeSet<String>>;

fn table(arrows: &[(&str, &[&str])]) -> Arrows {
    let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    arrows
        .iter()
        .map(|(room, may)| ((*room).to_owned(), set(may)))
        .collect()
}

/// The rows of a page that begin with a room, such as "| `format/` | one file a format | `bytes`, `model` |".
fn rows(page: &str) -> Arrows {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let ["", room, _, may, ""] = cells[..] else { return None };
        let room = room.strip_prefix('`')?.strip_suffix("/`")?;
        Some((
            room.to_owned(),
            may.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
        ))
    };
    // The first table only: others are of a room's own folders.
    let rows = page.lines().skip_while(|line| row(line).is_none());
    rows.map_while(row).collect()
}

/// Where a page says something else than the table does. What is no room, such as the name of the library, counts for nothing.
fn misprints(page: &str, arrows: &Arrows) -> Vec<String> {
    let mut rows = rows(page);
    for may in rows.values_mut() {
        may.retain(|name| arrows.contains_key(name));
    }
    let rooms: BTreeSet<&String> = rows.keys().chain(arrows.keys()).collect();
    let wrong = rooms.into_iter().filter(|room| rows.get(*room) != arrows.get(*room));
    wrong
        .map(|room| {
            format!(
                "`{room}`: ARCHITECTURE.md says {:?}, the table {:?}",
                rows.get(room),
                arrows.get(room)
            )
        })
        .collect()
}

/// Arrows of the table that no import takes.
fn unused(modules: &Modules, arrows: &Arrows) -> Vec<String> {
    let mut unused: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (room, may) in arrows {
        unused.extend(may.iter().map(|to| (room.as_str(), to.as_str())));
    }
    for (from, targets) in modules.imports() {
        for to in targets.into_iter().filter(|to| !to.is_empty() && !from.is_empty()) {
            unused.remove(&(from[0].as_str(), to[0].as_str()));
        }
    }
    unused
        .into_iter()
        .map(|(from, to)| format!("`{from}` may import `{to}`, and does not"))
        .collect()
}

/// Names of one room that another passes on: who imports them from there hides where they come from.
fn laundered(modules: &Modules, known: &[&str]) -> Vec<String> {
    let foreign = modules
        .passed_on()
        .filter(|(from, _, to)| !from.is_empty() && to.first() != from.first());
    let found: BTreeSet<String> = foreign
        .map(|(from, _, to)| format!("{} passes on {}", from.join("::"), to.join("::")))
        .collect();
    let new = found.iter().filter(|what| !known.contains(&what.as_str())).cloned();
    let gone = known.iter().filter(|what| !found.contains(**what));
    new.chain(gone.map(|what| format!("not so any more: take it off the list: {what}")))
        .collect()
}

#[test]
fn architecture_has_the_same_table() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    none(&misprints(&page, &table(ARROWS)));
}

#[test]
fn every_arrow_is_used() {
    none(&unused(&modules::whole(&files(&["src"], ".rs")), &table(ARROWS)));
}

#[test]
fn no_room_passes_on_what_another_holds() {
    none(&laundered(&modules::read(&files(&["src"], ".rs")), PASSED_ON));
}

#[test]
fn broken_once() {
    let arrows = table(&[("a", &[]), ("b", &["a"]), ("c", &["a", "b"])]);
    let page = "| `a/` | it | nothing |\n| `b/` | it | `a`, `std` |\n| `c/` | it | `a` |\n\n| `d/` | it | `a` |\n";
    assert_eq!(misprints(page, &arrows).len(), 1);
    let modules = modules::read(&[
        File::new("src/lib.rs", "pub use a::A;"),
        File::new("src/a/mod.rs", "pub struct A;"),
        File::new(
            "src/b/mod.rs",
            "mod x; pub use crate::a::A; pub use x::X; use crate::a;",
        ),
        File::new("src/b/x.rs", "pub struct X;"),
        File::new("src/c/mod.rs", "use crate::b::A;"),
    ]);
    assert_eq!(unused(&modules, &arrows), ["`c` may import `b`, and does not"]);
    assert_eq!(laundered(&modules, &[]), ["b passes on a::A"]);
    assert_eq!(laundered(&modules, &["b passes on a::A"]), [""; 0]);
}
