//! make-shell-find

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule},
        place::is_test_path,
        shell::{command::Command, lists_unsorted},
    },
    makefile::{Makefile, asked, gives},
};

pub static RULE: Rule = Rule {
    id: "make-shell-find",
    languages: &[Language::Make],
    cause: "readdir-order",
    confidence: Confidence::Medium,
    what: "A list of files has the order in which `find` meets them",
    why: "`$(shell find …)` lists a folder in the file system's order, which differs between machines, and so does what is linked or archived in \
          that order. Harmless for what is only depended on or removed.",
    fix: "$(sort $(shell find …))",
    references: &["https://reproducible-builds.org/docs/stable-inputs/"],
    triggers: &["find", "ls "],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let makefile = Makefile::new(code);
    for (node, command) in asked(code) {
        if command.contains("sort") || gives(code, command, unsorted).is_none() {
            continue;
        }
        if let Some(user) = makefile.ordered(node) {
            hits.at(
                node.byte_range(),
                format!("{user} gets files in the order of the file system"),
            );
        }
    }
}

fn unsorted(command: &Command<'_>) -> Option<String> {
    lists_unsorted(command).then(|| command.name.clone())
}
