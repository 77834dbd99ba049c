//! Times of files in a zip archive.

use super::{call, in_build};
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span};
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    id: "py-zipfile",
    languages: &[Language::Python],
    cause: "archive-mtime",
    confidence: Confidence::Medium,
    what: "A zip archive takes over the files' times, or the current time",
    why: "ZipFile.write records a file's time on disk; writestr with a name records the time of the call (before Python 3.14, \
          which honours SOURCE_DATE_EPOCH). Reading and ZipInfo made by hand do not matter.",
    fix: "writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), data), or a date of SOURCE_DATE_EPOCH",
    references: &["https://reproducible-builds.org/docs/archives/"],
    triggers: &["ZipFile"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    let calls = code.nodes(&["call"]);
    let is_writer = |node: &tree_sitter::Node<'_>| {
        call::last(call::name(code, *node)) == "ZipFile"
            && call::mode(code, *node).is_some_and(|mode| mode.starts_with(['w', 'a', 'x']))
    };
    let writers: BTreeSet<&str> = calls
        .iter()
        .filter(|node| is_writer(node))
        .filter_map(|node| call::bound(code, *node))
        .collect();
    for node in &calls {
        let ours = call::receiver(*node).is_some_and(|it| is_writer(&it) || writers.contains(code.of(it)));
        if !ours {
            continue;
        }
        match call::last(call::name(code, *node)) {
            "write" => hits.at(span(*node), "`write` records the file's time on disk"),
            "writestr" => {
                let named = call::arguments(*node)
                    .first()
                    .is_some_and(|it| matches!(it.kind(), "string" | "binary_operator" | "concatenated_string"));
                if named {
                    hits.at(span(*node), "`writestr` with a name records the current time");
                }
            }
            _ => {}
        }
    }
}
