//! sh-sort-locale

use super::{
    super::super::{Code, Confidence, Hits, Language, Rule},
    command::Command,
    is_run_by_build, landing,
    script::Script,
};

pub static RULE: Rule = Rule {
    id: "sh-sort-locale",
    languages: &[Language::Shell],
    cause: "locale-collation",
    confidence: Confidence::Low,
    what: "What is written is sorted in the order of the builder's language",
    why: "`sort` and `ls` order names by the locale: with en_US `B` comes after `a`, with C before it. Harmless for numbers, and where only \
          equal lines are counted. Rarely seen where every builder sets LC_ALL, as Debian's do.",
    fix: "LC_ALL=C sort",
    references: &[
        "https://reproducible-builds.org/docs/stable-inputs/",
        "https://reproducible-builds.org/docs/locales/",
    ],
    triggers: &["sort", "ls "],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_run_by_build(code) {
        return;
    }
    let script = Script::new(code);
    let before = hits.0.len();
    for command in script.named(&["sort", "ls"]) {
        if !by_locale(command) || sorted_later(&script, command) || of_history(&script, command) {
            continue;
        }
        if let Some(landing::Landing::File(name)) = landing::of_output(&script, command.node) {
            hits.at(
                command.place.start..command.node.end_byte(),
                format!("the order of the builder's locale is written to {name}"),
            );
        }
    }
    // Looked for last: the file may be large, and this a line of it.
    if hits.0.len() > before && script.pins_locale() {
        hits.0.truncate(before);
    }
}

/// Whether a command's order depends on the locale.
pub(crate) fn by_locale(command: &Command<'_>) -> bool {
    // A fixed language is always the same order, too.
    let pinned = command.environment.iter().any(|set| {
        set.split_once('=').is_some_and(|(name, value)| {
            matches!(name, "LC_ALL" | "LC_COLLATE" | "LANG") && !value.is_empty() && !value.contains('$')
        })
    });
    let numeric = command.words.iter().any(|word| {
        let text = word.text.as_str();
        (text.starts_with("-k") || !text.starts_with("--"))
            && text.starts_with('-')
            && text.contains(['n', 'g', 'h', 'V', 'M', 'R', 'c'])
            || matches!(
                text,
                "--numeric-sort" | "--version-sort" | "--general-numeric-sort" | "--check" | "--random-sort"
            )
    });
    let listed = command.name == "ls"
        && (command.has_letter('t')
            || command.has_letter('U')
            || command.has_letter('S')
            || command.has_letter('d')
            || command.operands().next().is_none());
    // One file has no order; what a variable or a folder holds cannot be seen.
    let one = command.name == "ls" && !command.operands().any(|word| word.text.contains(['*', '?', '[']));
    !pinned && !numeric && !listed && !one && !command.has_variable_options()
}

/// Whether what is sorted comes from the repository's history, which builds of a release do not have: a list of authors.
fn of_history(script: &Script<'_>, command: &Command<'_>) -> bool {
    let pipeline = command.node.parent().map(|up| match up.kind() {
        "redirected_statement" => up.parent().unwrap_or(up),
        _ => up,
    });
    let first = pipeline.and_then(|up| script.code.text.get(up.byte_range()));
    first.is_some_and(|text| text.starts_with("git log") || text.starts_with("git shortlog"))
}

/// Whether a later part of the pipeline sorts, or only looks.
fn sorted_later(script: &Script<'_>, command: &Command<'_>) -> bool {
    landing::after_all(command.node).into_iter().any(|next| {
        script.command(next).is_none_or(|next| {
            matches!(next.name.as_str(), "sort" | "wc" | "head" | "tail" | "md5sum")
                || (next.name == "grep" && next.has_letter('q'))
        })
    })
}
