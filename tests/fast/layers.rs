//! No module imports upward: every `crate::…` path in `src/` goes along an arrow of `ARCHITECTURE.md`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A room of `src/`, and the rooms that it may import.
pub const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("notation", &[]),
    ("bytes", &["model"]),
    ("format", &["bytes", "model", "notation"]),
    ("compare", &["model", "notation"]),
    ("cause", &["model"]),
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
        "ddc",
        &["bytes", "diff", "format", "manifest", "model", "notation", "rebuild"],
    ),
    ("settings", &["bytes", "cause", "lint", "model", "policy", "rebuild"]),
    // The command line sees the library as any other user does: through `repro::…`.
    ("cli", &[]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The module path of a file below `src/`: `format/tar.rs` is `["format", "tar"]`, `format/mod.rs` is `["format"]`.
fn module(file: &Path) -> Vec<String> {
    let mut parts: Vec<String> = file
        .with_extension("")
        .iter()
        .map(|p| p.to_str().unwrap().to_owned())
        .collect();
    if parts
        .last()
        .is_some_and(|p| matches!(p.as_str(), "mod" | "lib" | "main"))
    {
        parts.pop();
    }
    parts
}

/// The first names of the paths that follow a prefix: `a::b` gives `a`, `{a::{b, c}, d}` gives `a` and `d`.
fn heads(after: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(group) = after.strip_prefix('{') else {
        return vec![name(after)];
    };
    let mut found = vec![name(group)];
    let mut depth = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => found.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    // A comma may end the group.
    found.retain(|name| !name.is_empty());
    found
}

/// The names right below the crate's root that a source text reaches, from the module at `module`.
fn reached(source: &str, module: &[String]) -> BTreeSet<String> {
    let code: String = source
        .lines()
        .map(|line| line.split("//").next().unwrap_or("").to_owned() + "\n")
        .collect();
    let mut roots = vec!["crate::".to_owned()];
    if !module.is_empty() {
        roots.push("super::".repeat(module.len()));
    }
    let mut found = BTreeSet::new();
    for root in roots {
        for (at, _) in code.match_indices(&root) {
            let before = code[..at].chars().next_back();
            // `$crate::` and `my_crate::` are others; `super::` before means one `super` more than the root has.
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | ':')) {
                continue;
            }
            found.extend(heads(&code[at + root.len()..]));
        }
    }
    found
}

#[test]
fn imports_go_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rooms: Vec<&str> = ARROWS.iter().map(|(room, _)| *room).collect();
    let mut wrong = Vec::new();
    let mut arrows = 0;
    for file in sources(&root) {
        let relative = file.strip_prefix(&root).unwrap();
        let module = module(relative);
        let Some(room) = module.first() else {
            continue; // lib.rs and main.rs name every room
        };
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| name == room) else {
            wrong.push(format!("{}: `{room}` is no room of the table", relative.display()));
            continue;
        };
        for target in reached(&fs::read_to_string(&file).unwrap(), &module) {
            if target == *room || !rooms.contains(&target.as_str()) {
                continue;
            }
            arrows += 1;
            if !allowed.contains(&target.as_str()) {
                wrong.push(format!("{}: `{room}` must not import `{target}`", relative.display()));
            }
        }
    }
    assert!(
        arrows > 0,
        "no import was seen at all: the reader of `use` lines is broken"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_library_does_not_know_the_command_line() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    assert!(!lib.contains("mod cli"), "src/cli belongs to the binary");
}

#[test]
fn the_reader_sees_every_way_to_import() {
    let module = |parts: &[&str]| parts.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
    let seen = |text: &str, at: &[&str]| reached(text, &module(at)).into_iter().collect::<Vec<_>>();
    assert_eq!(seen("use crate::model::{A, B};", &["cause", "x"]), ["model"]);
    assert_eq!(
        seen("use crate::{\n    bytes::{a, b},\n    model::C,\n};", &["cause"]),
        ["bytes", "model"]
    );
    assert_eq!(seen("fn f() { crate::format::open() }", &["cause"]), ["format"]);
    assert_eq!(seen("use super::format::open;", &["cause"]), ["format"]);
    assert_eq!(seen("use super::super::format::open;", &["cause", "x"]), ["format"]);
    assert_eq!(seen("use super::Cause;", &["cause", "x"]), [""; 0]);
    assert_eq!(seen("// crate::format is not used\n", &["cause"]), [""; 0]);
    assert_eq!(seen("$crate::format::x!()", &["cause"]), [""; 0]);
}
