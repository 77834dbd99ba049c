//! make-wildcard

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule},
        place::is_test_path,
    },
    makefile::{Makefile, function},
};

pub static RULE: Rule = Rule {
    id: "make-wildcard",
    languages: &[Language::Make],
    cause: "readdir-order",
    // GNU make sorts since 4.3 (2020), and did before 3.82: what is found is a hint for makes in between.
    confidence: Confidence::Low,
    what: "A list of files has the order in which make meets them",
    why: "GNU make from 3.82 to 4.2 does not sort what $(wildcard) gives. 4.3 and later do.",
    fix: "$(sort $(wildcard *.c))",
    references: &["https://reproducible-builds.org/docs/stable-inputs/"],
    triggers: &["wildcard"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let makefile = Makefile::new(code);
    for call in code.nodes(&["function_call"]) {
        if function(code, call) != "wildcard" || !code.of(call).contains(['*', '?', '[']) {
            continue;
        }
        if let Some(user) = makefile.ordered(call) {
            hits.at(
                call.byte_range(),
                format!("{user} gets files in an order that GNU make before 4.3 does not sort"),
            );
        }
    }
}
