//! Where an output or a value goes: into a file, a macro of a compiler, a text that is filled in; or nowhere that a build could see.

pub(crate) use super::define::{is_built_in, is_define};
pub use super::target::{file, input};
pub(crate) use super::target::{is_output, is_scratch, redirected};
use super::{
    super::place::is_makefile,
    command::{Command, is_assignment},
    script::Script,
    target::to_elsewhere,
};
use tree_sitter::Node;

/// A place where what lands is likely to be built in.
#[derive(Debug)]
pub enum Landing {
    /// A file of this name.
    File(String),
    /// A macro or property on the command line of a build.
    Define,
    /// What `sed` puts into a text.
    Replacement,
    /// A variable that the build gets in its environment.
    Environment(String),
}

impl Landing {
    /// For a message: "goes into …".
    pub fn say(&self) -> String {
        match self {
            Landing::File(name) => format!("is written to {name}"),
            Landing::Define => "is given to the build as a macro".to_owned(),
            Landing::Replacement => "is put into a text by sed".to_owned(),
            Landing::Environment(name) => format!("is handed to the build as {name}"),
        }
    }
}

/// How many variables are followed one after the other.
const MAX_HOPS: u8 = 4;

/// Programs that pass on what they read.
const FILTERS: &[&str] = &[
    "sed",
    "tr",
    "cut",
    "awk",
    "gawk",
    "mawk",
    "head",
    "tail",
    "sort",
    "uniq",
    "cat",
    "tee",
    "grep",
    "egrep",
    "fgrep",
    "rev",
    "fmt",
    "fold",
    "iconv",
    "recode",
    "xxd",
    "od",
    "hexdump",
    "base64",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "perl",
    "m4",
    "expand",
    "nl",
    "paste",
    "column",
    "tac",
    "envsubst",
    "gzip",
    "bzip2",
    "xz",
    "zstd",
    "pigz",
    "lzma",
    "xargs",
];

/// Where the output of a statement goes.
pub(crate) fn of_output<'c>(script: &Script<'c>, node: Node<'c>) -> Option<Landing> {
    output(script, node, MAX_HOPS).and_then(|landing| kept(script, landing, node.end_byte()))
}

/// Where the value of an expansion or a command substitution goes.
pub(crate) fn of_value<'c>(script: &Script<'c>, node: Node<'c>) -> Option<Landing> {
    value(script, node, node.start_byte(), MAX_HOPS).and_then(|landing| kept(script, landing, node.end_byte()))
}

/// A landing that is neither removed later nor only compared with another file; `$@` of a makefile by its name.
fn kept(script: &Script<'_>, landing: Landing, after: usize) -> Option<Landing> {
    let Landing::File(name) = landing else {
        return Some(landing);
    };
    let removed = script
        .named(&["rm", "comm", "diff", "cmp", "join", "unlink"])
        .any(|command| command.node.start_byte() > after && command.words.iter().any(|word| word.text == name));
    // A template of translators is not built in.
    let targets = super::recipe_targets(script.code).filter(|_| name == "$@");
    let template = name.ends_with(".pot") || targets.is_some_and(|it| it.contains(".pot"));
    if removed || template || compared(script.code.file(), &name) {
        return None;
    }
    let target = targets.filter(|it| is_makefile(script.code.path) && it.split_whitespace().count() == 1);
    Some(Landing::File(target.map_or(name, |target| target.trim().to_owned())))
}

/// Whether another line of a recipe only compares this file: `comm` wants both sides in the builder's own order.
fn compared(file: &str, name: &str) -> bool {
    // `$<` and `$@` of a makefile, of which the shell sees the first as `$_`.
    let name = name.replace("$_", "$<");
    file.lines().any(|line| {
        let line = line.trim_start_matches(['\t', '@', '-', ' ']);
        let first = line.split(' ').next().unwrap_or("").to_ascii_lowercase();
        let tool = first.trim_matches(['$', '(', ')', '{', '}']);
        matches!(tool, "comm" | "join") && line.split(' ').any(|word| word == name)
    })
}

/// Where a place inside a node goes that the shell sees as plain text, but another program has filled in before.
pub(crate) fn of_place<'c>(script: &Script<'c>, node: Node<'c>, place: usize) -> Option<Landing> {
    value(script, node, place, MAX_HOPS)
}

