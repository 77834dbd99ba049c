//! Unsorted folders, and hashes of addresses, in what a generator writes.

use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{below, span},
    rule::{build_file, limit},
};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "java-hash-iter",
    languages: &[Language::Java],
    cause: "hash-order",
    confidence: Confidence::Medium,
    what: "A generator or annotation processor writes in the order of a folder, or of a hash of addresses",
    why: "File.listFiles, File.list and Files.list give the file system's order; hash maps of objects without a hashCode of their own \
          iterate by address. Maps of strings keep one order on one JDK, and are not reported.",
    fix: "Arrays.sort(files), .sorted(), LinkedHashMap or TreeMap",
    references: &["https://reproducible-builds.org/docs/stable-inputs/"],
    triggers: &["listFiles", ".list(", "HashMap", "HashSet"],
    check,
};

/// Types whose hash is their address.
const BY_ADDRESS: &[&str] = &[
    "Class<?>",
    "Element",
    "ExecutableElement",
    "Object",
    "TypeElement",
    "TypeMirror",
    "VariableElement",
];

/// Whether the file is a generator: by its name, or an annotation processor.
fn is_generator(code: &Code<'_>) -> bool {
    let stem = code.file_name().trim_end_matches(".java");
    let named = stem.ends_with("Generator")
        || stem.ends_with("CodeGen")
        || stem.starts_with("Generate")
        || stem.starts_with("Gen") && stem.get(3..4).is_some_and(|c| c.chars().all(char::is_uppercase));
    !build_file::is_test_path(code.path) && (named || code.text.contains("extends AbstractProcessor"))
}

/// Whether each turn of a loop writes, or adds to what is not sorted later.
fn writes(code: &Code<'_>, body: Node<'_>) -> bool {
    let declared = below(body, &["variable_declarator"]);
    below(body, &["method_invocation"]).into_iter().any(|call| {
        let part = |field: &str| call.child_by_field_name(field).map_or("", |it| code.of(it));
        let on = part("object");
        let made_here = declared
            .iter()
            .filter_map(|it| it.child_by_field_name("name"))
            .any(|it| code.of(it) == on);
        match part("name") {
            "append" | "print" | "printf" | "println" | "write" => {
                !matches!(on, "System.err" | "System.out") && !made_here
            }
            _ => false,
        }
    })
}

/// The names of hash maps and sets whose keys hash by address.
fn by_address<'c>(code: &'c Code<'_>) -> Vec<&'c str> {
    code.nodes(&["local_variable_declaration", "field_declaration"])
        .into_iter()
        .filter(|it| {
            let kind = it.child_by_field_name("type").map_or("", |it| code.of(it));
            let made = code.of(*it);
            let key = kind
                .split_once('<')
                .map_or("", |(_, inner)| inner.split([',', '>']).next().unwrap_or("").trim());
            let key = if key.starts_with("Class<") { "Class<?>" } else { key };
            (made.contains("new HashMap<") || made.contains("new HashSet<")) && BY_ADDRESS.contains(&key)
        })
        .filter_map(|it| it.child_by_field_name("declarator")?.child_by_field_name("name"))
        .map(|it| code.of(it))
        .collect()
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_generator(code) {
        return;
    }
    let hashed = by_address(code);
    for repeat in code.nodes(&["enhanced_for_statement"]).into_iter().take(limit::MOST) {
        let (Some(over), Some(body)) = (repeat.child_by_field_name("value"), repeat.child_by_field_name("body")) else {
            continue;
        };
        if !writes(code, body) {
            continue;
        }
        let text = code.of(over);
        let listed =
            |text: &str| text.contains(".listFiles(") || (text.ends_with(".list()") && code.text.contains("java.io"));
        // A name: what it was set to, unless it is sorted.
        let name_listed = over.kind() == "identifier"
            && !code.text.contains(&format!("sort({text}"))
            && code.nodes(&["variable_declarator"]).into_iter().any(|it| {
                let part = |field: &str| it.child_by_field_name(field).map_or("", |it| code.of(it));
                part("name") == text && listed(part("value"))
            });
        if listed(text) || name_listed {
            hits.at(
                span(over),
                "files come in the file system's order, and it shows in the output",
            );
            continue;
        }
        let of = text
            .trim_start_matches("this.")
            .split_once('.')
            .map_or(text, |(of, method)| {
                if ["entrySet()", "keySet()", "values()"].contains(&method) {
                    of
                } else {
                    ""
                }
            });
        if hashed.contains(&of) {
            hits.at(
                span(over),
                format!("`{of}` iterates by address, and its order shows in the output"),
            );
        }
    }
}
