//! Rules of JavaScript and npm, for the files that a build runs: configurations of bundlers, task files, build scripts.

mod call;
mod date;
mod npm_floating;
mod npm_pack_paths;
mod opendir;
mod random;

use super::{
    super::{Code, Rule},
    build_file,
};

/// In the order of their ids.
pub static RULES: &[&Rule] = &[
    &date::RULE,
    &opendir::RULE,
    &random::RULE,
    &npm_floating::RULE,
    &npm_pack_paths::RULE,
];

/// Beginnings of the names of configurations that bundlers run.
const CONFIGS: &[&str] = &[
    "brunch-config",
    "build.",
    "esbuild",
    "gruntfile",
    "gulpfile",
    "jakefile",
    "rollup",
    "snowpack.config",
    "tsup.config",
    "vite.config",
    "vue.config",
    "webpack",
];

/// Whether the build runs this file.
fn in_build(code: &Code<'_>) -> bool {
    let name = code.file_name().to_ascii_lowercase();
    !build_file::is_test_path(code.path)
        && !name.contains(".min.")
        && (CONFIGS.iter().any(|config| name.starts_with(config)) || build_file::is_build_script(code.path))
        // What lies in `doc` or `build` for a browser is no part of the build.
        && !["document.", "window.", "define.amd", "jQuery"].iter().any(|word| code.text.contains(word))
}
