//! Files that commands write and read: which they are, and whether they may be part of what is built.

use super::{
    super::place::{is_image, is_makefile, words},
    command::plain,
    script::Script,
};
use tree_sitter::Node;

/// How many variables are followed one after the other.
const MAX_HOPS: u8 = 4;

/// Where a redirected statement's standard output goes, if to a file.
pub fn file(script: &Script<'_>, statement: Node<'_>) -> Option<String> {
    redirects(script, statement)
        .find(|(operator, descriptor, _)| {
            matches!(operator.as_str(), ">" | ">>" | ">|" | "&>" | "&>>")
                && (descriptor.is_empty() || descriptor == "1")
        })
        .map(|(_, _, name)| name)
}

/// The statement with the redirections of a command, or of the pipeline that it ends.
pub(crate) fn redirected<'c>(command: Node<'c>) -> Option<Node<'c>> {
    let parent = command.parent()?;
    match parent.kind() {
        "redirected_statement" => Some(parent),
        "pipeline" if parent.end_byte() == command.end_byte() => {
            parent.parent().filter(|up| up.kind() == "redirected_statement")
        }
        _ => None,
    }
}

/// Whether standard output goes to another descriptor: `>&2`.
pub(crate) fn to_elsewhere(script: &Script<'_>, statement: Node<'_>) -> bool {
    redirects(script, statement)
        .any(|(operator, descriptor, _)| operator == ">&" && (descriptor.is_empty() || descriptor == "1"))
}

/// The file that a redirected statement reads.
pub fn input(script: &Script<'_>, statement: Node<'_>) -> Option<String> {
    redirects(script, statement)
        .find(|(operator, ..)| operator == "<")
        .map(|(_, _, name)| name)
}

/// Operator, descriptor and target of each redirection.
fn redirects<'n>(script: &'n Script<'_>, statement: Node<'n>) -> impl Iterator<Item = (String, String, String)> + 'n {
    let mut cursor = statement.walk();
    let mut found: Vec<Node<'n>> = Vec::new();
    for child in statement.named_children(&mut cursor) {
        match child.kind() {
            "file_redirect" => found.push(child),
            // `cat <<EOF >file`: the redirections that follow stand inside.
            "heredoc_redirect" => {
                let mut inner = child.walk();
                found.extend(
                    child
                        .named_children(&mut inner)
                        .filter(|node| node.kind() == "file_redirect"),
                );
            }
            _ => {}
        }
    }
    found.into_iter().filter_map(|node| {
        let mut cursor = node.walk();
        let operator = node.children(&mut cursor).find(|child| !child.is_named())?;
        let target = node.child_by_field_name("destination")?;
        Some((
            script.code.of(operator).to_owned(),
            node.child_by_field_name("descriptor")
                .map_or(String::new(), |descriptor| script.code.of(descriptor).to_owned()),
            plain(script.code, target),
        ))
    })
}

/// Whether a file may be part of what is built: not a log, not a temporary file, not a device.
pub(crate) fn is_output(script: &Script<'_>, name: &str) -> bool {
    is_kept(script, name, MAX_HOPS)
}

fn is_kept(script: &Script<'_>, name: &str, hops: u8) -> bool {
    let machine: &[&str] = if is_image(script.code.path) {
        &["/dev/", "/proc/", "/sys/", "/run/", "/var/log/", "/tmp/"]
    } else {
        &[
            "/dev/", "/proc/", "/sys/", "/run/", "/var/", "/etc/", "/root/", "/home/", "/tmp/", "/boot/", "~", "$HOME",
            "${HOME",
        ]
    };
    if name.is_empty()
        || name.starts_with('&')
        || machine.iter().any(|start| name.starts_with(start))
        || is_scratch(name)
    {
        return false;
    }
    // `$@.1` and `$@.2` are two sides of a comparison.
    if name
        .strip_prefix("$@.")
        .is_some_and(|end| end.len() == 1 && end.starts_with(|c: char| c.is_ascii_digit()))
    {
        return false;
    }
    if name.starts_with("$@") && is_makefile(script.code.path) {
        return super::recipe_targets(script.code).is_none_or(|targets| !targets.split_whitespace().any(is_scratch));
    }
    // A file that a variable names is what the variable was set to.
    let Some(hops) = hops.checked_sub(1) else { return true };
    let inner = name.strip_prefix("${").and_then(|rest| rest.split('}').next());
    let variable = inner.or_else(|| {
        name.strip_prefix('$')
            .and_then(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next())
    });
    match variable.filter(|variable| !variable.is_empty()) {
        // The script's own arguments: whoever calls it knows.
        Some(variable) if variable.starts_with("GITHUB_") => false,
        Some(variable) => script.values(variable).all(|value| {
            let value = value.trim_matches(['"', '\'']);
            value.is_empty() || value.contains(name) || (!value.contains("mktemp") && is_kept(script, value, hops))
        }),
        None => true,
    }
}

/// Whether a name is of something that is thrown away, or of a record of what happened.
pub(crate) fn is_scratch(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "log",
        "logs",
        "logfile",
        "tmp",
        "temp",
        "tmpfile",
        "tempfile",
        "tmpdir",
        "tempdir",
        "trace",
        "debug",
        "cache",
        "lock",
        "pid",
        "pidfile",
        "stats",
        "result",
        "results",
        "report",
        "bench",
        "benchmark",
        "test",
        "tests",
        "history",
        "backup",
        "err",
        "error",
        "errors",
        "null",
        "compare",
        "conftest",
        "confdefs",
        "timing",
        "start",
        "status",
        "depend",
        "deps",
        "progress",
        "stderr",
        "tty",
        "expect",
        "expected",
        "actual",
        "scratch",
        "cov",
        "coverity",
        "coverage",
        "artifacts",
    ];
    if name.contains("$$") || name.contains("RANDOM") || name.contains("mktemp") {
        return true;
    }
    let lower = name.to_ascii_lowercase();
    let base = lower.rsplit('/').next().unwrap_or(&lower);
    words(&lower).any(|word| {
        WORDS.contains(&word)
            || word.ends_with("logfile")
            || (word.ends_with("log") && !matches!(word, "changelog" | "catalog" | "dialog" | "backlog"))
            || word.starts_with("tmp")
            || word.ends_with("tmp")
            || word.starts_with("conftest")
    }) || ["stamp", ".made", ".done", ".ok", ".built", ".mark"]
        .iter()
        .any(|end| base.ends_with(end))
}
