//! Every module says in its first line what it is for.

use super::{File, files, none};

fn complaints(files: &[File]) -> Vec<String> {
    let bare = files.iter().filter(|file| !file.text.starts_with("//! "));
    bare.map(|file| {
        format!(
            "{}: the first line is no `//!` that says what the module is for",
            file.path
        )
    })
    .collect()
}

#[test]
fn every_module_says_what_it_is_for() {
    none(&complaints(&files(&["src", "tests"], ".rs")));
}

#[test]
fn broken_once() {
    let files = [File::new("a.rs", "//! A.\n"), File::new("b.rs", "use a;\n//! B.\n")];
    assert_eq!(complaints(&files).len(), 1);
}
