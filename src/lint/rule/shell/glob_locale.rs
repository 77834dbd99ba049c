//! sh-glob-locale

use super::{
    super::super::{Code, Confidence, Hits, Language, Rule},
    is_build, landing,
    script::{Script, is_plain_locale},
};

pub static RULE: Rule = Rule {
    id: "sh-glob-locale",
    languages: &[Language::Shell],
    cause: "locale-collation",
    confidence: Confidence::Low,
    what: "Which files a pattern takes depends on the builder's language",
    why: "In many locales [a-z] takes capital letters, too, and patterns are expanded in the locale's order. Harmless where LC_ALL is set.",
    fix: "export LC_ALL=C; or [[:lower:]] for [a-z]",
    references: &["https://reproducible-builds.org/docs/locales/"],
    triggers: &["[a-z", "[A-Z"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_build(code) {
        return;
    }
    let script = Script::new(code);
    if script.pins_locale() {
        return;
    }
    for command in script.named(&["cat", "tar", "zip", "ar", "echo", "ls", "cp", "install"]) {
        let pinned = command
            .environment
            .iter()
            .any(|set| set.strip_prefix("LC_ALL=").is_some_and(is_plain_locale));
        if pinned {
            continue;
        }
        let Some(word) = command.words.iter().find(|word| {
            let bare =
                matches!(word.node.kind(), "word" | "concatenation") && !code.of(word.node).contains(['"', '\'', '\\']);
            bare && ["[a-z]", "[A-Z]", "[a-zA-Z]"]
                .iter()
                .any(|range| word.text.contains(range))
        }) else {
            continue;
        };
        let kept = matches!(command.name.as_str(), "tar" | "zip" | "ar" | "cp" | "install")
            || landing::of_output(&script, command.node).is_some();
        if kept {
            hits.at(word.node.byte_range(), "which files this takes depends on the locale");
        }
    }
}
