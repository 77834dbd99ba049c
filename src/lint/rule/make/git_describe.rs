//! make-git-describe

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule, code::above},
        place::is_test_path,
        shell::command::Command,
    },
    makefile::{asked, gives},
};

pub static RULE: Rule = Rule {
    id: "make-git-describe",
    languages: &[Language::Make],
    cause: "vcs-revision",
    confidence: Confidence::Low,
    what: "The version depends on the state of the git repository",
    why: "--dirty says whether files were touched, and the length of an abbreviated hash depends on how many objects the clone has. A release \
          archive has no repository at all. Harmless where the commit is the declared input and the length is fixed.",
    fix: "a VERSION file in releases; git describe --abbrev=12",
    references: &["https://reproducible-builds.org/docs/version-information/"],
    triggers: &["git "],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    for (node, command) in asked(code) {
        if above(node, &["variable_assignment", "shell_assignment"]).is_none() {
            continue;
        }
        if let Some(what) = gives(code, command, unstable) {
            hits.at(node.byte_range(), what);
        }
    }
}

/// What of a git command's output is not given by the commit.
fn unstable(command: &Command<'_>) -> Option<String> {
    if command.name != "git" {
        return None;
    }
    let verb = command.operands().next()?.text.as_str();
    let abbreviates = match verb {
        "describe" => !command.has("--abbrev") && !command.has("--exact-match"),
        "rev-parse" => command.words.iter().any(|word| word.text == "--short"),
        "log" | "show" => command.words.iter().any(|word| word.text.contains("%h")) && !command.has("--abbrev"),
        _ => return None,
    };
    if command
        .words
        .iter()
        .any(|word| word.text.starts_with("--dirty") || word.text.starts_with("--broken"))
    {
        Some("the version says whether files were touched".to_owned())
    } else {
        abbreviates.then(|| "the length of the hash depends on the clone".to_owned())
    }
}
