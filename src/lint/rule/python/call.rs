//! Calls of Python: their names and arguments, and what they say to a person only.

use super::super::{super::Code, build_file};
use crate::lint::code::above;
use tree_sitter::Node;

/// Methods whose text goes to a log or a terminal.
const LOGS: &[&str] = &[
    "critical",
    "debug",
    "echo",
    "error",
    "exception",
    "exit",
    "fail",
    "info",
    "log",
    "secho",
    "verbose",
    "warn",
    "warning",
];

/// Methods that put text into a file.
pub const WRITES: &[&str] = &["write", "write_bytes", "write_text", "writelines"];

/// What is called: `os.listdir`.
pub fn name<'c>(code: &'c Code<'_>, call: Node<'_>) -> &'c str {
    call.child_by_field_name("function")
        .map_or("", |function| code.of(function))
}

/// The last part of a dotted name.
pub fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// What a method is called on: `out` of `out.write(…)`.
pub(crate) fn receiver<'t>(call: Node<'t>) -> Option<Node<'t>> {
    call.child_by_field_name("function")?.child_by_field_name("object")
}

/// The arguments, in their order.
pub fn arguments<'t>(call: Node<'t>) -> Vec<Node<'t>> {
    let Some(list) = call.child_by_field_name("arguments") else {
        return Vec::new();
    };
    if list.kind() != "argument_list" {
        return vec![list];
    }
    let mut cursor = list.walk();
    list.named_children(&mut cursor)
        .filter(|argument| argument.kind() != "comment")
        .collect()
}

/// The value of a keyword argument.
pub fn keyword<'t>(code: &Code<'_>, call: Node<'t>, name: &str) -> Option<Node<'t>> {
    arguments(call)
        .into_iter()
        .filter(|argument| argument.kind() == "keyword_argument")
        .find(|argument| {
            argument
                .child_by_field_name("name")
                .is_some_and(|it| code.of(it) == name)
        })
        .and_then(|argument| argument.child_by_field_name("value"))
}

/// The text of a plain string, without its quotes.
pub fn string<'c>(code: &'c Code<'_>, node: Node<'_>) -> Option<&'c str> {
    (node.kind() == "string").then(|| {
        let text = code.of(node).trim_start_matches(|c: char| c.is_ascii_alphabetic());
        text.trim_matches(|c| c == '"' || c == '\'')
    })
}

/// The mode that a file is opened with: the second argument, or `mode=`.
pub fn mode<'c>(code: &'c Code<'_>, call: Node<'_>) -> Option<&'c str> {
    let given = arguments(call)
        .into_iter()
        .nth(1)
        .filter(|argument| argument.kind() != "keyword_argument")
        .or_else(|| keyword(code, call, "mode"))?;
    string(code, given)
}

/// The name that a call's result is bound to: `x` of `x = call(…)` and of `with call(…) as x`.
pub fn bound<'c>(code: &'c Code<'_>, call: Node<'_>) -> Option<&'c str> {
    let parent = call.parent()?;
    let target = match parent.kind() {
        "assignment" => parent.child_by_field_name("left")?,
        "as_pattern" => parent.child_by_field_name("alias")?,
        _ => return None,
    };
    Some(code.of(target))
}

/// Whether `print` without `file=` makes this script's output: a generator that opens no file of its own for writing.
fn prints_output(code: &Code<'_>) -> bool {
    build_file::is_generator(code.path)
        && ![
            "'w'",
            "\"w\"",
            "'wb'",
            "\"wb\"",
            "'wt'",
            "\"wt\"",
            "write_text",
            "write_bytes",
        ]
        .iter()
        .any(|open| code.text.contains(open))
}

/// Whether a call writes to an output, not to a log or a terminal.
pub fn writes(code: &Code<'_>, call: Node<'_>) -> bool {
    let called = name(code, call);
    if called == "print" {
        return keyword(code, call, "file").map_or_else(
            || prints_output(code) || begins_comment(code, call),
            |file| !code.of(file).contains("stderr"),
        );
    }
    if !WRITES.contains(&last(called)) {
        return false;
    }
    let to = receiver(call)
        .map_or("", |receiver| code.of(receiver))
        .to_ascii_lowercase();
    match to.as_str() {
        "sys.stdout" | "sys.stdout.buffer" => prints_output(code) || begins_comment(code, call),
        _ => !["stderr", "log", "tty", "sock", "term"]
            .iter()
            .any(|word| to.contains(word)),
    }
}

/// Whether what is printed starts a comment of another language: the head of a generated file.
fn begins_comment(code: &Code<'_>, call: Node<'_>) -> bool {
    let arguments = code.of(call).split_once('(').map_or("", |(_, after)| after);
    let text = arguments.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c.is_whitespace());
    let text = text.trim_start_matches(['"', '\'']);
    ["/*", "//", "# ", "<!--", ".\\\"", "-- ", ";; "]
        .iter()
        .any(|start| text.starts_with(start))
}

/// Whether a value is only said to a person: logged, raised, asserted, printed to the terminal.
pub(crate) fn spoken(code: &Code<'_>, node: Node<'_>) -> bool {
    if above(node, &["raise_statement", "assert_statement"]).is_some() || inside_function(code, node, LOGS) {
        return true;
    }
    let mut at = node;
    while let Some(call) = above(at, &["call"]) {
        let called = name(code, call);
        if LOGS.contains(&last(called))
            || ((called == "print" || WRITES.contains(&last(called))) && !writes(code, call))
        {
            return true;
        }
        at = call;
    }
    false
}

/// Whether a node lies in a function of one of these names.
pub(crate) fn inside_function(code: &Code<'_>, node: Node<'_>, names: &[&str]) -> bool {
    let mut at = node;
    while let Some(function) = above(at, &["function_definition"]) {
        if function
            .child_by_field_name("name")
            .is_some_and(|name| names.contains(&code.of(name)))
        {
            return true;
        }
        at = function;
    }
    false
}
