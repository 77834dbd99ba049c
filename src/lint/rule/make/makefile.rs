//! One makefile: its variables, and where their values go.

use super::{
    super::{
        super::{Code, Language, code::above, embedded::Nesting},
        aside::is_aside,
        shell::{
            command::Command,
            is_ordered,
            landing::{self, Landing},
            script::Script,
        },
    },
    mask,
};
use std::{cell::Cell, collections::BTreeMap};
use tree_sitter::Node;

/// How many variables are followed one after the other.
const MAX_HOPS: u8 = 4;

/// How many steps are taken in one file.
const MAX_STEPS: u32 = 20_000;

/// A makefile.
pub struct Makefile<'c> {
    pub code: &'c Code<'c>,
    uses: BTreeMap<&'c str, Vec<Node<'c>>>,
    steps: Cell<u32>,
}

impl<'c> Makefile<'c> {
    /// Reads a makefile's tree.
    pub fn new(code: &'c Code<'c>) -> Self {
        let mut uses: BTreeMap<&str, Vec<Node<'_>>> = BTreeMap::new();
        for node in code.nodes(&["variable_reference", "substitution_reference"]) {
            if let Some(name) = referred(code, node) {
                uses.entry(name).or_default().push(node);
            }
        }
        Makefile {
            code,
            uses,
            steps: Cell::new(MAX_STEPS),
        }
    }

    /// Where a variable is used.
    pub fn uses(&self, name: &str) -> &[Node<'c>] {
        self.uses.get(name).map_or(&[], Vec::as_slice)
    }

    /// Where what a node expands to goes.
    pub(crate) fn landing(&self, node: Node<'c>) -> Option<Landing> {
        self.value(node, MAX_HOPS)
    }

    /// Where a text at a place inside an assignment's value goes.
    pub(crate) fn assigned(&self, assignment: Node<'c>, place: usize) -> Option<Landing> {
        self.variable(assignment, place, MAX_HOPS)
    }

    fn step(&self) -> bool {
        let left = self.steps.get().saturating_sub(1);
        self.steps.set(left);
        left > 0
    }

    fn value(&self, node: Node<'c>, hops: u8) -> Option<Landing> {
        let mut at = node;
        while self.step() {
            let parent = at.parent()?;
            match parent.kind() {
                "function_call"
                    if matches!(
                        function(self.code, parent),
                        "info" | "warning" | "error" | "shell" | "eval"
                    ) =>
                {
                    return None;
                }
                // `$(shell echo $(X))` gives X on.
                "shell_command" => {
                    let text = self.code.of(parent).trim_start();
                    if !text.starts_with("echo ") && !text.starts_with("printf ") {
                        return None;
                    }
                }
                "variable_assignment" => return self.variable(parent, node.start_byte(), hops),
                "shell_assignment" => {
                    let name = self.code.of(parent.child_by_field_name("name")?);
                    return self.followed(name, hops);
                }
                "recipe_line" => return self.recipe(parent, node.start_byte()),
                "ifeq_directive" | "ifneq_directive" | "ifdef_directive" | "ifndef_directive" | "prerequisites"
                | "targets" | "makefile" | "include_directive" => return None,
                _ => {}
            }
            at = parent;
        }
        None
    }

    fn variable(&self, assignment: Node<'c>, place: usize, hops: u8) -> Option<Landing> {
        let name = self.code.of(assignment.child_by_field_name("name")?);
        let value = assignment.child_by_field_name("value")?;
        if name == "SOURCE_DATE_EPOCH" || is_aside(name) {
            return None;
        }
        let before = self.code.text.get(value.start_byte()..place).unwrap_or("");
        if landing::is_define(before) {
            return Some(Landing::Define);
        }
        if landing::is_built_in(name) && self.exports(name) {
            return Some(Landing::Environment(name.to_owned()));
        }
        self.followed(name, hops)
    }

    fn followed(&self, name: &str, hops: u8) -> Option<Landing> {
        let hops = hops.checked_sub(1)?;
        self.uses(name).iter().find_map(|node| self.value(*node, hops))
    }

    /// Whether a variable is handed to what the recipes start.
    fn exports(&self, name: &str) -> bool {
        self.code.text.lines().any(|line| {
            line.trim_start().strip_prefix("export").is_some_and(|rest| {
                rest.starts_with([' ', '\t']) && rest.split([' ', '\t', '=', ':', '?']).any(|word| word == name)
            })
        })
    }

