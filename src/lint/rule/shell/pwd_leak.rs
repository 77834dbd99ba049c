//! sh-pwd-leak

use super::{
    super::super::{Code, Confidence, Hits, Language, Rule},
    is_build, landing,
    script::Script,
};

pub static RULE: Rule = Rule {
    id: "sh-pwd-leak",
    languages: &[Language::Shell],
    cause: "build-path",
    confidence: Confidence::Low,
    what: "The folder of the build is written into a file, a macro or a text that is filled in",
    why: "Two builds in different folders then differ. Harmless where every builder uses the same folder, or the file is only used during the \
          build.",
    fix: "write the place where it will be installed, or a relative path",
    references: &["https://reproducible-builds.org/docs/build-path/"],
    triggers: &["PWD", "pwd", "realpath", "readlink"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_build(code) {
        return;
    }
    let script = Script::new(code);
    for command in script.named(&["pwd", "realpath", "readlink"]) {
        if command.name == "readlink" && !command.has_letter('f') {
            continue;
        }
        if let Some(landing) = landing::of_output(&script, command.node) {
            hits.at(
                command.node.byte_range(),
                format!("the folder of the build {}", landing.say()),
            );
        }
    }
    if !script.sets("PWD") {
        for node in script.uses("PWD") {
            if let Some(landing) = landing::of_value(&script, *node) {
                hits.at(node.byte_range(), format!("the folder of the build {}", landing.say()));
            }
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}
