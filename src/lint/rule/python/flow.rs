//! Follows a value whose order is not stable to a place where the order shows: a write, a list that is written, objects of an extension.
//!
//! What it cannot follow it takes for harmless: a miss is better than a false alarm.

use super::{super::limit, call};
use crate::lint::code::{Code, above, below};
use std::cell::Cell;
use tree_sitter::Node;

/// Functions that the order of their argument does not matter to.
const ORDERLESS: &[&str] = &[
    "Counter",
    "all",
    "any",
    "bool",
    "frozenset",
    "len",
    "max",
    "min",
    "natsorted",
    "next",
    "set",
    "sorted",
    "sum",
];

/// Functions that hand on the order of their argument.
const HANDS_ON: &[&str] = &[
    "chain",
    "dumps",
    "enumerate",
    "filter",
    "format",
    "from_iterable",
    "iter",
    "list",
    "map",
    "repr",
    "reversed",
    "str",
    "tuple",
    "zip",
];

/// Methods that hand on the order of what they are called on.
const METHODS: &[&str] = &[
    "copy",
    "decode",
    "difference",
    "encode",
    "format",
    "intersection",
    "keys",
    "replace",
    "rstrip",
    "strip",
    "symmetric_difference",
    "union",
];

/// Keyword arguments whose order ends up in what is built. An extension's sources are sorted by distutils itself.
const ORDERED_KEYWORDS: &[&str] = &["ext_modules", "extra_objects", "objects"];

/// How deep a value is followed through names.
const DEPTH: u8 = 5;

/// Follows values in one file, with a bound on the work.
pub struct Flow<'c, 'a> {
    code: &'c Code<'a>,
    left: Cell<usize>,
}

impl<'c, 'a> Flow<'c, 'a> {
    /// For one file.
    pub fn new(code: &'c Code<'a>) -> Self {
        Flow {
            code,
            // Each step may look through the whole file: the longer it is, the fewer.
            left: Cell::new(limit::steps(code.text.len())),
        }
    }

    /// Whether the order of this value shows in an output.
    pub fn shows(&self, value: Node<'_>) -> bool {
        self.value(value, DEPTH)
    }

    fn value(&self, value: Node<'_>, depth: u8) -> bool {
        let steps = self.left.get();
        if depth == 0 || steps == 0 {
            return false;
        }
        self.left.set(steps - 1);
        let mut value = value;
        loop {
            let Some(parent) = value.parent() else { return false };
            let is = |field: &str| parent.child_by_field_name(field) == Some(value);
            match parent.kind() {
                "parenthesized_expression"
                | "list_splat"
                | "boolean_operator"
                | "conditional_expression"
                | "concatenated_string" => {}
                "list_comprehension" | "generator_expression" if !is("body") => {}
                "interpolation" => {}
                "string" => {}
                "binary_operator" => {}
                "argument_list" => match parent.parent() {
                    Some(call) => match self.argument(call, depth) {
                        Some(shows) => return shows,
                        None => {
                            value = call;
                            continue;
                        }
                    },
                    None => return false,
                },
                "call" if is("arguments") => {
                    if let Some(shows) = self.argument(parent, depth) {
                        return shows;
                    }
                }
                "attribute" if is("object") => {
                    let method = parent
                        .child_by_field_name("attribute")
                        .map_or("", |name| self.code.of(name));
                    let call = parent.parent().filter(|call| call.kind() == "call");
                    let (true, Some(call)) = (METHODS.contains(&method), call) else {
                        return false;
                    };
                    value = call;
                    continue;
                }
                "keyword_argument" => {
                    return parent
                        .child_by_field_name("name")
                        .is_some_and(|name| ORDERED_KEYWORDS.contains(&self.code.of(name)));
                }
                "assignment" | "augmented_assignment" | "named_expression" if is("right") || is("value") => {
                    let target = parent
                        .child_by_field_name("left")
                        .or_else(|| parent.child_by_field_name("name"));
                    return target.is_some_and(|target| self.name(target, depth));
                }
                "for_statement" if is("right") => return self.repeat(parent, depth),
                "for_in_clause" if is("right") => match parent.parent() {
                    Some(made) if made.kind() != "set_comprehension" => {
                        value = made;
                        continue;
                    }
                    _ => return false,
                },
                _ => return false,
            }
            value = parent;
        }
    }

    /// Whether the order of an argument shows; none: as far as the call's result shows.
    fn argument(&self, call: Node<'_>, depth: u8) -> Option<bool> {
        let called = call::name(self.code, call);
        let last = call::last(called);
        if ORDERLESS.contains(&last) {
            return Some(false);
        }
        if HANDS_ON.contains(&last) || (last == "join" && !called.starts_with("os.path")) {
            return None;
        }
        match last {
            "extend" => Some(call::receiver(call).is_some_and(|list| self.name(list, depth))),
            "dump" => Some(!call::spoken(self.code, call)),
            _ => Some(call::writes(self.code, call)),
        }
    }

