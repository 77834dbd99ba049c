//! Documentation by Sphinx.

use super::{Preset, Proposal, tree::Tree};

/// `sphinx`
pub(super) static PRESET: Preset = Preset {
    name: "sphinx",
    what: "documentation by Sphinx",
    marks: MARKS,
    propose,
};

const MARKS: &[&str] = &[
    "conf.py",
    "source/conf.py",
    "docs/conf.py",
    "doc/conf.py",
    "docs/source/conf.py",
];

fn propose(tree: &Tree) -> Option<Proposal> {
    let settings = MARKS.iter().find(|path| tree.has(path))?;
    let folder = settings.rsplit_once('/').map_or(".", |(folder, _)| folder);
    // What Sphinx keeps for itself is not part of the pages.
    let command = format!("sphinx-build -b html -d _build/doctrees {folder} _build/html");
    Some(Proposal::new(command, &["_build/html"]))
}
