//! c-pointer-print

use super::{
    super::{
        super::{Code, Confidence, Hits, Rule},
        place::{is_generator, is_test_path},
    },
    LANGUAGES, callee,
};

pub static RULE: Rule = Rule {
    id: "c-pointer-print",
    languages: LANGUAGES,
    cause: "aslr-pointer",
    confidence: Confidence::Low,
    what: "A program of the build writes an address",
    why: "Addresses are others in each run (ASLR). Only in sources of programs that the build itself runs, by their names (gen*, mk*, *2c, codegen/); \
          not in messages to stderr.",
    fix: "write a number or a name",
    references: &["https://reproducible-builds.org/docs/randomness/"],
    triggers: &["%p"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) || !is_generator(code.path) {
        return;
    }
    for call in code.nodes(&["call_expression"]) {
        if !matches!(callee(code, call), "fprintf" | "printf" | "vfprintf" | "dprintf") {
            continue;
        }
        let Some(arguments) = call.child_by_field_name("arguments") else {
            continue;
        };
        let mut cursor = arguments.walk();
        let parts: Vec<_> = arguments.named_children(&mut cursor).collect();
        let to_person = parts.first().is_some_and(|first| code.of(*first) == "stderr");
        if let Some(format) = parts
            .iter()
            .take(2)
            .find(|part| part.kind().contains("string") && code.of(**part).contains("%p"))
            .filter(|_| !to_person)
        {
            hits.at(format.byte_range(), "an address is written");
        }
    }
}
