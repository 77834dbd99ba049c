//! Rules of Go: generators, and the commands that build.

mod command;
mod flow;
mod ldflags_date;
mod map_range;
mod no_trimpath;
mod now;
mod readdirnames;

use super::{
    super::{Code, Rule},
    build_file,
};

/// In the order of their ids.
pub static RULES: &[&Rule] = &[
    &ldflags_date::RULE,
    &map_range::RULE,
    &no_trimpath::RULE,
    &now::RULE,
    &readdirnames::RULE,
];

/// Whether it is a program that makes sources: `//go:build ignore`, or a `main` whose file or folder says so.
fn is_generator(code: &Code<'_>) -> bool {
    let ignored = code.text.contains("//go:build ignore") || code.text.contains("// +build ignore");
    let named = || {
        code.text.contains("package main")
            && (build_file::is_generator(code.path) || code.path.split('/').any(build_file::is_generator))
    };
    !build_file::is_test_path(code.path) && (ignored || named())
}
