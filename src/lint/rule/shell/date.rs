//! sh-date

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule, code::above},
        place::makes_secrets,
    },
    command::Command,
    is_run_by_build, landing, recipe_targets,
    script::Script,
};
use tree_sitter::Node;

pub static RULE: Rule = Rule {
    id: "sh-date",
    languages: &[Language::Shell],
    cause: "embedded-timestamp",
    confidence: Confidence::High,
    what: "The time of the build is written into a file, a macro or a text that is filled in",
    why: "`date` says when the build ran, so no two builds agree. Only where the output goes into a file, a -D or -X flag, a replacement of \
          sed or a variable that is used so; not for log lines and timing.",
    fix: "date -u -d \"@${SOURCE_DATE_EPOCH:-$(date +%s)}\"",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["date"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    // Who knows of SOURCE_DATE_EPOCH takes it where it is set.
    if !is_run_by_build(code) || makes_secrets(code.path) || code.text.contains("SOURCE_DATE_EPOCH") {
        return;
    }
    let script = Script::new(code);
    for command in script.named(&["date"]) {
        if !tells_now(command) || is_fallback(code, command.node) || is_stamp(code, command.node) {
            continue;
        }
        if let Some(landing) = landing::of_output(&script, command.node) {
            hits.at(
                command.node.byte_range(),
                format!("the time of the build {}", landing.say()),
            );
        }
    }
}

/// Whether all that a recipe keeps of the time is the file that says that it ran: `date > $@`, `date > build.stamp`.
fn is_stamp(code: &Code<'_>, node: Node<'_>) -> bool {
    let Some(whole) = above(node, &["redirected_statement"]) else {
        return false;
    };
    let text = code.of(whole);
    let into = text.rsplit('>').next().unwrap_or("").trim().trim_matches(['"', '\'']);
    let target = into == "$@" && recipe_targets(code).is_some_and(|targets| targets.contains("stamp"));
    target || into.ends_with("stamp") && !into.contains("time")
}

/// Whether a `date` prints the present time: not that of a file or of a text, and it does not set the clock.
pub(crate) fn tells_now(command: &Command<'_>) -> bool {
    !command.words.iter().any(|word| {
        let text = word.text.as_str();
        ["-d", "-r", "-s", "-f", "-v", "-j", "-ud", "-ur", "-Rd", "-uRd", "-Iseconds -d"].iter().any(|option| text.starts_with(option))
            || ["--date", "--reference", "--set", "--file", "--help", "--version"].iter().any(|option| text.starts_with(option))
            || text.contains("SOURCE_DATE_EPOCH")
            // Options that cannot be seen.
            || (text.starts_with('$') && !text.contains("FMT") && !text.contains("FORMAT") && !text.contains("fmt"))
    })
}

/// Whether a command runs only where `SOURCE_DATE_EPOCH` is not set, or one with it failed.
pub(crate) fn is_fallback(code: &Code<'_>, node: Node<'_>) -> bool {
    let mut at = node;
    while let Some(parent) = above(
        at,
        &[
            "if_statement",
            "list",
            "case_statement",
            "expansion",
            "variable_assignment",
        ],
    ) {
        if code.of(parent).contains("SOURCE_DATE_EPOCH") {
            return true;
        }
        at = parent;
    }
    false
}
