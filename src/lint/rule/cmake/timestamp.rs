//! cmake-timestamp

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule},
        place::is_test_path,
    },
    list::List,
};

pub static RULE: Rule = Rule {
    id: "cmake-timestamp",
    languages: &[Language::CMake],
    cause: "embedded-timestamp",
    confidence: Confidence::Low,
    what: "CMake is asked for the time of the build",
    why: "string(TIMESTAMP) honours SOURCE_DATE_EPOCH since CMake 3.8: nothing is to be done but to set it. Reported only where the project says \
          that it may be built by an older CMake.",
    fix: "cmake_minimum_required(VERSION 3.8), and SOURCE_DATE_EPOCH in the environment",
    references: &["https://cmake.org/cmake/help/latest/command/string.html#timestamp"],
    triggers: &["TIMESTAMP"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let list = List::new(code);
    if list.minimum().is_none_or(|version| version >= (3, 8)) {
        return;
    }
    for call in list.named(&["string"]) {
        if call.arguments.first().is_some_and(|(_, verb)| *verb == "TIMESTAMP") && !list.is_guarded(call.node) {
            hits.at(
                call.node.byte_range(),
                "CMake before 3.8 gives the present time, whatever SOURCE_DATE_EPOCH says",
            );
        }
    }
}
