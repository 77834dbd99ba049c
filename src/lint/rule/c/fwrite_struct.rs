//! c-fwrite-struct

use super::{
    super::{
        super::{Code, Confidence, Hits, Rule, code::below},
        place::is_test_path,
    },
    LANGUAGES, callee,
};
use tree_sitter::Node;

pub static RULE: Rule = Rule {
    id: "c-fwrite-struct",
    languages: LANGUAGES,
    cause: "random-value",
    confidence: Confidence::Low,
    what: "A structure is written with whatever was in memory between its members",
    why: "Members that were not set, and the gaps between members, keep what the stack had there. Harmless for packed structures of which every member \
          is set, and for static ones.",
    fix: "struct rec r = {0};",
    references: &["https://reproducible-builds.org/docs/value-initialization/"],
    triggers: &["fwrite", "write("],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) || code.text.contains("packed") {
        return;
    }
    for function in code.nodes(&["function_definition"]) {
        let plain = uninitialised(code, function);
        if plain.is_empty() {
            continue;
        }
        for call in below(function, &["call_expression"]) {
            if !matches!(callee(code, call), "fwrite" | "write") {
                continue;
            }
            let Some(arguments) = call.child_by_field_name("arguments") else {
                continue;
            };
            let text = code.of(arguments);
            let written = plain
                .iter()
                .find(|name| text.contains(&format!("&{name},")) && text.contains("sizeof"));
            let Some(name) = written else { continue };
            // Something else fills all of it.
            let body = code.of(function);
            let filled = ["memset(&", "bzero(&", "memcpy(&", "read(", "fread(&"]
                .iter()
                .any(|start| {
                    body.contains(&format!("{start}{name}"))
                        || (*start == "read(" && body.contains(&format!(", &{name}, sizeof")) && body.contains("read("))
                })
                || body.contains(&format!("{name} = "));
            if !filled {
                hits.at(call.byte_range(), format!("the gaps in {name} were never set"));
            }
        }
    }
}

/// The structures on the stack that are declared without a value.
fn uninitialised<'c>(code: &'c Code<'_>, function: Node<'_>) -> Vec<&'c str> {
    below(function, &["declaration"])
        .into_iter()
        .filter(|declaration| {
            let structure = declaration
                .child_by_field_name("type")
                .is_some_and(|kind| matches!(kind.kind(), "struct_specifier" | "union_specifier"));
            structure && !code.of(*declaration).starts_with("static")
        })
        .filter_map(|declaration| declaration.child_by_field_name("declarator"))
        .filter(|declarator| declarator.kind() == "identifier")
        .filter_map(|declarator| code.text.get(declarator.byte_range()))
        .collect()
}