    /// Whether the order of what a name holds shows.
    fn name(&self, target: Node<'_>, depth: u8) -> bool {
        if target.kind() != "identifier" {
            return false;
        }
        let name = self.code.of(target);
        let Some(scope) = above(target, &["function_definition", "module"]) else {
            return false;
        };
        let uses: Vec<Node<'_>> = below(scope, &["identifier"])
            .into_iter()
            .filter(|it| it.id() != target.id() && self.code.of(*it) == name)
            .collect();
        if uses.iter().any(|it| self.is_sorted(*it)) {
            return false;
        }
        uses.into_iter().any(|it| self.value(it, depth - 1))
    }

    /// Whether this use of a name sorts it: `names.sort()`, `sorted(names)`.
    fn is_sorted(&self, name: Node<'_>) -> bool {
        let Some(parent) = name.parent() else { return false };
        match parent.kind() {
            "attribute" => parent
                .child_by_field_name("attribute")
                .is_some_and(|method| self.code.of(method) == "sort"),
            "argument_list" => parent
                .parent()
                .is_some_and(|call| matches!(call::last(call::name(self.code, call)), "sorted" | "natsorted")),
            _ => false,
        }
    }

    /// Whether the order of a loop's turns shows.
    fn repeat(&self, repeat: Node<'_>, depth: u8) -> bool {
        let Some(body) = repeat.child_by_field_name("body") else {
            return false;
        };
        // `os.walk`: the order of folders is the caller's to set.
        if let Some(left) = repeat
            .child_by_field_name("left")
            .filter(|left| left.named_child_count() == 3)
        {
            let sorts = |index: u32| {
                left.named_child(index).is_some_and(|part| {
                    let name = self.code.of(part);
                    let uses = below(body, &["identifier"]);
                    let mut uses = uses.into_iter().filter(|it| self.code.of(*it) == name).peekable();
                    uses.peek().is_none() && index == 2 || uses.any(|it| self.is_sorted(it))
                })
            };
            if sorts(1) && sorts(2) {
                return false;
            }
        }
        let calls = below(body, &["call"])
            .into_iter()
            .any(|call| self.turn(call, repeat, body, depth));
        calls
            || below(body, &["augmented_assignment"]).into_iter().any(|add| {
                let (Some(left), Some(right)) = (add.child_by_field_name("left"), add.child_by_field_name("right"))
                else {
                    return false;
                };
                // A sum of numbers has no order; text and lists have.
                let is_text = !below(right, &["string", "list"]).is_empty();
                is_text && !self.made_in(left, body) && self.name(left, depth)
            })
    }

    /// Whether a call in a loop's body writes, or collects what is written in the order of the loop.
    fn turn(&self, call: Node<'_>, repeat: Node<'_>, body: Node<'_>, depth: u8) -> bool {
        let arguments = call::arguments(call);
        // The same text in each turn comes out the same in any order.
        let constant = arguments
            .iter()
            .all(|it| it.kind() == "string" && below(*it, &["interpolation"]).is_empty());
        if constant || call::spoken(self.code, call) {
            return false;
        }
        let receiver = call::receiver(call);
        // What a turn adds to its own values, and a file that is opened anew in each turn, know no order.
        let own = repeat.child_by_field_name("left").is_some_and(|left| {
            let names = below(left, &["identifier"]);
            receiver.is_some_and(|it| names.into_iter().any(|name| self.code.of(name) == self.code.of(it)))
        });
        if own {
            return false;
        }
        if receiver.is_some_and(|it| it.kind() == "call" || self.made_in(it, body)) {
            return false;
        }
        match call::last(call::name(self.code, call)) {
            "append" | "extend" => receiver.is_some_and(|list| self.name(list, depth)),
            "add" => receiver.is_some_and(|it| self.holds(it, &["tarfile.open", "TarFile"])),
            "update" => receiver.is_some_and(|it| self.holds(it, &["hashlib", "md5", "sha1", "sha256", "blake2b"])),
            _ => call::writes(self.code, call),
        }
    }

    /// Whether a name gets its value inside this part of the code.
    fn made_in(&self, name: Node<'_>, part: Node<'_>) -> bool {
        let text = self.code.of(name);
        below(part, &["assignment", "as_pattern"]).into_iter().any(|it| {
            it.child_by_field_name("left")
                .or_else(|| it.child_by_field_name("alias"))
                .is_some_and(|target| self.code.of(target) == text)
        })
    }

    /// Whether a name is bound to what one of these functions gives.
    fn holds(&self, name: Node<'_>, functions: &[&str]) -> bool {
        let text = self.code.of(name);
        self.code.nodes(&["call"]).into_iter().any(|it| {
            let called = call::name(self.code, it);
            functions.iter().any(|function| called.contains(function)) && call::bound(self.code, it) == Some(text)
        })
    }
}
