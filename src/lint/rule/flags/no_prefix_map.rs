//! cc-no-prefix-map

use super::{
    super::super::{Code, Confidence, Hits, Rule},
    LANGUAGES,
    given::given,
};

pub static RULE: Rule = Rule {
    id: "cc-no-prefix-map",
    languages: LANGUAGES,
    cause: "build-path",
    confidence: Confidence::Low,
    what: "Debug information records the folder of the build",
    why: "-g writes the path of each source. Harmless where all builders use the same folder, or map it from outside, as dpkg-buildflags does. \
          Reported once a file.",
    fix: "-ffile-prefix-map=$(CURDIR)=.",
    references: &["https://reproducible-builds.org/docs/build-path/"],
    triggers: &["-g"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if code.text.contains("prefix-map")
        || code.text.contains("remap-path-prefix")
        || code.text.contains("dpkg-buildflags")
    {
        return;
    }
    let first = ["-g", "-g3", "-ggdb", "-ggdb3"]
        .into_iter()
        .flat_map(|flag| given(code, flag))
        .find(|place| !place.on_request && about_compiling(code, place.span.start));
    if let Some(place) = first {
        hits.at(place.span, "debug information without a map of the build's folder");
    }
}

/// Whether the flag is one of a compiler: the same letters mean other things elsewhere.
fn about_compiling(code: &Code<'_>, place: usize) -> bool {
    let line = code.text.get(..place).unwrap_or("").rsplit('\n').next().unwrap_or("");
    [
        "CFLAGS",
        "CXXFLAGS",
        "CPPFLAGS",
        "gcc",
        "$(CC)",
        "cc ",
        "C_FLAGS",
        "CXX_FLAGS",
    ]
    .iter()
    .any(|word| line.contains(word))
}
