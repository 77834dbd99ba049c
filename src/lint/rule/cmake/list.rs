//! One CMake list file: its commands, and where variables are used.

use super::super::{super::Code, shell::landing::is_scratch};
use std::collections::BTreeMap;
use tree_sitter::Node;

/// A command.
pub struct Call<'c> {
    pub node: Node<'c>,
    /// In lower case.
    pub name: String,
    /// Without their quotes.
    pub arguments: Vec<(Node<'c>, &'c str)>,
}

impl Call<'_> {
    /// Whether an argument is this word.
    pub fn has(&self, word: &str) -> bool {
        self.arguments.iter().any(|(_, text)| *text == word)
    }

    /// The argument after a word.
    pub fn after(&self, word: &str) -> Option<&str> {
        let at = self.arguments.iter().position(|(_, text)| *text == word)?;
        self.arguments.get(at + 1).map(|(_, text)| *text)
    }
}

/// A list file.
pub struct List<'c> {
    pub code: &'c Code<'c>,
    pub calls: Vec<Call<'c>>,
    /// The places of `${NAME}`, and of the commands that they are in.
    uses: BTreeMap<&'c str, Vec<usize>>,
}

/// Commands that put text into what is compiled.
const DEFINING: &[&str] = &[
    "add_definitions",
    "add_compile_definitions",
    "target_compile_definitions",
    "add_compile_options",
    "target_compile_options",
];

impl<'c> List<'c> {
    /// Reads a file's tree.
    pub fn new(code: &'c Code<'c>) -> Self {
        let mut list = List {
            code,
            calls: Vec::new(),
            uses: BTreeMap::new(),
        };
        let kinds = [
            "normal_command",
            "if_command",
            "elseif_command",
            "while_command",
            "foreach_command",
        ];
        for node in code.nodes(&kinds) {
            let name = node
                .named_child(0)
                .map_or("", |name| code.of(name))
                .to_ascii_lowercase();
            let arguments: Vec<_> = super::super::super::code::below(node, &["argument"])
                .into_iter()
                .filter_map(|argument| {
                    let text = code.text.get(argument.byte_range())?;
                    let inner = text
                        .strip_prefix('"')
                        .and_then(|rest| rest.strip_suffix('"'))
                        .unwrap_or(text);
                    Some((argument, inner))
                })
                .collect();
            for variable in super::super::super::code::below(node, &["variable"]) {
                if let Some(name) = code.text.get(variable.byte_range()) {
                    list.uses.entry(name).or_default().push(list.calls.len());
                }
            }
            list.calls.push(Call { node, name, arguments });
        }
        list
    }

    /// The commands of a name.
    pub fn named<'s>(&'s self, names: &'s [&str]) -> impl Iterator<Item = &'s Call<'c>> {
        self.calls
            .iter()
            .filter(move |call| names.contains(&call.name.as_str()))
    }

    /// Whether what a variable holds may be built in: it is given to the compiler, written to a file, or filled in by `configure_file`.
    pub(crate) fn is_built_in(&self, variable: &str, hops: u8) -> bool {
        let uses = self.uses.get(variable).map_or(0, Vec::len);
        // Nothing in this file uses it: it is for a file that is filled in, or for those that include this.
        (uses == 0 && self.tested(variable).is_none()) || self.reaches(variable, hops)
    }

    fn reaches(&self, variable: &str, hops: u8) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        let fills = self.named(&["configure_file"]).next().is_some();
        for call in self
            .uses
            .get(variable)
            .into_iter()
            .flatten()
            .filter_map(|at| self.calls.get(*at))
        {
            let set = matches!(call.name.as_str(), "set" | "string" | "list")
                .then(|| self.target(call))
                .flatten()
                // What is cached, whoever configures may set.
                // A name that is put together may be any.
                .filter(|name| *name != variable && !name.contains("${") && !call.has("CACHE"));
            let passed = |name: &str| {
                let ends = !self.uses.contains_key(name) && self.tested(name).is_none();
                (ends && fills) || self.reaches(name, hops)
            };
            if is_defining(self.code, call) || self.is_writing(call) || set.is_some_and(passed) {
                return true;
            }
        }
        false
    }

    /// Whether a command writes a file, other than a log.
    pub(crate) fn is_writing(&self, call: &Call<'_>) -> bool {
        call.name == "file"
            && call
                .arguments
                .first()
                .is_some_and(|(_, verb)| matches!(*verb, "WRITE" | "APPEND" | "GENERATE" | "CONFIGURE"))
            && call.arguments.get(1).is_some_and(|(_, name)| !is_scratch(name))
    }

    /// The first `if` that asks for a variable by its name.
    fn tested(&self, variable: &str) -> Option<&Call<'c>> {
        self.named(&["if", "elseif", "while"]).find(|call| call.has(variable))
    }

    /// The variable that `set`, `string` or `list` gives a value.
    fn target<'s>(&self, call: &'s Call<'c>) -> Option<&'s str> {
        match call.name.as_str() {
            "set" => call.arguments.first().map(|(_, name)| *name),
            "string" => match call.arguments.first()?.1 {
                "STRIP" | "TOUPPER" | "TOLOWER" | "LENGTH" => call.arguments.get(2).map(|(_, name)| *name),
                "REPLACE" => call.arguments.get(3).map(|(_, name)| *name),
                "REGEX" => call.arguments.get(4).map(|(_, name)| *name),
                "APPEND" | "CONCAT" => call.arguments.get(1).map(|(_, name)| *name),
                "SUBSTRING" => call.arguments.get(4).map(|(_, name)| *name),
                _ => None,
            },
            _ => call.arguments.get(1).map(|(_, name)| *name),
        }
    }

    /// The version that `cmake_minimum_required` asks for, if it is in this file.
    pub(crate) fn minimum(&self) -> Option<(u32, u32)> {
        let call = self.named(&["cmake_minimum_required"]).next()?;
        let version = call.after("VERSION")?;
        // `3.1...3.20`: policies of the later one.
        let version = version.rsplit("...").next()?;
        let mut parts = version.split('.').map(str::parse);
        Some((parts.next()?.ok()?, parts.next().and_then(Result::ok).unwrap_or(0)))
    }

    /// Whether a command runs only where a condition about `SOURCE_DATE_EPOCH` holds, or does not.
    pub(crate) fn is_guarded(&self, node: Node<'_>) -> bool {
        let mut at = node;
        while let Some(parent) = at.parent() {
            if parent.kind() == "if_condition" && self.code.of(parent).contains("SOURCE_DATE_EPOCH") {
                return true;
            }
            at = parent;
        }
        false
    }
}

/// Whether a command gives macros to the compiler.
pub(crate) fn is_defining(code: &Code<'_>, call: &Call<'_>) -> bool {
    DEFINING.contains(&call.name.as_str())
        || (matches!(
            call.name.as_str(),
            "set_target_properties" | "set_property" | "set_source_files_properties"
        ) && (call.has("COMPILE_DEFINITIONS") || call.has("COMPILE_FLAGS")))
        || (call.name == "set"
            && call
                .arguments
                .first()
                .is_some_and(|(_, name)| name.starts_with("CMAKE_C") && name.ends_with("_FLAGS"))
            && code.of(call.node).contains("-D"))
}
