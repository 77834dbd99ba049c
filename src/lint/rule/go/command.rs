//! Commands of shell code, word by word.

use crate::lint::code::{Code, below};
use tree_sitter::Node;

/// The words of a command, as they are written, without assignments before them and without `env` and `sudo`.
pub fn words<'c>(code: &'c Code<'_>, command: Node<'c>) -> Vec<(Node<'c>, &'c str)> {
    let mut cursor = command.walk();
    let mut words: Vec<_> = command
        .named_children(&mut cursor)
        .filter(|it| it.kind() != "variable_assignment" && !it.kind().contains("redirect"))
        .map(|it| (it, code.of(it).trim_start_matches(['@', '-', '+']).trim_matches('"')))
        .collect();
    // The name of the command lost its `-` to a recipe's prefix, arguments must not.
    for (node, word) in words.iter_mut().skip(1) {
        *word = code.of(*node);
    }
    while words.first().is_some_and(|(_, word)| {
        matches!(*word, "env" | "sudo" | "exec" | "time") || (word.contains('=') && !word.starts_with('$'))
    }) {
        words.remove(0);
    }
    words
}

/// Whether the first word runs Go: `go`, `$(GO)`, `$GO`.
pub(crate) fn is_go(word: &str) -> bool {
    matches!(word, "go" | "$(GO)" | "${GO}" | "$GO")
}

/// Every command of the code, with its words.
pub fn all<'c>(code: &'c Code<'_>) -> Vec<(Node<'c>, Vec<(Node<'c>, &'c str)>)> {
    code.root().map_or_else(Vec::new, |root| {
        below(root, &["command"])
            .into_iter()
            .map(|command| (command, words(code, command)))
            .collect()
    })
}
