//! sh-ar

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule},
        place::is_makefile,
    },
    is_build,
    script::Script,
};

pub static RULE: Rule = Rule {
    id: "sh-ar",
    languages: &[Language::Shell],
    cause: "ar-mtime",
    confidence: Confidence::Low,
    what: "A static library records times and owners of its objects",
    why: "`U` asks ar for the real times, owners and modes. Without it, most distributions' binutils write zeroes (D) by default.",
    fix: "ar rcD",
    references: &["https://reproducible-builds.org/docs/archives/"],
    triggers: &["ar ", "AR"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    // Recipes of makefiles are make-arflags'.
    if !is_build(code) || is_makefile(code.path) {
        return;
    }
    let script = Script::new(code);
    for command in &script.commands {
        if command.name != "ar" && !command.name.ends_with("-ar") {
            continue;
        }
        let Some(first) = command.words.first() else { continue };
        if let Some(at) = real_times(&first.text) {
            let place = first.node.start_byte() + at;
            let span = command.place.start..command.node.end_byte();
            if code.text.get(place..place + 1) == Some("U") {
                hits.fixable(span, "ar is asked for real times (U)", place..place + 1, "D");
            } else {
                hits.at(span, "ar is asked for real times (U)");
            }
        }
    }
}

/// Where in ar's letters the `U` is that asks for real times.
pub(crate) fn real_times(letters: &str) -> Option<usize> {
    let plain = letters.strip_prefix('-').unwrap_or(letters);
    let known = !plain.is_empty() && plain.chars().all(|c| "rqcvsuUSTPlabi".contains(c)) && plain.contains(['r', 'q']);
    if known { letters.find('U') } else { None }
}
