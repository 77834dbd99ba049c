//! The time of the build in what a build script writes.

use super::{super::limit, call, in_build, is_sphinx};
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{above, below, span},
};
use std::cell::Cell;
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "py-now",
    languages: &[Language::Python],
    cause: "embedded-timestamp",
    confidence: Confidence::Medium,
    what: "A build script writes the time at which it runs",
    why: "The clock differs in each build. Timing (a difference of two times) and log lines do not matter, nor does a script \
          that takes SOURCE_DATE_EPOCH.",
    fix: "datetime.fromtimestamp(int(os.environ.get(\"SOURCE_DATE_EPOCH\", time.time())), tz=timezone.utc)",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["now(", "utcnow(", "today(", "time("],
    check,
};

/// Attributes and methods that make text or a number of a date.
const FORMATS: &[&str] = &[
    "ctime",
    "day",
    "isoformat",
    "month",
    "strftime",
    "timestamp",
    "tm_mday",
    "tm_mon",
    "tm_year",
    "year",
];

/// Calls that make text of their argument.
const TEXT: &[&str] = &[
    "asctime",
    "ctime",
    "format",
    "int",
    "isoformat",
    "repr",
    "round",
    "str",
    "strftime",
];

/// Whether a call reads the clock.
fn reads_clock(code: &Code<'_>, node: Node<'_>) -> bool {
    let name = call::name(code, node);
    let count = call::arguments(node).len();
    let bare = !name.contains('.') && code.text.contains("from time import");
    match call::last(name) {
        "now" | "utcnow" | "today" => {
            let from = name.rsplit_once('.').map_or("", |(from, _)| call::last(from));
            matches!(from, "datetime" | "date" | "dt" | "timezone")
        }
        "time" => count == 0 && (name == "time.time" || (name == "time" && bare)),
        "strftime" => count == 1 && (name == "time.strftime" || (name == "strftime" && bare)),
        "ctime" | "asctime" | "gmtime" | "localtime" => count == 0 && (name.starts_with("time.") || bare),
        _ => false,
    }
}

/// Whether the file is of waf or SCons.
fn configures(code: &Code<'_>) -> bool {
    matches!(code.file_name(), "wscript" | "SConstruct" | "SConscript")
}

/// Whether a value is of `CPPDEFINES=`.
fn defines(code: &Code<'_>, node: Node<'_>) -> bool {
    above(node, &["keyword_argument"])
        .and_then(|given| given.child_by_field_name("name"))
        .is_some_and(|name| code.of(name) == "CPPDEFINES")
}

/// Whether the time becomes part of an output.
fn reaches(code: &Code<'_>, node: Node<'_>, mut text: bool, depth: u8, left: &Cell<usize>) -> bool {
    let mut at = node;
    while let Some(parent) = at.parent() {
        let field = |name: &str| parent.child_by_field_name(name);
        match parent.kind() {
            "parenthesized_expression"
            | "conditional_expression"
            | "boolean_operator"
            | "concatenated_string"
            | "string" => {}
            "attribute" if field("object") == Some(at) => {
                let name = field("attribute").map_or("", |it| code.of(it));
                if !FORMATS.contains(&name)
                    && ![
                        "astimezone",
                        "date",
                        "encode",
                        "replace",
                        "strip",
                        "timetuple",
                        "utctimetuple",
                    ]
                    .contains(&name)
                {
                    return false;
                }
                text |= FORMATS.contains(&name);
            }
            "call" if field("function") == Some(at) => {}
            "subscript" | "interpolation" => text = true,
            "binary_operator" => match field("operator").map_or("", |it| code.of(it)) {
                "%" | "+"
                    if field("left").is_some_and(|it| {
                        it == at || it.kind().contains("string") || it.kind() == "binary_operator"
                    }) =>
                {
                    text = true;
                }
                _ => return false,
            },
            "tuple" if parent.parent().is_some_and(|it| it.kind() == "binary_operator") => {}
            "tuple" | "list" | "dictionary" | "pair" if configures(code) && defines(code, parent) => return text,
            "argument_list" => {
                let Some(call) = parent.parent() else { return false };
                let called = call::last(call::name(code, call));
                if TEXT.contains(&called) {
                    text = true;
                } else if matches!(called, "define" | "Define") && configures(code) {
                    return text;
                } else if matches!(called, "render" | "replace" | "safe_substitute" | "sub" | "substitute") {
                    return text && !call::spoken(code, call);
                } else if !matches!(
                    called,
                    "fromtimestamp" | "gmtime" | "join" | "localtime" | "utcfromtimestamp"
                ) {
                    return call::writes(code, call) && !call::spoken(code, call);
                }
                at = call;
                continue;
            }
            "keyword_argument" => {
                // Arguments of `str.format`, of a template or of `setup()`; a time for a file's own header is another rule's.
                let Some(call) = above(parent, &["call"]) else {
                    return false;
                };
                let known = ["dict", "format", "render", "safe_substitute", "setup", "substitute"];
                return text && known.contains(&call::last(call::name(code, call))) && !call::spoken(code, call);
            }
            "pair" => return (text || is_sphinx(code)) && !call::spoken(code, parent),
            "assignment" if field("right") == Some(at) => {
                let Some(target) = field("left") else { return false };
                if is_sphinx(code)
                    && text
                    && target.kind() == "identifier"
                    && above(parent, &["function_definition"]).is_none()
                {
                    return true;
                }
                return match target.kind() {
                    "identifier" => depth > 0 && name_reaches(code, target, text, depth - 1, left),
                    "subscript" => text,
                    _ => false,
                };
            }
            _ => return false,
        }
        at = parent;
    }
    false
}

/// Whether what a name holds becomes part of an output.
fn name_reaches(code: &Code<'_>, name: Node<'_>, text: bool, depth: u8, left: &Cell<usize>) -> bool {
    let Some(fewer) = left.get().checked_sub(1) else {
        return false;
    };
    left.set(fewer);
    let Some(scope) = above(name, &["function_definition", "module"]) else {
        return false;
    };
    below(scope, &["identifier"])
        .into_iter()
        .filter(|it| it.id() != name.id() && code.of(*it) == code.of(name))
        .take(50)
        .any(|it| reaches(code, it, text, depth, left))
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) || code.text.contains("SOURCE_DATE_EPOCH") {
        return;
    }
    let left = Cell::new(limit::steps(code.text.len()));
    for node in code.nodes(&["call"]) {
        // `time.strftime(fmt)` is text already.
        let text = matches!(call::last(call::name(code, node)), "strftime" | "ctime" | "asctime");
        if reads_clock(code, node) && !call::spoken(code, node) && reaches(code, node, text, 3, &left) {
            hits.at(
                span(node),
                format!(
                    "`{}` puts the time of the build into the output",
                    call::name(code, node)
                ),
            );
        }
    }
}
