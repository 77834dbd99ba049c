//! cc-march-native

use super::{
    super::super::{Code, Confidence, Hits, Rule},
    LANGUAGES,
    given::given,
};

pub static RULE: Rule = Rule {
    id: "cc-march-native",
    languages: LANGUAGES,
    cause: "toolchain-version",
    confidence: Confidence::High,
    what: "The program is compiled for the processor of the machine that builds it",
    why: "`native` is another instruction set on another machine: the code differs, and may not run elsewhere. Not reported where somebody has to \
          ask for it.",
    fix: "name a baseline: -march=x86-64-v2; leave `native` to an option that is off by default",
    references: &["https://reproducible-builds.org/docs/env-variations/"],
    triggers: &["march=native", "mtune=native", "mcpu=native", "target-cpu=native"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    for flag in ["-march=native", "-mtune=native", "-mcpu=native", "target-cpu=native"] {
        for place in given(code, flag) {
            if !place.on_request {
                hits.at(
                    place.span,
                    format!("{flag}: the code depends on the processor of the builder"),
                );
            }
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}
