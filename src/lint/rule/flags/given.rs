//! Places where a flag is really given to a compiler: not in a comment, a message, a test for it, or documentation.

use super::super::{
    super::{Code, Language, code::above},
    make::mask,
    place::{is_image, is_makefile, is_test_path, words},
    shell::command::Command,
};
use std::ops::Range;
use tree_sitter::Node;

/// A place where a flag is given.
pub struct Given {
    pub span: Range<usize>,
    /// Only under a condition that somebody may have asked for.
    pub(crate) on_request: bool,
}

/// How many places of one file are looked at.
const MAX_PLACES: usize = 200;

/// The places of a flag.
pub fn given(code: &Code<'_>, flag: &str) -> Vec<Given> {
    if is_test_path(code.path) {
        return Vec::new();
    }
    let text: &str = &code.text;
    text.match_indices(flag)
        .take(MAX_PLACES)
        .map(|(at, _)| at..at + flag.len())
        .filter(|span| stands_alone(text, span))
        .filter_map(|span| {
            let on_request = judge(code, &span)?;
            Some(Given { span, on_request })
        })
        .collect()
}

/// Whether no letter or digit touches the flag.
fn stands_alone(text: &str, span: &Range<usize>) -> bool {
    let touches = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let before = text.get(..span.start).and_then(|text| text.chars().next_back());
    let after = text.get(span.end..).and_then(|text| text.chars().next());
    !before.is_some_and(touches) && !after.is_some_and(touches)
}

/// Whether the flag is given there: None if not; else whether only on request.
fn judge(code: &Code<'_>, span: &Range<usize>) -> Option<bool> {
    if code.language == Language::Autoconf {
        return autoconf(&code.text, span.start);
    }
    let node = code.root()?.descendant_for_byte_range(span.start, span.end)?;
    if node.kind().contains("comment") || above(node, &["comment", "line_comment", "bracket_comment"]).is_some() {
        return None;
    }
    match code.language {
        Language::Make => make(code, node, span.start),
        Language::Shell => shell(code, node),
        Language::CMake => cmake(code, node),
        Language::Dockerfile => above(node, &["env_instruction", "arg_instruction"]).map(|_| false),
        Language::Workflow => workflow(code, node),
        Language::Python => python(code, node),
        Language::Rust => rust(code, node),
        _ => None,
    }
}

/// What stands before a place in its line.
fn line_before(text: &str, place: usize) -> &str {
    text.get(..place).unwrap_or("").rsplit('\n').next().unwrap_or("")
}

/// Conditions of a build that nobody asks for: which system, which compiler, whether it knows the flag.
fn is_about_platform(condition: &str) -> bool {
    const KNOWN: &[&str] = &[
        "support",
        "has",
        "have",
        "compiler",
        "gnu",
        "gnucxx",
        "gcc",
        "clang",
        "cc",
        "cxx",
        "arch",
        "system",
        "processor",
        "unix",
        "linux",
        "apple",
        "uname",
        "os",
        "platform",
        "machine",
        "host",
        "x86",
        "amd64",
        "aarch64",
        "build",
        "works",
        "supports",
        "supported",
    ];
    const ASKED: &[&str] = &[
        "enable", "use", "with", "option", "opt", "want", "debug", "tune", "portable", "profile", "pgo", "environ",
        "getenv", "argv", "native",
    ];
    let lower = condition.to_ascii_lowercase();
    let mut about = words(&lower).flat_map(|word| word.split('_')).collect::<Vec<_>>();
    about.retain(|word| !word.is_empty());
    about.iter().any(|word| KNOWN.contains(word)) && !about.iter().any(|word| ASKED.contains(word))
}

/// Programs that only print or look.
const LOOKERS: &[&str] = &[
    "echo", "printf", "grep", "egrep", "fgrep", "test", "[", "sed", "awk", "print", "case", "filter", "die", "warn",
];

