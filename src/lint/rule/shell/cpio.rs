//! sh-cpio

use super::{
    super::super::{Code, Confidence, Hits, Language, Rule},
    command::{Command, bundle},
    is_build, landing,
    script::Script,
};

pub static RULE: Rule = Rule {
    id: "sh-cpio",
    languages: &[Language::Shell],
    cause: "cpio-inode",
    confidence: Confidence::Medium,
    what: "A cpio archive records inode numbers, and files in the order in which they come",
    why: "cpio -o stores each file's inode and device number unless told not to. Harmless if it is unpacked at once (cpio -p, or a pipe into \
          cpio -i).",
    fix: "find . -print0 | LC_ALL=C sort -z | cpio -o0 -H newc --reproducible -R 0:0",
    references: &["https://reproducible-builds.org/docs/archives/"],
    triggers: &["cpio"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_build(code) {
        return;
    }
    let script = Script::new(code);
    for command in script.named(&["cpio"]) {
        if !writes(command) || command.has_variable_options() {
            continue;
        }
        let unpacked = landing::after(command.node)
            .into_iter()
            .any(|next| script.code.of(next).contains("cpio") || script.code.of(next).contains("ssh"));
        let to = landing::redirected(command.node).and_then(|statement| landing::file(&script, statement));
        if unpacked || to.is_some_and(|name| !landing::is_output(&script, &name)) {
            continue;
        }
        let same = command.has("--reproducible") || (command.has("--ignore-devno") && command.has("--renumber-inodes"));
        if !same {
            hits.at(
                command.place.start..command.node.end_byte(),
                "a cpio archive is made without --reproducible",
            );
        }
    }
}

/// Whether a cpio makes an archive.
pub fn writes(command: &Command<'_>) -> bool {
    command.has("--create")
        || command.words.iter().any(|word| {
            bundle(&word.text).is_some_and(|letters| {
                let letters = letters.split(['H', 'C', 'F', 'O', 'R', 'D']).next().unwrap_or("");
                letters.contains('o') && !letters.contains(['i', 'p'])
            })
        })
}
