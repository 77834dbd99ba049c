//! ld-build-id-uuid

use super::{
    super::super::{Code, Confidence, Hits, Rule},
    LANGUAGES,
    given::given,
};

pub static RULE: Rule = Rule {
    id: "ld-build-id-uuid",
    languages: LANGUAGES,
    cause: "build-id-random",
    confidence: Confidence::High,
    what: "The linker gives each program a random build id",
    why: "`uuid` takes random bytes; `sha1` is a hash of what is linked, and serves debuggers as well.",
    fix: "-Wl,--build-id=sha1",
    references: &["https://sourceware.org/binutils/docs/ld/Options.html"],
    triggers: &["build-id=uuid"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    let flag = "--build-id=uuid";
    for place in given(code, flag) {
        let word = place.span.end - "uuid".len()..place.span.end;
        hits.fixable(place.span, "the build id is random", word, "sha1");
    }
}
