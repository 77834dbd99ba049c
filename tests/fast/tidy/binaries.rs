//! Tests lie in the folders of the four binaries: each file right below `tests/` would link the whole program once more.

use super::{File, files, none};

const BINARIES: &[&str] = &["fast", "tools", "privileged", "remote"];

fn complaints(files: &[File]) -> Vec<String> {
    let is_binary = |path: &str| match path.strip_prefix("tests/").map(|below| below.split_once('/')) {
        Some(None) => true,
        Some(Some((folder, file))) => file == "main.rs" && !BINARIES.contains(&folder),
        None => false,
    };
    let more = files.iter().filter(|file| is_binary(&file.path));
    more.map(|file| format!("{} is a binary of its own: make it a module of {BINARIES:?}", file.path))
        .collect()
}

#[test]
fn there_are_four_binaries() {
    none(&complaints(&files(&["tests"], ".rs")));
}

#[test]
fn broken_once() {
    let files = [
        "tests/x.rs",
        "tests/y/main.rs",
        "tests/fast/main.rs",
        "tests/fast/x.rs",
        "tests/support/mod.rs",
    ];
    assert_eq!(complaints(&files.map(|path| File::new(path, ""))).len(), 2);
}