    /// Where what is expanded at a place of a recipe's line goes.
    fn recipe(&self, line: Node<'c>, place: usize) -> Option<Landing> {
        let targets = targets(self.code, line);
        if is_aside(targets) {
            return None;
        }
        let found = self.in_recipe(line, place, landing::of_place)?;
        match found {
            // The file is the rule's target.
            Landing::File(name) if name.starts_with("$@") => {
                let target = targets.split_whitespace().next().unwrap_or("$@");
                (!landing::is_scratch(target) && !is_phony(self.code, target)).then(|| Landing::File(target.to_owned()))
            }
            other => Some(other),
        }
    }

    /// Looks at a recipe's line as shell, at the expansion at a place of the makefile.
    fn in_recipe<T>(
        &self,
        line: Node<'c>,
        place: usize,
        look: impl for<'s> Fn(&Script<'s>, Node<'s>, usize) -> Option<T>,
    ) -> Option<T> {
        let text = mask::shell(self.code.of(line));
        let place = place.checked_sub(line.start_byte())?;
        let shell = Code::new(Language::Shell, self.code.path, text, 0);
        let script = Script::new(&shell);
        let inner = script.code.root()?.descendant_for_byte_range(place, place + 1)?;
        // In single quotes make has expanded it all the same.
        const SEEN: &[&str] = &["simple_expansion", "expansion", "raw_string"];
        let node = if SEEN.contains(&inner.kind()) {
            inner
        } else {
            above(inner, SEEN)?
        };
        look(&script, node, place)
    }

    /// Who gets the files that a node expands to, and minds their order.
    pub(crate) fn ordered(&self, node: Node<'c>) -> Option<String> {
        self.user(node, MAX_HOPS)
    }

    fn user(&self, node: Node<'c>, hops: u8) -> Option<String> {
        let mut at = node;
        while self.step() {
            let parent = at.parent()?;
            match parent.kind() {
                "function_call"
                    if matches!(
                        function(self.code, parent),
                        "sort"
                            | "info"
                            | "warning"
                            | "error"
                            | "words"
                            | "firstword"
                            | "call"
                            | "eval"
                            | "if"
                            | "shell"
                            | "findstring"
                            | "and"
                            | "or"
                    ) =>
                {
                    return None;
                }
                // What to leave out or to keep has no order.
                "arguments"
                    if parent.named_child(0).is_some_and(|first| first.id() == at.id())
                        && parent
                            .parent()
                            .is_some_and(|call| matches!(function(self.code, call), "filter" | "filter-out")) =>
                {
                    return None;
                }
                "shell_command" => return None,
                "variable_assignment" => {
                    let name = self.code.of(parent.child_by_field_name("name")?);
                    if is_aside(name) {
                        return None;
                    }
                    let uses = self.uses(name);
                    if uses.is_empty() {
                        // Another makefile uses it.
                        let upper = name.to_ascii_uppercase();
                        let lists = ["SRC", "SOURCE", "OBJ"].iter().any(|part| upper.contains(part));
                        return lists.then(|| format!("whoever uses {name}"));
                    }
                    let hops = hops.checked_sub(1)?;
                    return uses.iter().find_map(|node| self.user(*node, hops));
                }
                "prerequisites" => return self.all_prerequisites(parent),
                "recipe_line" => {
                    if is_aside(targets(self.code, parent)) {
                        return None;
                    }
                    return self.in_recipe(parent, node.start_byte(), |script, node, _| {
                        ordered_command(script, node)
                    });
                }
                "ifeq_directive" | "ifneq_directive" | "ifdef_directive" | "ifndef_directive" | "targets"
                | "makefile" | "include_directive" => {
                    return None;
                }
                _ => {}
            }
            at = parent;
        }
        None
    }

    /// Who in a rule's recipe gets `$^`, all prerequisites in their order.
    fn all_prerequisites(&self, prerequisites: Node<'c>) -> Option<String> {
        let rule = prerequisites.parent()?;
        if is_aside(targets(self.code, rule)) {
            return None;
        }
        super::super::super::code::below(rule, &["automatic_variable"])
            .into_iter()
            .filter(|node| self.code.of(*node).contains(['^', '+']))
            .find_map(|node| {
                let line = above(node, &["recipe_line"])?;
                self.in_recipe(line, node.start_byte(), |script, node, _| ordered_command(script, node))
            })
    }
}

