//! sh-mktemp-leak

use super::{
    super::super::{Code, Confidence, Hits, Language, Rule, code::below},
    command::Command,
    is_run_by_build, landing,
    script::{Script, variable},
};
use tree_sitter::Node;

pub static RULE: Rule = Rule {
    id: "sh-mktemp-leak",
    languages: &[Language::Shell],
    cause: "random-temp-path",
    confidence: Confidence::Medium,
    what: "The path of a temporary file gets into what is built",
    why: "mktemp, $$ and $RANDOM give another path in each build, and a compiler writes the path of its input into debug information and \
          __FILE__. Harmless if only the content is used.",
    fix: "a fixed folder below the build's: mkdir -p build/gen",
    references: &["https://reproducible-builds.org/docs/build-path/"],
    triggers: &["mktemp", "$$", "RANDOM", "tempfile"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_run_by_build(code) {
        return;
    }
    let script = Script::new(code);
    for assignment in code.nodes(&["variable_assignment"]) {
        let (Some(name), Some(value)) = (
            assignment.child_by_field_name("name"),
            assignment.child_by_field_name("value"),
        ) else {
            continue;
        };
        if !is_random_path(code, value) {
            continue;
        }
        let name = code.of(name);
        let mut found = None;
        for node in script.uses(name) {
            if !script.step() {
                return;
            }
            if compiled(&script, *node, name) {
                found = Some((*node, "a compiler gets its input by a random path".to_owned()));
                break;
            }
            if let Some(landing::Landing::File(to)) = printed(&script, *node) {
                found = Some((*node, format!("a random path is written to {to}")));
                break;
            }
        }
        if let Some((node, message)) = found {
            hits.at(node.byte_range(), message);
        }
    }
}

/// Whether a value is a path that is another one in each run.
fn is_random_path(code: &Code<'_>, value: Node<'_>) -> bool {
    let text = code.of(value);
    let called = below(value, &["command"])
        .into_iter()
        .filter_map(|node| Command::new(code, node))
        .any(|command| matches!(command.name.as_str(), "mktemp" | "tempfile"));
    called
        || (text.contains('/')
            && (text.contains("$$")
                || below(value, &["simple_expansion", "expansion"])
                    .into_iter()
                    .any(|node| variable(code, node) == Some("RANDOM"))))
}

/// Whether a use is the input of a compiler that writes elsewhere.
fn compiled(script: &Script<'_>, node: Node<'_>, name: &str) -> bool {
    let mut at = node;
    while let Some(parent) = at
        .parent()
        .filter(|parent| matches!(parent.kind(), "string" | "concatenation"))
    {
        at = parent;
    }
    let Some(command) = at
        .parent()
        .filter(|parent| parent.kind() == "command")
        .and_then(|parent| script.command(parent))
    else {
        return false;
    };
    let is_compiler = matches!(
        command.name.as_str(),
        "cc" | "gcc" | "g++" | "c++" | "clang" | "clang++" | "cxx" | "rustc" | "as" | "gfortran" | "fpc" | "valac"
    ) || ["-gcc", "-g++"].iter().any(|end| command.name.ends_with(end));
    if !is_compiler {
        return false;
    }
    let Some(place) = command
        .words
        .iter()
        .position(|word| word.node.byte_range().contains(&node.start_byte()))
    else {
        return false;
    };
    let source = command.words.get(place).is_some_and(|word| {
        !word.text.starts_with('-')
            && [
                ".c", ".cc", ".cpp", ".cxx", ".s", ".S", ".rs", ".f", ".f90", ".m", ".vala", ".pas",
            ]
            .iter()
            .any(|end| word.text.ends_with(end))
    });
    let Some(out) = command.words.iter().position(|word| word.text == "-o") else {
        return false;
    };
    let to = command.words.get(out + 1).map_or("", |word| word.text.as_str());
    // What is made below the same random folder, or thrown away, is a test of the compiler.
    source
        && place != out + 1
        && !to.contains(&format!("${name}"))
        && !to.contains(&format!("{{{name}}}"))
        && landing::is_output(script, to)
}

/// Where a use is printed as text, and not as the name of a file that is read.
fn printed<'c>(script: &Script<'c>, node: Node<'c>) -> Option<landing::Landing> {
    let mut at = node;
    loop {
        let parent = at.parent()?;
        match parent.kind() {
            "string" | "concatenation" | "heredoc_body" | "heredoc_redirect" | "redirected_statement" => {}
            "command" => {
                let command = script.command(parent)?;
                return matches!(command.name.as_str(), "echo" | "printf")
                    .then(|| landing::of_value(script, node))
                    .flatten();
            }
            _ => return None,
        }
        if parent.kind() == "heredoc_body" {
            return landing::of_value(script, node);
        }
        at = parent;
    }
}
