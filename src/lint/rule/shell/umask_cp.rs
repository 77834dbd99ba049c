//! sh-umask-cp

use super::{
    super::super::{Code, Confidence, Hits, Language, Rule},
    is_build,
    script::Script,
};

pub static RULE: Rule = Rule {
    id: "sh-umask-cp",
    languages: &[Language::Shell],
    cause: "umask-permissions",
    confidence: Confidence::Low,
    what: "What is installed gets its permissions from the builder's umask",
    why: "cp and mkdir leave out what the umask forbids: 022 and 002 give different packages. Harmless where permissions are set afterwards \
          (dh_fixperms, chmod). Reported once a file.",
    fix: "install -D -m 0644 file \"$DESTDIR/…\"",
    references: &["https://reproducible-builds.org/docs/archives/"],
    triggers: &["DESTDIR"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    let settled = ["umask", "dh_fixperms", "chmod", "install -"];
    if !is_build(code) {
        return;
    }
    let script = Script::new(code);
    let first = script.named(&["cp", "mkdir"]).find(|command| {
        let keeps =
            command.has_letter('p') && command.name == "cp" || command.has_letter('a') || command.has_letter('m');
        !keeps && command.words.last().is_some_and(|word| word.text.contains("DESTDIR"))
    });
    if let Some(command) = first.filter(|_| !settled.iter().any(|word| code.file().contains(word)) && !is_told(code)) {
        hits.at(
            command.node.byte_range(),
            format!("{} gives permissions by the umask", command.name),
        );
    }
}

/// Whether an earlier command of the same file does the same.
fn is_told(code: &Code<'_>) -> bool {
    let before = code.file().get(..code.offset).unwrap_or("");
    before
        .lines()
        .any(|line| line.contains("DESTDIR") && (line.contains("cp ") || line.contains("mkdir ")))
}
