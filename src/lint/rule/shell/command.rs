//! Commands of a script: names, words, options.

use super::super::{super::Code, place::is_makefile};
use std::ops::Range;
use tree_sitter::Node;

/// A word of a command.
pub struct Word<'t> {
    pub node: Node<'t>,
    /// Without its quotes; expansions as they are written.
    pub text: String,
}

/// A simple command.
pub struct Command<'t> {
    pub node: Node<'t>,
    /// Without its folder; of what a wrapper (`env`, `sudo`, `nice` …) starts. `tar` for `$TAR` and `$(TAR)`.
    pub name: String,
    /// Where the name stands.
    pub place: Range<usize>,
    /// What follows the name.
    pub words: Vec<Word<'t>>,
    /// The assignments before the name, as they are written.
    pub environment: Vec<String>,
}

/// Programs that start another.
const WRAPPERS: &[&str] = &[
    "env",
    "sudo",
    "time",
    "nice",
    "nohup",
    "exec",
    "command",
    "builtin",
    "fakeroot",
    "eatmydata",
    "ionice",
    "busybox",
];

impl<'t> Command<'t> {
    /// The command of a `command` node; none if it only assigns.
    pub fn new(code: &Code<'_>, node: Node<'t>) -> Option<Self> {
        let mut environment = Vec::new();
        let mut words = Vec::new();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "variable_assignment" => environment.push(code.of(child).to_owned()),
                "command_name" => words.push(Word {
                    node: child,
                    text: child.named_child(0).map_or(String::new(), |name| plain(code, name)),
                }),
                "file_redirect" | "herestring_redirect" | "heredoc_redirect" | "comment" => {}
                _ => words.push(Word {
                    node: child,
                    text: plain(code, child),
                }),
            }
        }
        let mut words = words.into_iter().peekable();
        let mut first = words.next()?;
        let mut name = program(code, &first.text);
        while WRAPPERS.contains(&name.as_str()) {
            // Options of the wrapper, and what `env` sets.
            while let Some(word) = words.next_if(|word| word.text.starts_with('-') || is_assignment(&word.text)) {
                if is_assignment(&word.text) {
                    environment.push(word.text);
                }
            }
            let Some(word) = words.next() else { break };
            name = program(code, &word.text);
            first = word;
        }
        Some(Command {
            node,
            place: first.node.byte_range(),
            name,
            words: words.collect(),
            environment,
        })
    }

    /// The words that are no options: `-` counts as one.
    pub(crate) fn operands(&self) -> impl Iterator<Item = &Word<'t>> {
        self.words
            .iter()
            .filter(|word| !word.text.starts_with('-') || word.text == "-")
    }

    /// Whether one of the words is this option, or starts with it and `=`.
    pub fn has(&self, option: &str) -> bool {
        self.words.iter().any(|word| {
            word.text
                .strip_prefix(option)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })
    }

    /// Whether a letter is among the bundled short options.
    pub(crate) fn has_letter(&self, letter: char) -> bool {
        self.words
            .iter()
            .any(|word| bundle(&word.text).is_some_and(|letters| letters.contains(letter)))
    }

    /// Whether options may come from a variable: `$TAR_OPTS`, `"${args[@]}"`.
    pub(crate) fn has_variable_options(&self) -> bool {
        self.words.iter().any(|word| {
            let text = word.text.as_str();
            let upper = text.to_ascii_uppercase();
            text.starts_with('$')
                && (text.contains("[@]")
                    || text.starts_with("$@")
                    || text.starts_with("${@")
                    || ["OPT", "FLAG", "ARG", "PARAM", "ENV", "REPRO", "DETERM", "SORT", "LEVEL"]
                        .iter()
                        .any(|part| upper.contains(part)))
        })
    }
}

/// The letters of bundled short options: `9n` of `-9n`.
pub fn bundle(text: &str) -> Option<&str> {
    text.strip_prefix('-')
        .filter(|rest| !rest.starts_with('-') && rest.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// `NAME=value`.
pub(crate) fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// What a program is called: `/usr/bin/tar`, `$TAR`, `${TAR}` and, in a makefile, `$(TAR)` are `tar`.
fn program(code: &Code<'_>, text: &str) -> String {
    let text = text.trim_start_matches(['@', '+', '-']);
    let variable = text
        .strip_prefix("$(")
        .filter(|_| is_makefile(code.path))
        .and_then(|rest| rest.strip_suffix(')'))
        .or_else(|| text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')))
        .or_else(|| text.strip_prefix('$'));
    if let Some(variable) = variable {
        let lower = variable.to_ascii_lowercase();
        let short = lower
            .strip_suffix("_bin")
            .or(lower.strip_suffix("_prog"))
            .unwrap_or(&lower);
        return match short {
            "host_cc" | "hostcc" | "build_cc" | "cc_for_build" => "cc".to_owned(),
            other => other.to_owned(),
        };
    }
    let name = text.rsplit('/').next().unwrap_or(text);
    match name {
        "gdate" => "date",
        "gtar" | "gnutar" => "tar",
        "gfind" => "find",
        "gsort" => "sort",
        "gsed" => "sed",
        other => other,
    }
    .to_owned()
}

/// A word's text without quotes. Expansions stay as they are written.
pub fn plain(code: &Code<'_>, node: Node<'_>) -> String {
    let text = code.of(node);
    match node.kind() {
        "raw_string" => text.trim_matches('\'').to_owned(),
        "string" => {
            let inner = text.strip_prefix('"').unwrap_or(text);
            let inner = inner.strip_suffix('"').unwrap_or(inner);
            inner.replace("\\\"", "\"")
        }
        "concatenation" => {
            let mut cursor = node.walk();
            let parts: Vec<_> = node.children(&mut cursor).collect();
            parts.into_iter().map(|part| plain(code, part)).collect()
        }
        "word" => text.replace('\\', ""),
        _ => text.to_owned(),
    }
}