/// The command that gets an expansion as a word, if it minds the order.
fn ordered_command(script: &Script<'_>, node: Node<'_>) -> Option<String> {
    let command = Command::new(script.code, above(node, &["command"])?)?;
    let is_word = command
        .words
        .iter()
        .any(|word| word.node.byte_range().contains(&node.start_byte()));
    (is_word && is_ordered(&command.name)).then_some(command.name)
}

/// The variable that a reference names.
pub fn referred<'c>(code: &'c Code<'_>, node: Node<'_>) -> Option<&'c str> {
    let name = match node.kind() {
        "substitution_reference" => node.child_by_field_name("text")?,
        _ => node.named_child(0)?,
    };
    code.text.get(name.byte_range())
}

/// The name of a function that is called.
pub fn function<'c>(code: &'c Code<'_>, call: Node<'_>) -> &'c str {
    call.child_by_field_name("function")
        .and_then(|name| code.text.get(name.byte_range()))
        .unwrap_or("")
}

/// The targets of the rule that a node is in.
pub fn targets<'c>(code: &'c Code<'_>, node: Node<'_>) -> &'c str {
    let rule = if node.kind() == "rule" {
        Some(node)
    } else {
        above(node, &["rule"])
    };
    let Some(rule) = rule else { return "" };
    let mut cursor = rule.walk();
    rule.named_children(&mut cursor)
        .find(|child| child.kind() == "targets")
        .and_then(|targets| code.text.get(targets.byte_range()))
        .unwrap_or("")
}

/// Whether a target is no file.
fn is_phony(code: &Code<'_>, target: &str) -> bool {
    code.text
        .lines()
        .filter_map(|line| line.strip_prefix(".PHONY"))
        .any(|line| line.split([' ', '\t', ':']).any(|word| word == target))
}

/// What `$(shell …)` gives, if a command gives it of which `wanted` says something.
pub fn gives(code: &Code<'_>, command: &str, wanted: impl Fn(&Command<'_>) -> Option<String>) -> Option<String> {
    // As if the output were kept: then what reaches it lands in that file.
    const BEFORE: &str = "given=$(";
    const AFTER: &str = ")\necho \"$given\" > given.h\n";
    let text = format!("{BEFORE}{}{AFTER}", mask::shell(command));
    let shell = Code::new(Language::Shell, code.path, text, 0);
    let script = Script::new(&shell);
    script
        .commands
        .iter()
        .filter(|command| matches!(landing::of_output(&script, command.node), Some(Landing::File(name)) if name == "given.h"))
        .find_map(wanted)
}

/// The commands that make itself runs: each `$(shell …)`, and the value of each `!=`, with the node that expands to their output.
pub fn asked<'c>(code: &'c Code<'c>) -> Vec<(Node<'c>, &'c str)> {
    let mut nesting = Nesting::default();
    code.nodes(&["shell_function", "shell_assignment"])
        .into_iter()
        .filter(|node| nesting.enter(node.start_byte(), node.end_byte()))
        .filter_map(|node| match node.kind() {
            "shell_function" => {
                let mut cursor = node.walk();
                let command = node
                    .named_children(&mut cursor)
                    .find(|child| child.kind() == "shell_command")?;
                Some((node, code.text.get(command.byte_range())?))
            }
            _ => {
                let value = node.child_by_field_name("value")?;
                Some((value, code.text.get(value.byte_range())?))
            }
        })
        .collect()
}

/// The commands in backquotes or `$$( )` in an assignment's value: the assignment, where the command starts, and its text.
pub fn quoted<'c>(code: &'c Code<'c>) -> Vec<(Node<'c>, usize, &'c str)> {
    let mut found = Vec::new();
    for assignment in code.nodes(&["variable_assignment"]) {
        let Some(value) = assignment.child_by_field_name("value") else {
            continue;
        };
        let text = code.text.get(value.byte_range()).unwrap_or("");
        let mut parts = text.split('`');
        let mut at = value.start_byte() + parts.next().map_or(0, str::len);
        while let (Some(inside), Some(after)) = (parts.next(), parts.next()) {
            found.push((assignment, at + 1, inside));
            at += inside.len() + after.len() + 2;
        }
        for (place, _) in text.match_indices("$$(").take(64) {
            let rest = text.get(place + 3..).unwrap_or("");
            let inside = rest.split(')').next().unwrap_or("");
            found.push((assignment, value.start_byte() + place + 3, inside));
        }
    }
    found
}
