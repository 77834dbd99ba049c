//! c-unordered-iter

use super::{
    super::{
        super::{Code, Confidence, Hits, Rule},
        place::{is_generator, is_test_path},
    },
    LANGUAGES, prints,
    token::{Kind, Token, tokens},
};
use std::collections::BTreeSet;
use tree_sitter::Node;

pub static RULE: Rule = Rule {
    id: "c-unordered-iter",
    languages: LANGUAGES,
    cause: "hash-order",
    confidence: Confidence::Medium,
    what: "A program of the build writes a hash table, or a map with addresses as keys, in its own order",
    why: "The order of unordered_map depends on the library, and that of addresses on where memory is. Only in sources of programs that the build \
          itself runs, by their names (gen*, mk*, *2c, codegen/), and only where the loop writes.",
    fix: "std::map with values as keys; or sort before writing",
    references: &[
        "https://clang.llvm.org/extra/clang-tidy/checks/bugprone/nondeterministic-pointer-iteration-order.html",
    ],
    triggers: &[
        "unordered_map",
        "unordered_set",
        "unordered_multimap",
        "DenseMap",
        "map<",
        "set<",
    ],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) || !is_generator(code.path) {
        return;
    }
    let tokens = tokens(&code.text);
    let names = unordered(&tokens);
    for node in code.nodes(&["for_range_loop", "for_statement"]) {
        let over = match node.kind() {
            "for_range_loop" => node.child_by_field_name("right"),
            _ => node
                .child_by_field_name("initializer")
                .filter(|init| code.of(*init).contains("begin()")),
        };
        let Some(over) = over else { continue };
        if is_unordered(code, over, &names) && node.child_by_field_name("body").is_some_and(|body| prints(code, body)) {
            hits.at(
                over.byte_range(),
                "what is written has the order of a hash table or of addresses",
            );
        }
    }
}

/// Whether a loop is over one of these variables, or over a table that is made there.
fn is_unordered(code: &Code<'_>, over: Node<'_>, names: &BTreeSet<&str>) -> bool {
    let text = code.of(over);
    let made = text.contains("unordered_") || text.contains("DenseMap<");
    let before = text.split(".begin").next().unwrap_or(text);
    let name = before
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .find(|word| !word.is_empty())
        .unwrap_or("");
    // `keys(table)` may give them in order.
    made || (names.contains(name) && (!text.contains('(') || text.contains("begin(")))
}

/// The variables that are declared as hash tables, or as maps and sets of addresses.
fn unordered<'t>(tokens: &[Token<'t>]) -> BTreeSet<&'t str> {
    let mut names = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        let hashed = matches!(
            token.text,
            "unordered_map"
                | "unordered_set"
                | "unordered_multimap"
                | "unordered_multiset"
                | "DenseMap"
                | "DenseSet"
                | "StringMap"
        );
        let ordered = matches!(token.text, "map" | "set" | "multimap" | "multiset");
        if token.kind != Kind::Word || !(hashed || ordered) || tokens.get(at + 1).is_none_or(|next| next.text != "<") {
            continue;
        }
        let mut depth = 0_usize;
        let mut key_ends: Option<&str> = None;
        let mut last = "";
        let mut end = None;
        for (here, token) in tokens.iter().enumerate().skip(at + 1).take(200) {
            match token.text {
                "<" => depth += 1,
                ">" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        key_ends = key_ends.or(Some(last));
                        end = Some(here);
                        break;
                    }
                }
                "," if depth == 1 => key_ends = key_ends.or(Some(last)),
                ";" | "{" => break,
                _ => {}
            }
            last = token.text;
        }
        let Some(end) = end.filter(|_| hashed || key_ends == Some("*")) else {
            continue;
        };
        let name = tokens
            .iter()
            .skip(end + 1)
            .find(|token| !matches!(token.text, "&" | "*" | "const"))
            .filter(|token| token.kind == Kind::Word);
        names.extend(name.map(|token| token.text));
    }
    names
}
