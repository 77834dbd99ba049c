//! cc-lto-no-seed

use super::{
    super::super::{Code, Confidence, Hits, Rule},
    LANGUAGES,
    given::given,
};

pub static RULE: Rule = Rule {
    id: "cc-lto-no-seed",
    languages: LANGUAGES,
    cause: "compiler-random-seed",
    confidence: Confidence::Low,
    what: "Objects get names from random numbers of the compiler",
    why: "With -flto and -ffat-lto-objects gcc names sections by a random seed, and --coverage puts one into each object. Harmless where the \
          objects are not shipped.",
    fix: "-frandom-seed=$@",
    references: &["https://reproducible-builds.org/docs/randomness/"],
    triggers: &["ffat-lto-objects", "--coverage"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if code.text.contains("-frandom-seed") {
        return;
    }
    for flag in ["-ffat-lto-objects", "--coverage"] {
        for place in given(code, flag) {
            if !place.on_request && !is_measuring(code, place.span.start) {
                hits.at(place.span, format!("{flag} without -frandom-seed"));
            }
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}

/// Whether the place is about measuring the coverage of tests, of which nothing is shipped.
fn is_measuring(code: &Code<'_>, place: usize) -> bool {
    let line = code.text.get(..place).unwrap_or("").rsplit('\n').next().unwrap_or("");
    let upper = line.to_ascii_uppercase();
    upper.contains("COV") || code.file_name().to_ascii_lowercase().contains("coverage")
}
