//! cmake-binary-dir

use super::{
    super::{
        super::{
            Code, Confidence, Hits, Language, Rule,
            code::{above, below},
        },
        place::{is_test_path, words},
    },
    list::{List, is_defining},
};

pub static RULE: Rule = Rule {
    id: "cmake-binary-dir",
    languages: &[Language::CMake],
    cause: "build-path",
    confidence: Confidence::Medium,
    what: "The folder of the sources or of the build is given to the compiler as a macro",
    why: "What is compiled then has the builder's path in it, and two builds in different folders differ. Harmless for tests, which are not \
          installed, and in include paths.",
    fix: "a macro from ${CMAKE_INSTALL_FULL_DATADIR}, or a relative path",
    references: &["https://reproducible-builds.org/docs/build-path/"],
    triggers: &["_SOURCE_DIR}", "_BINARY_DIR}"],
    check,
};

const FOLDERS: &[&str] = &[
    "CMAKE_SOURCE_DIR",
    "CMAKE_BINARY_DIR",
    "CMAKE_CURRENT_SOURCE_DIR",
    "CMAKE_CURRENT_BINARY_DIR",
    "CMAKE_CURRENT_LIST_DIR",
    "PROJECT_SOURCE_DIR",
    "PROJECT_BINARY_DIR",
];

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let list = List::new(code);
    for call in list.calls.iter().filter(|call| is_defining(code, call)) {
        // The first argument names the target.
        let target = if call.name.starts_with("target_") || call.name.starts_with("set_") {
            call.arguments.first().map_or("", |(_, name)| *name)
        } else {
            ""
        };
        if is_of_tests(target) || (call.name == "set" && is_of_tests(code.of(call.node))) {
            continue;
        }
        for variable in below(call.node, &["normal_var"]) {
            let name = variable.named_child(0).map_or("", |name| code.of(name));
            if !FOLDERS.contains(&name) {
                continue;
            }
            let Some(argument) = above(variable, &["argument"]) else {
                continue;
            };
            // Quotes inside an argument make two of it: `-DX="${DIR}"` is `-DX=` and a quoted one.
            let from = code
                .text
                .get(..argument.start_byte())
                .map_or(0, |before| before.rfind([' ', '\t', '\n', '(']).map_or(0, |at| at + 1));
            let before = code.text.get(from..variable.start_byte()).unwrap_or("");
            let last = before.rsplit([' ', ';']).next().unwrap_or("");
            let is_macro = last.contains('=')
                && !last.contains("-I")
                && !last.contains("prefix-map=")
                && !last.contains("$<")
                && !last.starts_with("-f")
                && !last.starts_with("/");
            let makes = last.trim_start_matches(['"', '\'']).trim_start_matches("-D");
            if is_macro && !is_of_tests(makes.split('=').next().unwrap_or("")) {
                hits.at(
                    variable.byte_range(),
                    format!("{name} is given to the compiler as a macro"),
                );
            }
        }
    }
}

/// Whether a name has a word that says that it is for tests.
fn is_of_tests(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.contains("test")
        || words(&lower).any(|word| {
            matches!(
                word,
                "bench" | "benchmark" | "example" | "examples" | "fuzz" | "fuzzer" | "demo" | "fixture" | "fixtures"
            )
        })
        || lower.contains("_bench")
}
