//! sh-find-unsorted

use super::{
    super::super::{
        Code, Confidence, Hits, Language, Rule,
        code::{above, below},
    },
    command::Command,
    is_build, is_ordered, landing,
    script::Script,
    started,
};
use tree_sitter::Node;

pub static RULE: Rule = Rule {
    id: "sh-find-unsorted",
    languages: &[Language::Shell],
    cause: "readdir-order",
    confidence: Confidence::Medium,
    what: "Files are taken in the order in which `find` meets them",
    why: "`find` and `ls -U` list a folder in the file system's order, which differs between machines. What is archived, linked or joined in \
          that order differs, too. Harmless where the order does not show: rm, chmod, touch, wc.",
    fix: "find … -print0 | LC_ALL=C sort -z | xargs -0 …",
    references: &["https://reproducible-builds.org/docs/stable-inputs/"],
    triggers: &["find", "ls -U", "ls -f"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_build(code) {
        return;
    }
    let script = Script::new(code);
    for command in script.named(&["find", "ls"]) {
        if !lists_unsorted(command) {
            continue;
        }
        if let Some(user) = user(&script, command) {
            hits.at(
                command.node.byte_range(),
                format!("{user} gets files in the order of the file system: no sort in between"),
            );
        }
    }
}

/// Whether a command prints names in the order of the file system.
pub(crate) fn lists_unsorted(command: &Command<'_>) -> bool {
    match command.name.as_str() {
        "ls" => {
            !command.has_letter('t')
                && !command.has_letter('S')
                && !command.has_letter('d')
                && (command.has_letter('U') || command.has_letter('f'))
        }
        "find" => !command.words.iter().any(|word| {
            matches!(
                word.text.as_str(),
                "-exec" | "-execdir" | "-ok" | "-delete" | "-quit" | "-fprint" | "-fls" | "-ls"
            )
        }),
        _ => false,
    }
}

/// Who gets the names and minds their order.
fn user(script: &Script<'_>, command: &Command<'_>) -> Option<String> {
    let mut last = command.node;
    for next in landing::after(command.node) {
        if matches!(
            next.kind(),
            "while_statement" | "for_statement" | "compound_statement" | "subshell"
        ) || next.kind() == "redirected_statement"
            && next
                .child_by_field_name("body")
                .is_some_and(|body| matches!(body.kind(), "while_statement" | "compound_statement" | "subshell"))
        {
            return (script.code.of(next).contains("read ")
                && !script.code.of(next).contains("sort")
                && writes(script, next))
            .then(|| "a loop that writes".to_owned());
        }
        let next_command = script.command(next)?;
        match next_command.name.as_str() {
            "sort" => return None,
            "xargs" => {
                let name = started(next_command)?.first()?.text.rsplit('/').next()?.to_owned();
                // What the program prints may be sorted later.
                let sorted = landing::after(next)
                    .iter()
                    .any(|later| script.code.of(*later).contains("sort"));
                let read = landing::after(next)
                    .iter()
                    .any(|later| script.code.of(*later).contains("grep"));
                return (!sorted && !read && is_ordered(&name) && shows(script, &name, next)).then_some(name);
            }
            "tar" | "cpio" | "zip" | "pax" => {
                let adds = match next_command.name.as_str() {
                    "tar" => {
                        next_command.has("-T")
                            || next_command.has("--files-from")
                            || next_command.words.iter().any(|word| word.text.contains('T'))
                    }
                    "zip" => next_command.has("-@"),
                    "cpio" => super::cpio::writes(next_command),
                    _ => true,
                };
                // Unpacked at once, the order is gone.
                let copied = landing::after_all(next)
                    .iter()
                    .any(|later| unpacks(script, *later, &next_command.name));
                return (adds && !copied).then(|| next_command.name.clone());
            }
            "sed" | "grep" | "egrep" | "fgrep" | "tr" | "cut" | "awk" | "cat" => last = next,
            _ => return None,
        }
    }
    // `$(find …)`
    let substitution = above(
        last,
        &[
            "command_substitution",
            "redirected_statement",
            "function_definition",
            "process_substitution",
        ],
    )
    .filter(|node| node.kind() == "command_substitution")?;
    given(script, substitution, 3)
}

/// Who gets a list of names as words.
fn given<'c>(script: &Script<'c>, value: Node<'c>, hops: u8) -> Option<String> {
    let hops = hops.checked_sub(1)?;
    if !script.step() {
        return None;
    }
    let mut at = value;
    loop {
        let parent = at.parent()?;
        match parent.kind() {
            "string" | "concatenation" | "array" => {}
            "command" if at.kind() != "command_name" => {
                let command = script.command(parent)?;
                let name = command.name.clone();
                let after = landing::after_all(parent);
                let sorted = after
                    .iter()
                    .any(|next| script.code.of(*next).contains("sort") || unpacks(script, *next, &name));
                return (is_ordered(&name) && !sorted && shows(script, &name, parent)).then_some(name);
            }
            "for_statement" => {
                let body = parent.child_by_field_name("body")?;
                let whole = parent
                    .parent()
                    .filter(|up| up.kind() == "redirected_statement")
                    .unwrap_or(parent);
                return (parent.child_by_field_name("body")? != at
                    && (writes(script, body)
                        || landing::file(script, whole).is_some_and(|name| landing::is_output(script, &name))))
                // What a spec file's loop lists, rpm sorts.
                .then(|| "a loop that writes".to_owned())
                .filter(|_| !script.code.path.contains(".spec"));
            }
            "variable_assignment" => {
                let name = script.code.of(parent.child_by_field_name("name")?);
                return script.uses(name).iter().find_map(|node| given(script, *node, hops));
            }
            _ => return None,
        }
        at = parent;
    }
}

/// Whether a statement unpacks what the same tool has packed: `tar xf -`, `(cd x && tar xf -)`.
fn unpacks(script: &Script<'_>, node: Node<'_>, tool: &str) -> bool {
    script
        .named(&[tool])
        .any(|command| node.byte_range().contains(&command.node.start_byte()))
}

/// Whether the order shows in what a program writes: of `cat` and checksums only if that goes into a file.
fn shows<'c>(script: &Script<'c>, name: &str, node: Node<'c>) -> bool {
    let only_prints = matches!(name, "cat" | "md5sum" | "sha1sum" | "sha256sum" | "sha512sum");
    !only_prints || landing::of_output(script, node).is_some()
}

/// Whether a loop adds to a file, or prints into one.
fn writes<'c>(script: &Script<'c>, node: Node<'c>) -> bool {
    let appends = below(node, &["redirected_statement"]).into_iter().any(|statement| {
        statement
            .child_by_field_name("body")
            .and_then(|body| script.command(body))
            .is_some_and(|command| matches!(command.name.as_str(), "echo" | "printf" | "cat" | "sed" | "awk"))
            && script.code.of(statement).contains(">>")
            && landing::file(script, statement).is_some_and(|name| landing::is_output(script, &name))
    });
    appends
        || (script.named(&["echo", "printf", "cat", "sed", "awk"]).any(|command| {
            node.byte_range().contains(&command.node.start_byte())
                && command
                    .node
                    .parent()
                    .is_some_and(|up| up.kind() != "redirected_statement")
        }) && landing::of_output(script, node).is_some())
}