/// The statements after one in its pipeline.
pub fn after<'c>(node: Node<'c>) -> Vec<Node<'c>> {
    let mut at = node;
    // `a <x | b`: the pipeline's first is the statement that redirects.
    if let Some(parent) = at.parent().filter(|parent| parent.kind() == "redirected_statement")
        && parent.parent().is_some_and(|up| up.kind() == "pipeline")
    {
        at = parent;
    }
    let mut found = Vec::new();
    while let Some(parent) = at.parent() {
        match parent.kind() {
            "pipeline" => {
                let mut cursor = parent.walk();
                found.extend(
                    parent
                        .named_children(&mut cursor)
                        .filter(|child| child.start_byte() >= at.end_byte() && child.kind() != "comment"),
                );
            }
            // `cat <<EOF | sed …`: what follows stands inside.
            _ => break,
        }
        at = parent;
    }
    found
}

/// The statements after one in any pipeline around it, up to where its output is captured.
pub(crate) fn after_all<'c>(node: Node<'c>) -> Vec<Node<'c>> {
    let mut found = after(node);
    let mut at = node;
    while let Some(parent) = at.parent() {
        match parent.kind() {
            "command_substitution" | "function_definition" | "process_substitution" | "program" => break,
            "compound_statement" | "subshell" | "for_statement" | "while_statement" | "if_statement" => {
                found.extend(after(parent));
            }
            _ => {}
        }
        at = parent;
    }
    found
}

fn output<'c>(script: &Script<'c>, node: Node<'c>, hops: u8) -> Option<Landing> {
    let mut at = node;
    while script.step() {
        let parent = at.parent()?;
        match parent.kind() {
            "pipeline" => {
                let mut cursor = parent.walk();
                for next in parent.named_children(&mut cursor) {
                    if next.start_byte() < at.end_byte() || next.kind() == "comment" {
                        continue;
                    }
                    if let Some(landing) = passed(script, next)? {
                        return Some(landing);
                    }
                }
            }
            "redirected_statement" => match file(script, parent) {
                Some(name) => return is_output(script, &name).then_some(Landing::File(name)),
                None if to_elsewhere(script, parent) => return None,
                None => {}
            },
            "command_substitution" => return value(script, parent, parent.start_byte(), hops),
            "function_definition" => return called(script, parent, hops),
            "compound_statement"
            | "subshell"
            | "do_group"
            | "if_statement"
            | "else_clause"
            | "elif_clause"
            | "for_statement"
            | "while_statement"
            | "c_style_for_statement"
            | "case_item"
            | "case_statement"
            | "list"
            | "negated_command" => {}
            _ => return None,
        }
        at = parent;
    }
    None
}

/// What a later part of a pipeline does: None if it swallows what it reads, else where it puts it, if it does not pass it on.
fn passed(script: &Script<'_>, next: Node<'_>) -> Option<Option<Landing>> {
    let (command, statement) = match next.kind() {
        "command" => (next, None),
        "redirected_statement" => (next.child_by_field_name("body")?, Some(next)),
        _ => return None,
    };
    let command = Command::new(script.code, command)?;
    if !FILTERS.contains(&command.name.as_str()) || command.has("-q") {
        return None;
    }
    if command.name == "tee" {
        let name = command.operands().next()?.text.clone();
        return Some(is_output(script, &name).then_some(Landing::File(name)));
    }
    match statement.and_then(|statement| file(script, statement)) {
        Some(name) if is_output(script, &name) => Some(Some(Landing::File(name))),
        Some(_) => None,
        None => Some(None),
    }
}

/// Where the output of a function's calls goes.
fn called<'c>(script: &Script<'c>, function: Node<'c>, hops: u8) -> Option<Landing> {
    let hops = hops.checked_sub(1)?;
    let name = script.code.of(function.child_by_field_name("name")?);
    script
        .named(&[name])
        .filter(|call| !(function.start_byte()..function.end_byte()).contains(&call.node.start_byte()))
        .find_map(|call| output(script, call.node, hops))
}

fn value<'c>(script: &Script<'c>, node: Node<'c>, place: usize, hops: u8) -> Option<Landing> {
    let mut at = node;
    while script.step() {
        let parent = at.parent()?;
        match parent.kind() {
            "string" | "concatenation" | "translated_string" | "array" => {}
            // `${SOURCE_DATE_EPOCH:-$(date +%s)}` is what is recommended.
            "expansion" if !script.code.of(parent).contains("SOURCE_DATE_EPOCH") => {}
            "heredoc_body" => return document(script, parent, hops),
            "herestring_redirect" => return output(script, parent.parent()?, hops),
            "command" => return argument(script, parent, at, place, hops),
            "variable_assignment" => return assigned(script, parent, hops),
            "for_statement" => {
                let name = script.code.of(parent.child_by_field_name("variable")?);
                return used(script, name, hops);
            }
            _ => return None,
        }
        at = parent;
    }
    None
}