fn make(code: &Code<'_>, node: Node<'_>, place: usize) -> Option<bool> {
    let line = line_before(&code.text, place);
    if line.contains('#') {
        return None;
    }
    let mut on_request = false;
    let mut at = node;
    while let Some(parent) = at.parent() {
        if parent.kind() == "conditional" {
            let condition = parent
                .child_by_field_name("condition")
                .map_or("", |condition| code.of(condition));
            // The branch of `else` is for everybody else.
            on_request |= !is_about_platform(condition);
        }
        at = parent;
    }
    let holder = if matches!(node.kind(), "variable_assignment" | "recipe_line") {
        node
    } else {
        above(
            node,
            &[
                "variable_assignment",
                "recipe_line",
                "function_call",
                "shell_function",
                "define_directive",
            ],
        )?
    };
    match holder.kind() {
        "variable_assignment" => {
            let name = holder.child_by_field_name("name").map_or("", |name| code.of(name));
            let target = holder.child_by_field_name("target_or_pattern").is_some();
            let upper = name.to_ascii_uppercase();
            let flags = ["FLAG", "OPT", "ARCH", "CC", "CXX", "ARG", "LD", "TUNE", "CPU"]
                .iter()
                .any(|part| upper.contains(part));
            // `NATIVE_FLAGS` is for whoever names it; so is a variable of one target.
            flags.then_some(on_request || target || upper.contains("NATIVE"))
        }
        "recipe_line" => {
            let shell = Code::new(Language::Shell, code.path, mask::shell(code.of(holder)), 0);
            let inside = place.checked_sub(holder.start_byte())?;
            let inner = shell.root()?.descendant_for_byte_range(inside, inside + 1)?;
            let command = Command::new(&shell, above(inner, &["command"])?)?;
            let target = super::super::make::makefile::targets(code, holder);
            let asked = words(&target.to_ascii_lowercase()).any(|word| {
                matches!(
                    word,
                    "native" | "debug" | "profile" | "bench" | "test" | "fast" | "check"
                )
            });
            (!LOOKERS.contains(&command.name.as_str())).then_some(on_request || asked)
        }
        _ => None,
    }
}

fn shell(code: &Code<'_>, node: Node<'_>) -> Option<bool> {
    // The makefile itself is looked at, with what make expands.
    if is_makefile(code.path) {
        return None;
    }
    if above(node, &["heredoc_body", "test_command", "herestring_redirect"]).is_some()
        || matches!(node.kind(), "heredoc_content" | "heredoc_body")
    {
        return None;
    }
    let asked = above(node, &["if_statement", "case_item", "function_definition"]).is_some() && !is_image(code.path);
    // `[ x ] && CFLAGS=…`
    let asked = asked
        || above(node, &["list"])
            .is_some_and(|list| code.of(list).starts_with("[") || code.of(list).starts_with("test "));
    if let Some(assignment) =
        above(node, &["variable_assignment", "command"]).filter(|holder| holder.kind() == "variable_assignment")
    {
        let name = assignment
            .child_by_field_name("name")
            .map_or("", |name| code.of(name))
            .to_ascii_uppercase();
        let flags = ["FLAG", "OPT", "ARCH", "CC", "CXX", "ARG"]
            .iter()
            .any(|part| name.contains(part));
        return flags.then_some(asked || name.contains("NATIVE"));
    }
    let command = Command::new(code, above(node, &["command"])?)?;
    (!LOOKERS.contains(&command.name.as_str())).then_some(asked)
}

fn cmake(code: &Code<'_>, node: Node<'_>) -> Option<bool> {
    let command = above(node, &["normal_command"])?;
    let name = command
        .named_child(0)
        .map_or("", |name| code.of(name))
        .to_ascii_lowercase();
    let text = code.of(command);
    let sets = match name.as_str() {
        "add_compile_options"
        | "add_definitions"
        | "target_compile_options"
        | "target_link_options"
        | "add_link_options"
        | "target_link_libraries" => true,
        "set" | "list" | "string" | "set_target_properties" | "set_property" | "set_source_files_properties" => {
            let upper = text.to_ascii_uppercase();
            // A help text of a cached option mentions flags, too.
            upper.contains("FLAGS") || upper.contains("OPTIONS")
        }
        _ => false,
    };
    let mut on_request = text.to_ascii_uppercase().contains("NATIVE_");
    let mut at = command;
    while let Some(parent) = at.parent() {
        if parent.kind() == "if_condition" {
            let mut cursor = parent.walk();
            let mut condition = "";
            for child in parent.named_children(&mut cursor) {
                if child.start_byte() > at.start_byte() {
                    break;
                }
                match child.kind() {
                    "if_command" | "elseif_command" => condition = code.of(child),
                    "else_command" => condition = "",
                    _ => {}
                }
            }
            let inner = condition.split_once('(').map_or("", |(_, inner)| inner);
            on_request |= !is_about_platform(inner);
        }
        // Who calls a function or macro knows.
        on_request |= matches!(parent.kind(), "function_def" | "macro_def");
        at = parent;
    }
    sets.then_some(on_request)
}

