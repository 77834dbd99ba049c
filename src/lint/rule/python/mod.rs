//! Rules of Python, for the files that a build runs: `setup.py`, `conf.py` of Sphinx, generators, build scripts.

mod call;
mod flow;
mod gzip;
mod hash_builtin;
mod identity;
mod listdir;
mod now;
mod open_encoding;
mod pickle_set;
mod random;
mod set_iter;
mod tarfile;
mod zipfile;

use super::{
    super::{Code, Rule},
    build_file,
};

/// In the order of their ids.
pub static RULES: &[&Rule] = &[
    &gzip::RULE,
    &hash_builtin::RULE,
    &identity::RULE,
    &listdir::RULE,
    &now::RULE,
    &open_encoding::RULE,
    &pickle_set::RULE,
    &random::RULE,
    &set_iter::RULE,
    &tarfile::RULE,
    &zipfile::RULE,
];

/// Whether it is the configuration of Sphinx: other programs have a `conf.py`, too.
pub(super) fn is_sphinx(code: &Code<'_>) -> bool {
    code.file_name() == "conf.py"
        && !build_file::is_test_path(code.path)
        && ["extensions", "sphinx", "html_", "master_doc", "copyright"]
            .iter()
            .any(|word| code.text.contains(word))
}

/// Whether the build runs this file. A module of a package is imported: `docker/api/build.py` builds nothing here.
fn in_build(code: &Code<'_>) -> bool {
    if code.file_name() == "conf.py" {
        return is_sphinx(code);
    }
    let first = code.file_name().split(['_', '-', '.']).next().unwrap_or("");
    let is_run = first == "setup" || first.starts_with("gen") || first.starts_with("mk");
    build_file::is_build_script(code.path) && (is_run || !code.sibling("__init__.py"))
}
