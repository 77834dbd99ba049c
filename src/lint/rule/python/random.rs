//! Random values in what a build script makes.

use super::{call, in_build};
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{above, span},
    rule::{build_file, place},
};

/// The rule.
pub static RULE: Rule = Rule {
    id: "py-random",
    languages: &[Language::Python],
    cause: "random-value",
    confidence: Confidence::Medium,
    what: "A build script uses a random value",
    why: "What is random differs in each build. A generator with a constant seed does not matter, nor do names of temporary \
          files.",
    fix: "random.Random(0), uuid.uuid5(namespace, name), or a hash of the content",
    references: &["https://reproducible-builds.org/docs/randomness/"],
    triggers: &["random", "uuid", "secrets"],
    check,
};

/// Functions of `random` that draw.
const DRAWS: &[&str] = &[
    "choice",
    "choices",
    "gauss",
    "getrandbits",
    "randbytes",
    "randint",
    "random",
    "randrange",
    "sample",
    "shuffle",
    "uniform",
];

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) || place::makes_secrets(code.path) {
        return;
    }
    let seeded = code.nodes(&["call"]).into_iter().any(|node| {
        matches!(call::name(code, node), "random.seed" | "seed" | "np.random.seed") && !call::arguments(node).is_empty()
    });
    // A module of a library that draws, and writes nothing.
    let writes = ["open(", "write", "print(", "dump", "setup("]
        .iter()
        .any(|word| code.text.contains(word));
    if !writes && code.sibling("__init__.py") {
        return;
    }
    for node in code.nodes(&["call"]) {
        let name = call::name(code, node);
        let random = match name {
            "uuid.uuid1"
            | "uuid.uuid4"
            | "os.urandom"
            | "urandom"
            | "secrets.token_hex"
            | "secrets.token_bytes"
            | "secrets.token_urlsafe" => true,
            "uuid1" | "uuid4" => code.text.contains("from uuid import"),
            _ => {
                !seeded
                    && name.strip_prefix("random.").is_some_and(|draw| DRAWS.contains(&draw))
                    && code.text.contains("import random")
            }
        };
        if !random || call::spoken(code, node) {
            continue;
        }
        // A name for a while, not for the output; a wait before the next try.
        let statement = above(node, &["assignment", "expression_statement", "call", "with_item"]);
        let around = statement.map_or("", |it| code.of(it)).to_ascii_lowercase();
        if ["tmp", "temp", "sleep", "retry", "backoff", "boundary", "port"]
            .iter()
            .any(|word| around.contains(word))
        {
            continue;
        }
        // What an object holds: a class in a folder of documents is somebody's library.
        let held = above(node, &["assignment"])
            .and_then(|it| it.child_by_field_name("left"))
            .is_some_and(|left| left.kind() == "attribute");
        if held && !build_file::is_generator(code.path) {
            continue;
        }
        hits.at(span(node), format!("`{name}` differs in each build"));
    }
}
