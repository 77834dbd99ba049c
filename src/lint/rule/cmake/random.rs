//! cmake-random

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule},
        place::is_test_path,
    },
    list::List,
};

pub static RULE: Rule = Rule {
    id: "cmake-random",
    languages: &[Language::CMake],
    cause: "random-value",
    confidence: Confidence::Medium,
    what: "A random text is built in",
    why: "string(RANDOM) gives another text in each build. With RANDOM_SEED, or as a name for a file that is thrown away, it does not matter.",
    fix: "string(SHA256 ID \"what it is for\"), or string(RANDOM … RANDOM_SEED 1 …)",
    references: &["https://reproducible-builds.org/docs/randomness/"],
    triggers: &["RANDOM"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let list = List::new(code);
    for call in list.named(&["string"]) {
        let draws = call.arguments.first().is_some_and(|(_, verb)| *verb == "RANDOM") && !call.has("RANDOM_SEED");
        let Some((_, variable)) = call.arguments.last().filter(|_| draws) else {
            continue;
        };
        let used = code.text.contains(&format!("${{{variable}}}"));
        if used && list.is_built_in(variable, 4) {
            hits.at(
                call.node.byte_range(),
                format!("a random text is built in as {variable}"),
            );
        }
    }
}