/// Where a here-document goes.
fn document<'c>(script: &Script<'c>, body: Node<'c>, hops: u8) -> Option<Landing> {
    let redirect = body.parent()?;
    let statement = redirect.parent()?;
    if let Some(command) = statement.child_by_field_name("body") {
        let command = Command::new(script.code, command)?;
        if !FILTERS.contains(&command.name.as_str()) {
            return None;
        }
        if command.name == "tee" {
            let name = command.operands().next()?.text.clone();
            return is_output(script, &name).then_some(Landing::File(name));
        }
    }
    let mut cursor = redirect.walk();
    if redirect
        .named_children(&mut cursor)
        .any(|child| child.kind() == "pipeline")
    {
        return None;
    }
    if let Some(name) = file(script, statement) {
        return is_output(script, &name).then_some(Landing::File(name));
    }
    output(script, statement, hops)
}

/// Where a word of a command goes.
fn argument<'c>(script: &Script<'c>, command: Node<'c>, word: Node<'c>, place: usize, hops: u8) -> Option<Landing> {
    let command = Command::new(script.code, command)?;
    if word.kind() == "command_name" {
        return None;
    }
    // What of the word stands before the value.
    let before = script.code.text.get(touching(word)..place)?;
    match command.name.as_str() {
        "echo" | "printf" | "print" => return output(script, command.node, hops),
        "sed" => {
            let substitutes = before
                .trim_start_matches(['"', '\'', '-', 'e'])
                .contains(['s', 'c', 'i', 'a']);
            if !substitutes {
                return None;
            }
            if command.has_letter('i')
                || command
                    .words
                    .iter()
                    .any(|word| word.text.starts_with("-i") || word.text.starts_with("--in-place"))
            {
                return Some(Landing::Replacement);
            }
            return output(script, command.node, hops).map(|landing| match landing {
                Landing::File(name) => Landing::File(name),
                other => other,
            });
        }
        "awk" | "gawk" | "m4" => return output(script, command.node, hops),
        "make" | "gmake" | "ninja" => {
            let name = before.trim_start_matches(['"', '\'']);
            return name
                .split_once('=')
                .filter(|(name, rest)| is_built_in(name) || is_define(rest))
                .map(|_| Landing::Define);
        }
        "docker" | "podman" | "buildah" => {
            return before
                .contains("org.opencontainers.image.created=")
                .then_some(Landing::Define);
        }
        _ => {}
    }
    (is_define(before) && !matches!(command.name.as_str(), "grep" | "test" | "[" | "curl" | "ssh"))
        .then_some(Landing::Define)
}

/// Where a word starts: the grammar makes several of what stands before a backquote.
fn touching(word: Node<'_>) -> usize {
    let mut at = word;
    while let Some(before) = at.prev_sibling() {
        if before.end_byte() != at.start_byte() || before.kind() == "command_name" {
            break;
        }
        at = before;
    }
    at.start_byte()
}

/// Where a variable goes that is given a value.
fn assigned<'c>(script: &Script<'c>, assignment: Node<'c>, hops: u8) -> Option<Landing> {
    let name = script.code.of(assignment.child_by_field_name("name")?);
    if name == "SOURCE_DATE_EPOCH" || is_scratch(name) {
        return None;
    }
    let exported = assignment.parent().is_some_and(|parent| match parent.kind() {
        "command" => Command::new(script.code, parent).is_some(),
        "declaration_command" => script.code.of(parent).starts_with("export"),
        _ => script.exports(name),
    });
    if exported && is_built_in(name) {
        return Some(Landing::Environment(name.to_owned()));
    }
    let text = script.code.of(assignment.child_by_field_name("value")?);
    if text
        .split([' ', '"', '\''])
        .any(|word| word.starts_with("-D") && is_assignment(word.trim_start_matches("-D")))
        && name.contains("FLAGS")
    {
        return Some(Landing::Define);
    }
    used(script, name, hops)
}

/// Where a variable's uses go.
fn used<'c>(script: &Script<'c>, name: &str, hops: u8) -> Option<Landing> {
    let hops = hops.checked_sub(1)?;
    script
        .uses(name)
        .iter()
        .find_map(|node| value(script, *node, node.start_byte(), hops))
}
