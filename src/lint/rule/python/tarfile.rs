//! Times and owners of files in a tar archive.

use super::{call, in_build};
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span};
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    id: "py-tarfile",
    languages: &[Language::Python],
    cause: "archive-mtime",
    confidence: Confidence::Medium,
    what: "A tar archive takes over times and owners of the files on disk",
    why: "TarFile.add records each file's time, owner and mode as they are on the build machine, and lists folders sorted but \
          files' times as the build left them. Reading and TarInfo made by hand do not matter.",
    fix: "add(name, filter=reset), where reset sets info.mtime, uid, gid, uname and gname; shutil.make_archive has no such way",
    references: &["https://reproducible-builds.org/docs/archives/"],
    triggers: &["tarfile", "make_archive"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    let calls = code.nodes(&["call"]);
    let is_writer = |node: &tree_sitter::Node<'_>| {
        matches!(
            call::name(code, *node),
            "tarfile.open" | "tarfile.TarFile" | "TarFile" | "tarfile.TarFile.open"
        ) && call::mode(code, *node).is_some_and(|mode| mode.starts_with(['w', 'a', 'x']))
    };
    let writers: BTreeSet<&str> = calls
        .iter()
        .filter(|node| is_writer(node))
        .filter_map(|node| call::bound(code, *node))
        .collect();
    for node in &calls {
        let name = call::name(code, *node);
        if name == "shutil.make_archive" || (name == "make_archive" && code.text.contains("from shutil import")) {
            hits.at(
                span(*node),
                "`make_archive` records times and owners of the files on disk",
            );
        }
        if call::last(name) != "add" || call::keyword(code, *node, "filter").is_some() {
            continue;
        }
        let direct = call::receiver(*node).filter(is_writer).is_some();
        if direct || call::receiver(*node).is_some_and(|it| writers.contains(code.of(it))) {
            hits.at(
                span(*node),
                "`add` without filter= records times and owners of the files on disk",
            );
        }
    }
}
