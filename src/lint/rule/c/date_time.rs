//! c-date-time

use super::{
    super::{
        super::{Code, Confidence, Hits, Rule},
        place::{is_test_path, words},
    },
    LANGUAGES,
    token::{Kind, Token, tokens},
};

pub static RULE: Rule = Rule {
    id: "c-date-time",
    languages: LANGUAGES,
    cause: "cpp-date-time",
    confidence: Confidence::High,
    what: "The compiler writes the time of the build into the program",
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
    // Who knows of SOURCE_DATE_EPOCH takes it where it is set.
    if is_test_path(code.path) || code.text.contains("SOURCE_DATE_EPOCH") {
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
        if token.kind == Kind::Word
            && names.contains(&token.text)
            && !asked
            && !measured
            && !token.guarded
            && !in_debugging(&tokens, at)
        {
            hits.at(token.span(), say(token.text));
        }
    }
}

/// Whether a token is given to a macro that only debugging builds keep: `dbg_msg(…)`.
fn in_debugging(tokens: &[Token<'_>], at: usize) -> bool {
    let mut closed = 0_usize;
    for index in (0..at).rev().take(80) {
        match tokens.get(index).map(|token| token.text) {
            Some(")") => closed += 1,
            Some("(") if closed > 0 => closed -= 1,
            Some("(") => {
                let name = index.checked_sub(1).and_then(|before| tokens.get(before));
                let lower = name
                    .map(|name| name.text.to_ascii_lowercase().replace('_', " "))
                    .unwrap_or_default();
                return words(&lower).any(|word| matches!(word, "dbg" | "debug" | "trace"));
            }
            Some(";" | "{" | "}") | None => return false,
            _ => {}
        }
    }
    false
}
