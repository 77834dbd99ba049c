//! Rules of Ruby, for the files that a build runs: gemspecs, rakefiles, extconf.rb.

mod dir;
mod time;

use super::{
    super::{Code, Rule},
    build_file,
};

/// In the order of their ids.
pub static RULES: &[&Rule] = &[&dir::RULE, &time::RULE];

/// Whether the build runs this file.
fn in_build(code: &Code<'_>) -> bool {
    let name = code.file_name();
    !build_file::is_test_path(code.path)
        && (name.ends_with(".gemspec")
            || name.ends_with(".rake")
            || matches!(name, "Rakefile" | "rakefile" | "extconf.rb" | "mkrf_conf.rb")
            || (name.ends_with(".rb") && build_file::is_generator(code.path)))
}

/// The line around a position, and where it starts.
fn line(text: &str, at: usize) -> (usize, &str) {
    let start = text
        .get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |start| start + 1);
    (
        start,
        text.get(start..).and_then(|rest| rest.split('\n').next()).unwrap_or(""),
    )
}
