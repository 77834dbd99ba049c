//! Follows an iterator whose order is not stable to where the order shows.

use crate::lint::code::{Code, above, below};
use tree_sitter::Node;

/// What a chain of methods has that makes its order harmless.
const HARMLESS: &[&str] = &[
    ".all(",
    ".any(",
    ".contains",
    ".count()",
    ".is_empty()",
    ".is_err()",
    ".is_none()",
    ".is_ok()",
    ".is_some()",
    ".len()",
    ".max(",
    ".max_by",
    ".min(",
    ".min_by",
    ".next()",
    ".sort",
    ".sorted",
    ".sum",
    "BTreeMap",
    "BTreeSet",
    "BinaryHeap",
    "HashMap<",
    "HashSet<",
];

/// The whole chain that a call begins: `fs::read_dir(x)?.map(…).collect()`.
fn chain<'t>(node: Node<'t>) -> Node<'t> {
    let mut at = node;
    while let Some(parent) = at.parent() {
        let goes_on = match parent.kind() {
            "field_expression" => parent.child_by_field_name("value") == Some(at),
            "call_expression" => parent.child_by_field_name("function") == Some(at),
            "await_expression"
            | "generic_function"
            | "parenthesized_expression"
            | "reference_expression"
            | "try_expression" => true,
            _ => false,
        };
        if !goes_on {
            break;
        }
        at = parent;
    }
    at
}

/// Whether the order in which this gives its values shows in an output.
pub fn shows(code: &Code<'_>, source: Node<'_>) -> bool {
    let whole = chain(source);
    // Only what comes after the source: its own argument has no say.
    let after = code.text.get(source.end_byte()..whole.end_byte()).unwrap_or("");
    if HARMLESS.iter().any(|word| after.contains(word)) {
        return false;
    }
    if after.contains("collect::<String>") || after.contains(".join(") {
        return true;
    }
    if let Some(at) = after.find(".for_each(") {
        let closure = below(whole, &["closure_expression"])
            .into_iter()
            .find(|it| it.start_byte() >= source.end_byte() + at);
        return closure.is_some_and(|closure| turn(code, closure, &[]));
    }
    let Some(parent) = whole.parent() else { return false };
    match parent.kind() {
        "for_expression" => parent.child_by_field_name("value") == Some(whole) && repeats(code, parent),
        "let_declaration" => name(code, parent),
        _ => false,
    }
}

/// Whether the order of what a `let` binds shows.
fn name(code: &Code<'_>, binding: Node<'_>) -> bool {
    let kind = binding.child_by_field_name("type").map_or("", |it| code.of(it));
    let Some(pattern) = binding.child_by_field_name("pattern") else {
        return false;
    };
    let name = code.of(pattern).trim_start_matches("mut ");
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !plain
        || ["BTree", "HashMap", "HashSet", "BinaryHeap"]
            .iter()
            .any(|it| kind.contains(it))
        || is_sorted(code, name)
    {
        return false;
    }
    let Some(scope) = above(binding, &["function_item", "source_file"]) else {
        return false;
    };
    // Each member in a quoted text: `#(#names)*`.
    let quoted = code.text.contains(&format!("#(#{name}"));
    let repeated = below(scope, &["for_expression"]).into_iter().any(|repeat| {
        let over = repeat.child_by_field_name("value").map_or("", |it| code.of(it));
        let over = over.trim_start_matches('&').trim_start_matches("mut ");
        let this = over == name || over.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        this && repeats(code, repeat)
    });
    quoted || repeated || code.text.contains(&format!("{name}.join("))
}

/// Whether the order of a loop's turns shows.
fn repeats(code: &Code<'_>, repeat: Node<'_>) -> bool {
    let pattern = repeat.child_by_field_name("pattern");
    let bound: Vec<&str> = pattern
        .into_iter()
        .flat_map(|pattern| below(pattern, &["identifier"]))
        .map(|it| code.of(it))
        .collect();
    repeat
        .child_by_field_name("body")
        .is_some_and(|body| turn(code, body, &bound))
}

/// Whether the file sorts what a name holds.
fn is_sorted(code: &Code<'_>, name: &str) -> bool {
    code.text.contains(&format!("{name}.sort")) || code.text.contains(&format!("{name}.par_sort"))
}

/// Whether a part of the code binds a name anew.
fn made_in(code: &Code<'_>, part: Node<'_>, name: &str) -> bool {
    below(part, &["let_declaration"])
        .into_iter()
        .filter_map(|it| it.child_by_field_name("pattern"))
        .any(|it| code.of(it).trim_start_matches("mut ") == name)
}

/// Whether a turn of a loop writes, or collects in the loop's order. What it adds to its own values (`bound`) has none.
fn turn(code: &Code<'_>, body: Node<'_>, bound: &[&str]) -> bool {
    let macros = below(body, &["macro_invocation"]).into_iter().any(|it| {
        let called = it.child_by_field_name("macro").map_or("", |it| code.of(it));
        let inside = code.of(it).split_once(['(', '{', '[']).map_or("", |(_, inside)| inside);
        let first = inside
            .split(',')
            .next()
            .unwrap_or("")
            .trim()
            .trim_start_matches("&mut ")
            .trim_start_matches('&');
        match called {
            "write" | "writeln" => !first.contains("stderr") && !made_in(code, body, first),
            "println" | "print" => ["rustc-env", "rustc-link"].iter().any(|told| first.contains(told)),
            _ => false,
        }
    });
    macros
        || below(body, &["call_expression"]).into_iter().any(|it| {
            let Some(function) = it
                .child_by_field_name("function")
                .filter(|it| it.kind() == "field_expression")
            else {
                return false;
            };
            let part = |field: &str| function.child_by_field_name(field).map_or("", |it| code.of(it));
            let on = part("value");
            match part("field") {
                "push" | "push_str" | "extend" | "append" => {
                    // A stack of folders still to visit is taken from again.
                    let stack = code.text.contains(&format!("{on}.pop"));
                    let plain = on.chars().all(|c| c.is_alphanumeric() || c == '_');
                    plain
                        && !bound.contains(&on)
                        && !stack
                        && !made_in(code, body, on)
                        && !is_sorted(code, on)
                        && !is_path(code, on)
                }
                "file" | "object" => code.text.contains("cc::Build"),
                "write_all" | "write_str" => !on.contains("stderr") && !made_in(code, body, on),
                _ => false,
            }
        })
}

/// Whether a name is a path: `path.push("x")` adds no member to a list.
fn is_path(code: &Code<'_>, name: &str) -> bool {
    ["path", "dir", "out_dir", "dest"].contains(&name) || code.text.contains(&format!("{name} = PathBuf"))
}
