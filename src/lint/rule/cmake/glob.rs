//! cmake-glob

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule},
        place::is_test_path,
    },
    list::List,
};

pub static RULE: Rule = Rule {
    id: "cmake-glob",
    languages: &[Language::CMake],
    cause: "readdir-order",
    confidence: Confidence::Low,
    what: "A list of files has the order in which CMake meets them",
    why: "CMake before 3.6 does not sort what file(GLOB) gives. Reported only where the project says that it may be built by such a CMake.",
    fix: "name the files, or list(SORT v)",
    references: &[
        "https://tests.reproducible-builds.org/debian/issues/unstable/unsorted_file_glob_by_cmake_issue.html",
    ],
    triggers: &["GLOB"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let list = List::new(code);
    if list.minimum().is_none_or(|version| version >= (3, 6)) {
        return;
    }
    for call in list.named(&["file"]) {
        if !call.has("GLOB") && !call.has("GLOB_RECURSE") {
            continue;
        }
        let Some((_, variable)) = call.arguments.get(1) else {
            continue;
        };
        let sorted = list
            .named(&["list"])
            .any(|other| other.has("SORT") && other.has(variable));
        if !sorted {
            hits.at(
                call.node.byte_range(),
                format!("{variable} is not sorted by CMake before 3.6"),
            );
        }
    }
}
