//! c-file-macro

use super::{
    super::{
        super::{Code, Confidence, Hits, Rule},
        place::is_test_path,
    },
    LANGUAGES,
    token::{Kind, tokens},
};

pub static RULE: Rule = Rule {
    id: "c-file-macro",
    languages: LANGUAGES,
    cause: "build-path",
    confidence: Confidence::Low,
    what: "The path of the source is written into the program",
    why: "__FILE__, also inside assert, is the path as the compiler got it: harmless if that is relative, as with most makefiles, or mapped by \
          -ffile-prefix-map. CMake gives absolute paths. Reported once a file.",
    fix: "-ffile-prefix-map=$(CURDIR)=.",
    references: &["https://reproducible-builds.org/docs/build-path/"],
    triggers: &["__FILE__", "__BASE_FILE__", "source_location", "assert"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let tokens = tokens(&code.text);
    let first = tokens.iter().enumerate().find(|(at, token)| {
        token.kind == Kind::Word
            && token.directive.is_none_or(|directive| directive == "define")
            && match token.text {
                "__FILE__" | "__BASE_FILE__" => true,
                "assert" => tokens.get(at + 1).is_some_and(|next| next.text == "("),
                "source_location" => tokens.get(at + 3).is_some_and(|next| next.text == "current"),
                _ => false,
            }
    });
    if let Some((_, token)) = first {
        hits.at(token.span(), format!("{} is the path of this file", token.text));
    }
}
