//! Who builds, and where, in what a build script writes.

use super::{call, in_build};
use crate::lint::{Code, Confidence, Hits, Language, Rule, code::span};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "py-identity",
    languages: &[Language::Python],
    cause: "hostname",
    confidence: Confidence::Low,
    what: "A build script writes the name of the machine, the user, the kernel or the build folder",
    why: "They differ between builders. What only chooses (a platform switch, a search path) does not matter.",
    fix: "leave it out, or write a constant",
    references: &["https://reproducible-builds.org/docs/env-variations/"],
    triggers: &[
        "gethostname",
        "platform",
        "getuser",
        "getlogin",
        "cpu_count",
        "getpid",
        "getcwd",
        "abspath",
    ],
    check,
};

/// Calls that tell something of the machine.
const TELLS: &[&str] = &[
    "getpass.getuser",
    "multiprocessing.cpu_count",
    "os.cpu_count",
    "os.getcwd",
    "os.getlogin",
    "os.getpid",
    "os.uname",
    "platform.node",
    "platform.platform",
    "platform.release",
    "platform.uname",
    "platform.version",
    "socket.getfqdn",
    "socket.gethostname",
];

/// Whether a value is written out as text: in a write, or formatted inside one.
fn written(code: &Code<'_>, node: Node<'_>) -> bool {
    let mut at = node;
    while let Some(parent) = at.parent() {
        match parent.kind() {
            "argument_list" => {
                let Some(call) = parent.parent() else { return false };
                if call::writes(code, call) {
                    return true;
                }
                if !matches!(
                    call::last(call::name(code, call)),
                    "str" | "repr" | "format" | "join" | "abspath" | "dict"
                ) {
                    return false;
                }
                at = call;
                continue;
            }
            "interpolation"
            | "string"
            | "binary_operator"
            | "tuple"
            | "parenthesized_expression"
            | "concatenated_string"
            | "subscript"
            | "keyword_argument" => {}
            _ => return false,
        }
        at = parent;
    }
    false
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    for node in code.nodes(&["call"]) {
        let name = call::name(code, node);
        let place = name == "os.path.abspath"
            && call::arguments(node)
                .iter()
                .any(|it| matches!(code.of(*it), "__file__" | "\".\"" | "'.'"));
        if (TELLS.contains(&name) || place) && written(code, node) && !call::spoken(code, node) {
            hits.at(
                span(node),
                format!("`{name}` differs between builders, and is written out"),
            );
        }
    }
}