/// The value of a key that is about flags. Commands of `run:` come as shell.
fn workflow(code: &Code<'_>, node: Node<'_>) -> Option<bool> {
    let pair = above(node, &["block_mapping_pair", "flow_pair"])?;
    let key = pair
        .child_by_field_name("key")
        .map_or("", |key| code.of(key))
        .to_ascii_uppercase();
    let is_matrix = std::iter::successors(pair.parent(), Node::parent)
        .filter(|node| node.kind() == "block_mapping_pair")
        .any(|node| {
            node.child_by_field_name("key")
                .is_some_and(|key| code.of(key) == "matrix")
        });
    key.contains("FLAGS").then_some(is_matrix)
}

/// A string among the arguments of an extension module, in the script that builds it.
fn python(code: &Code<'_>, node: Node<'_>) -> Option<bool> {
    let name = code.file_name();
    if !(name.starts_with("setup")
        || name.starts_with("build")
        || name == "SConstruct"
        || name == "SConscript"
        || name == "conanfile.py")
    {
        return None;
    }
    let string = if node.kind() == "string" {
        node
    } else {
        above(node, &["string"])?
    };
    // A string that is a statement is documentation.
    if string
        .parent()
        .is_some_and(|parent| parent.kind() == "expression_statement")
    {
        return None;
    }
    let holder = above(
        string,
        &[
            "keyword_argument",
            "assignment",
            "augmented_assignment",
            "call",
            "comparison_operator",
        ],
    )?;
    let flags = match holder.kind() {
        "comparison_operator" => false,
        "call" => holder.child_by_field_name("function").is_some_and(|function| {
            let text = code.of(function).to_ascii_lowercase();
            (text.ends_with(".append") || text.ends_with(".extend"))
                && (text.contains("arg") || text.contains("flag") || text.contains("opt"))
        }),
        _ => {
            let name = holder
                .child_by_field_name("name")
                .or(holder.child_by_field_name("left"));
            name.is_some_and(|name| {
                let text = code.of(name).to_ascii_lowercase();
                text.contains("arg") || text.contains("flag") || text.contains("opt")
            })
        }
    };
    let condition = above(
        string,
        &["if_statement", "conditional_expression", "function_definition"],
    );
    let asked = condition.is_some_and(|node| {
        node.kind() == "function_definition"
            || !is_about_platform(
                node.child_by_field_name("condition")
                    .map_or("", |condition| code.of(condition)),
            )
    });
    flags.then_some(asked)
}

/// The argument of `cc::Build::flag` in a build script.
fn rust(code: &Code<'_>, node: Node<'_>) -> Option<bool> {
    if code.file_name() != "build.rs" {
        return None;
    }
    let call = above(node, &["call_expression"])?;
    let function = call
        .child_by_field_name("function")
        .map_or("", |function| code.of(function));
    let sets = [".flag", ".flag_if_supported", ".cflag", ".cxxflag"]
        .iter()
        .any(|end| function.ends_with(end))
        || code.of(call).contains("rustc-link-arg");
    sets.then_some(above(call, &["if_expression", "match_arm"]).is_some())
}

/// An assignment of flags in `configure.ac`. It has no grammar: what an option may have asked for is seen by the lines before.
fn autoconf(text: &str, place: usize) -> Option<bool> {
    let line = line_before(text, place);
    if line.contains("dnl")
        || line.contains('#')
        || line.contains("AC_MSG")
        || line.contains("AS_HELP_STRING")
        || line.contains("AC_ARG")
    {
        return None;
    }
    let assigns = line
        .rsplit_once('=')
        .is_some_and(|(before, _)| before.contains("FLAGS"))
        || line.contains("_COMPILE_FLAG");
    let before: Vec<&str> = text.get(..place).unwrap_or("").rsplit('\n').take(8).collect();
    let asked = before.iter().any(|line| {
        ["enable_", "with_", "AC_ARG", "AS_IF", "AS_CASE", "if test", "case "]
            .iter()
            .any(|word| line.contains(word))
    });
    assigns.then_some(asked)
}
