//! Rules of Rust: build scripts and procedural macros, and paths that a crate compiles in.

mod abs_path;
mod flow;
mod hash_iter;
mod now;
mod readdir;

use super::{
    super::{Code, Rule},
    build_file,
};

/// In the order of their ids.
pub static RULES: &[&Rule] = &[&abs_path::RULE, &hash_iter::RULE, &now::RULE, &readdir::RULE];

/// Whether it is a build script, or a part of one.
fn is_build_script(code: &Code<'_>) -> bool {
    let folder = code.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    !build_file::is_test_path(code.path)
        && (code.file_name() == "build.rs"
            || (folder.split('/').next_back() == Some("build") && code.text.contains("cargo:")))
}

/// Whether it is part of a procedural macro.
fn is_macro(code: &Code<'_>) -> bool {
    let uses = [
        "proc_macro::",
        "proc_macro2::",
        "#[proc_macro",
        "extern crate proc_macro",
    ]
    .iter()
    .any(|word| code.text.contains(word));
    !build_file::is_test_path(code.path) && uses
}
