//! What a loop of Go does with its turns.

use crate::lint::code::{Code, below};
use std::collections::BTreeSet;
use tree_sitter::Node;

/// The names whose values the file sorts somewhere.
pub fn sorted<'c>(code: &'c Code<'_>) -> BTreeSet<&'c str> {
    code.nodes(&["call_expression"])
        .into_iter()
        .filter(|call| {
            let called = call.child_by_field_name("function").map_or("", |it| code.of(it));
            called.starts_with("sort.") || called.contains("sort") || called.contains("Sort")
        })
        .filter_map(|call| call.child_by_field_name("arguments"))
        .flat_map(|list| below(list, &["identifier"]))
        .map(|it| code.of(it))
        .collect()
}

/// Whether a part of the code declares a name.
fn made_in(code: &Code<'_>, part: Node<'_>, name: &str) -> bool {
    below(part, &["short_var_declaration", "var_spec"])
        .into_iter()
        .any(|it| {
            let left = it
                .child_by_field_name("left")
                .or_else(|| it.child_by_field_name("name"));
            left.is_some_and(|left| below(left, &["identifier"]).into_iter().any(|it| code.of(it) == name))
        })
}

/// Whether each turn of a loop writes to the same output, or adds to the same list or text.
pub fn writes(code: &Code<'_>, body: Node<'_>, sorted: &BTreeSet<&str>) -> bool {
    // Without a file of its own, what the program prints is its output.
    let prints = !["os.Create", "WriteFile", "OpenFile"]
        .iter()
        .any(|open| code.text.contains(open));
    let calls = below(body, &["call_expression"]).into_iter().any(|call| {
        let called = call.child_by_field_name("function").map_or("", |it| code.of(it));
        let (on, method) = called.rsplit_once('.').unwrap_or(("", called));
        let first = call
            .child_by_field_name("arguments")
            .and_then(|list| list.named_child(0))
            .map_or("", |it| code.of(it).trim_start_matches('&'));
        match method {
            "Fprint" | "Fprintf" | "Fprintln" => first != "os.Stderr" && !made_in(code, body, first),
            "WriteString" | "Write" | "WriteByte" | "WriteRune" => {
                on != "os.Stderr" && !on.is_empty() && !made_in(code, body, on)
            }
            "Print" | "Printf" | "Println" => on == "fmt" && prints,
            _ => false,
        }
    });
    calls
        || below(body, &["assignment_statement"]).into_iter().any(|it| {
            let part = |field: &str| it.child_by_field_name(field).map_or("", |it| code.of(it));
            let (left, right) = (part("left"), part("right"));
            let grows = right.starts_with("append(") || (part("operator") == "+=" && right.contains('"'));
            let plain = left.chars().all(|c| c.is_alphanumeric() || c == '_');
            grows && plain && !made_in(code, body, left) && !sorted.contains(left)
        })
}
