//! No module imports upward: every `crate::…` path in `src/` goes along an arrow of `ARCHITECTURE.md`.

use crate::{
    support::root,
    tidy::{
        File, files,
        modules::{self, Modules},
        none,
    },
};
use std::{collections::BTreeSet, fs};

/// A room of `src/`, and the rooms that it may import.
pub const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("notation", &[]),
    ("bytes", &["model"]),
    ("format", &["bytes", "model", "notation"]),
    ("compare", &["model", "notation"]),
    ("cause", &["model"]),
    ("batch", &["bytes", "model", "notation"]),
    ("manifest", &["bytes", "model", "notation"]),
    ("attest", &["bytes", "model", "notation", "rebuild"]),
    ("history", &["bytes", "model", "notation"]),
    ("lint", &["bytes", "model"]),
    ("policy", &["bytes", "diff", "model", "rebuild"]),
    ("record", &["bytes", "model", "notation"]),
    ("report", &["model", "notation", "schemas"]),
    ("schemas", &[]),
    ("diff", &["bytes", "cause", "compare", "format", "model", "notation"]),
    (
        "rebuild",
        &[
            "bytes", "cause", "diff", "format", "manifest", "model", "notation", "record", "schemas",
        ],
    ),
    (
        "published",
        &["bytes", "diff", "format", "model", "notation", "rebuild", "record"],
    ),
    ("ddc", &["bytes", "diff", "format", "model", "notation", "rebuild"]),
    ("remote", &["bytes", "diff", "model", "rebuild"]),
    ("settings", &["bytes", "cause", "lint", "model", "policy", "rebuild"]),
    // The command line sees the library as any other user does: through `repro::…`.
    ("cli", &[]),
];

/// The arrows that modules take, each with the module, and why some may not be.
fn taken(modules: &Modules, arrows: &[(&str, &[&str])]) -> (BTreeSet<(String, String)>, BTreeSet<String>) {
    let (mut taken, mut wrong) = (BTreeSet::new(), BTreeSet::new());
    for (from, paths) in modules.named() {
        let Some(room) = from.first() else {
            continue; // lib.rs and main.rs name every room
        };
        let module = from.join("::");
        let Some((_, allowed)) = arrows.iter().find(|(name, _)| name == room) else {
            wrong.insert(format!("{module}: `{room}` is no room of the table"));
            continue;
        };
        for (path, to) in paths {
            let Some((target, _)) = arrows.iter().find(|(name, _)| to.first().is_some_and(|to| to == name)) else {
                continue;
            };
            if target == room || room == "cli" && path.names[0] == "repro" {
                continue;
            }
            taken.insert((module.clone(), (*target).to_owned()));
            if !allowed.contains(target) {
                wrong.insert(format!("{module}: `{room}` must not import `{target}`"));
            }
        }
    }
    (taken, wrong)
}

#[test]
fn imports_go_one_way() {
    let (taken, wrong) = taken(&modules::whole(&files(&["src"], ".rs")), ARROWS);
    let arrows = taken.len();
    assert!(
        arrows > 0,
        "no import was seen at all: the reader of `use` lines is broken"
    );
    none(&Vec::from_iter(wrong));
}

#[test]
fn the_library_does_not_know_the_command_line() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    assert!(!lib.contains("mod cli"), "src/cli belongs to the binary");
}

#[test]
fn broken_once() {
    let modules = modules::whole(&[
        File::new("src/lib.rs", "use b::B;"),
        File::new("src/a/mod.rs", "use super::b::B; use self::x::X; use std::b;"),
        File::new(
            "src/a/x.rs",
            "use super::{A, super::c}; #[cfg(test)] mod tests { use crate::b; }",
        ),
        File::new("src/b.rs", "use crate::a::A;"),
        File::new("src/c.rs", ""),
        File::new("src/cli/mod.rs", "use repro::a::A; use crate::b;"),
    ]);
    let (taken, wrong) = taken(&modules, &[("a", &[]), ("b", &["a"]), ("cli", &[])]);
    let told = taken.iter().map(|(from, to)| format!("{from} {to}"));
    assert_eq!(Vec::from_iter(told), ["a b", "a::x b", "b a", "cli b"]);
    assert_eq!(
        Vec::from_iter(wrong),
        [
            "a: `a` must not import `b`",
            "a::x: `a` must not import `b`",
            "c: `c` is no room of the table",
            "cli: `cli` must not import `b`",
        ]
    );
}
