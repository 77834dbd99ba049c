//! sh-cpack

use super::{
    super::super::{Code, Confidence, Hits, Language, Rule},
    command::Command,
    is_build,
    script::Script,
    sets_the_time,
};

pub static RULE: Rule = Rule {
    id: "sh-cpack",
    languages: &[Language::Shell],
    cause: "archive-mtime",
    confidence: Confidence::Medium,
    what: "CPack packs files with the times at which the build wrote them",
    why: "Archives and packages of CPack carry the times and the owners of what was installed. With SOURCE_DATE_EPOCH set, they carry that \
          time; CMake 4.3 has CMP0206 for the owners.",
    fix: "SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) cpack -G TGZ",
    references: &[
        "https://reproducible-builds.org/docs/archives/",
        "https://cmake.org/cmake/help/latest/manual/cpack.1.html",
    ],
    triggers: &["cpack", "--target"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_build(code) || sets_the_time(code) {
        return;
    }
    let script = Script::new(code);
    for command in script.named(&["cpack", "cmake"]).filter(|command| packs(command)) {
        hits.at(
            command.place.start..command.node.end_byte(),
            "CPack packs without SOURCE_DATE_EPOCH",
        );
    }
}

fn packs(command: &Command<'_>) -> bool {
    if command.name == "cpack" {
        return !["--help", "--version", "-h", "-V"].iter().any(|asks| command.has(asks));
    }
    let target = command
        .words
        .iter()
        .skip_while(|word| !matches!(word.text.as_str(), "--target" | "-t"));
    command.has("--build")
        && target
            .skip(1)
            .take_while(|word| !word.text.starts_with('-'))
            .any(|word| matches!(word.text.as_str(), "package" | "package_source"))
}
