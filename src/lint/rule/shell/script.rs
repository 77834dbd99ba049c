//! One script: its commands and variables, looked at once.

use super::{
    super::super::{Code, code::below},
    command::{Command, plain},
};
use std::{cell::Cell, collections::BTreeMap};
use tree_sitter::Node;

/// How many commands of one file are looked at.
const MAX_COMMANDS: usize = 20_000;

/// How many steps from a value to its use are taken in one file. Enough for any script that a person wrote.
const MAX_STEPS: u32 = 20_000;

/// A script.
pub struct Script<'c> {
    pub code: &'c Code<'c>,
    pub commands: Vec<Command<'c>>,
    /// Where a variable's value is used.
    uses: BTreeMap<String, Vec<Node<'c>>>,
    /// Where a variable gets its value.
    assigned: BTreeMap<String, Vec<Node<'c>>>,
    steps: Cell<u32>,
}

impl<'c> Script<'c> {
    /// Reads a script's tree.
    pub fn new(code: &'c Code<'c>) -> Self {
        let mut script = Script {
            code,
            commands: Vec::new(),
            uses: BTreeMap::new(),
            assigned: BTreeMap::new(),
            steps: Cell::new(MAX_STEPS),
        };
        for node in code.nodes(&["command", "simple_expansion", "expansion", "variable_assignment"]) {
            match node.kind() {
                "command" if script.commands.len() < MAX_COMMANDS => script.commands.extend(Command::new(code, node)),
                "command" => {}
                "variable_assignment" => {
                    if let Some(name) = node.child_by_field_name("name") {
                        let name = code.of(name).to_owned();
                        script.assigned.entry(name).or_default().push(node);
                    }
                }
                _ => {
                    if let Some(name) = variable(code, node) {
                        script.uses.entry(name.to_owned()).or_default().push(node);
                    }
                }
            }
        }
        script
    }

    /// The commands of a name.
    pub fn named<'s>(&'s self, names: &'s [&str]) -> impl Iterator<Item = &'s Command<'c>> {
        self.commands
            .iter()
            .filter(move |command| names.contains(&command.name.as_str()))
    }

    /// The command of a node: its own, or of the statement that redirects it.
    pub fn command(&self, node: Node<'c>) -> Option<&Command<'c>> {
        let node = match node.kind() {
            "redirected_statement" => node.child_by_field_name("body")?,
            _ => node,
        };
        let at = self
            .commands
            .binary_search_by(|command| {
                (command.node.start_byte(), std::cmp::Reverse(command.node.end_byte()))
                    .cmp(&(node.start_byte(), std::cmp::Reverse(node.end_byte())))
            })
            .ok()?;
        self.commands.get(at)
    }

    /// Where a variable's value is used.
    pub fn uses(&self, variable: &str) -> &[Node<'c>] {
        self.uses.get(variable).map_or(&[], Vec::as_slice)
    }

    /// What a variable is set to, as it is written.
    pub fn values(&self, variable: &str) -> impl Iterator<Item = &str> {
        self.assigned
            .get(variable)
            .into_iter()
            .flatten()
            .filter_map(|node| node.child_by_field_name("value"))
            .map(|value| self.code.of(value))
    }

    /// Whether a variable is set in this script.
    pub fn sets(&self, variable: &str) -> bool {
        self.assigned.contains_key(variable)
    }

    /// Whether a variable is handed to the programs that the script starts.
    pub(crate) fn exports(&self, variable: &str) -> bool {
        self.code.nodes(&["declaration_command"]).into_iter().any(|node| {
            let text = self.code.of(node);
            text.starts_with("export")
                && below(node, &["variable_name"])
                    .into_iter()
                    .any(|name| self.code.of(name) == variable)
        })
    }

    /// Whether the order of `sort` and of globs is pinned somewhere in the script, for the commands after it.
    pub(crate) fn pins_locale(&self) -> bool {
        // Of commands inside another file, that file may pin it for all of them.
        if self.code.file().len() != self.code.text.len() && self.code.file().lines().any(pins_locale) {
            return true;
        }
        ["LC_ALL", "LC_COLLATE", "LANG"].iter().any(|name| {
            self.assigned.get(*name).into_iter().flatten().any(|node| {
                // `LC_ALL=C sort` is for that one command.
                node.parent().is_none_or(|parent| parent.kind() != "command")
                    && node
                        .child_by_field_name("value")
                        .is_some_and(|value| is_plain_locale(&plain(self.code, value)))
            })
        })
    }

    /// One step on the way of a value; false once there were too many.
    pub fn step(&self) -> bool {
        let left = self.steps.get().saturating_sub(1);
        self.steps.set(left);
        left > 0
    }
}

/// Whether a line sets the locale for what follows: `export LC_ALL := C`, `ENV LC_ALL=C`, `LC_ALL: C`.
fn pins_locale(line: &str) -> bool {
    ["LC_ALL", "LC_COLLATE"].iter().any(|name| {
        line.split_once(name).is_some_and(|(before, rest)| {
            let value = rest
                .trim_start_matches([' ', '\t', ':', '?', '='])
                .trim_start_matches(['"', '\'']);
            let word = value.split([' ', '\t', ';', '"', '\'', '&']).next().unwrap_or("");
            let after = value
                .get(word.len()..)
                .unwrap_or("")
                .trim_start_matches(['"', '\''])
                .trim_start();
            // `LC_ALL=C sort` is for that one command.
            let alone = after.is_empty()
                || after.starts_with([';', '&', '#', '\\'])
                || before.contains("export")
                || before.trim_start().starts_with("ENV");
            !before.contains('#') && is_plain_locale(word) && alone
        })
    })
}

/// `C`, `POSIX`, `C.UTF-8`.
pub(crate) fn is_plain_locale(text: &str) -> bool {
    text == "C" || text == "POSIX" || text.starts_with("C.")
}

/// The variable that an expansion gives.
pub fn variable<'c>(code: &'c Code<'_>, node: Node<'_>) -> Option<&'c str> {
    let mut cursor = node.walk();
    let name = node
        .named_children(&mut cursor)
        .find(|child| matches!(child.kind(), "variable_name" | "subscript"))?;
    let name = match name.kind() {
        "subscript" => name.child_by_field_name("name")?,
        _ => name,
    };
    code.text.get(name.byte_range())
}
