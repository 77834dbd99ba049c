//! c-date-time

use super::{
    super::{
        super::{Code, Confidence, Hits, Rule},
        place::is_test_path,
    },
    LANGUAGES,
    token::{Kind, tokens},
};

pub static RULE: Rule = Rule {
    id: "c-date-time",
    languages: LANGUAGES,
    cause: "cpp-date-time",
    confidence: Confidence::High,
    what: "The compiler writes the time of the build into the program.",
    why: "__DATE__ and __TIME__ are the clock's, unless SOURCE_DATE_EPOCH is set and the compiler honours it (gcc 7, clang 16).",
    fix: "leave it out, or use the version or the date of the release; -Werror=date-time keeps it out",
    references: &[
        "https://reproducible-builds.org/docs/timestamps/",
        "https://gcc.gnu.org/onlinedocs/cpp/Standard-Predefined-Macros.html",
    ],
    triggers: &["__DATE__", "__TIME__"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    find(code, &["__DATE__", "__TIME__"], hits, |name| {
        format!("{name} is the time of the build")
    });
}

/// Finds uses of macros that the compiler sets.
pub fn find(code: &Code<'_>, names: &[&str], hits: &mut Hits, say: impl Fn(&str) -> String) {
    if is_test_path(code.path) {
        return;
    }
    let tokens = tokens(&code.text);
    // A file that defines them itself pins them.
    let defines = tokens
        .windows(2)
        .any(|pair| matches!(pair, [first, second] if first.text == "define" && first.directive.is_some() && names.contains(&second.text)));
    if defines {
        return;
    }
    for (at, token) in tokens.iter().enumerate() {
        let asked = token.directive.is_some_and(|directive| directive != "define");
        // The length is always the same.
        let measured = at
            .checked_sub(2)
            .and_then(|before| tokens.get(before))
            .is_some_and(|before| before.text == "sizeof");
        if token.kind == Kind::Word && names.contains(&token.text) && !asked && !measured && !token.guarded {
            hits.at(token.span(), say(token.text));
        }
    }
}
