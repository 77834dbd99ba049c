//! make-curdir

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule, code::above},
        aside::is_aside,
        place::{is_test_path, words},
        shell::{command::Command, landing},
    },
    makefile::{function, gives, referred, targets},
    mask,
};
use tree_sitter::Node;

pub static RULE: Rule = Rule {
    id: "make-curdir",
    languages: &[Language::Make],
    cause: "build-path",
    confidence: Confidence::Medium,
    what: "The folder of the build is given to the compiler as a macro",
    why: "What is compiled then has the builder's path in it, and two builds in different folders differ. Harmless in -I and for changing \
          folders.",
    fix: "a macro from $(prefix) or $(datadir), or a relative path",
    references: &["https://reproducible-builds.org/docs/build-path/"],
    triggers: &["CURDIR", "PWD", "abspath", "realpath", "shell pwd"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    for node in code.nodes(&["variable_reference", "function_call", "shell_function"]) {
        if !is_folder(code, node) {
            continue;
        }
        let Some(up) = above(
            node,
            &[
                "variable_assignment",
                "recipe_line",
                "shell_function",
                "prerequisites",
                "targets",
            ],
        ) else {
            continue;
        };
        let in_flags = match up.kind() {
            "variable_assignment" => {
                let name = up.child_by_field_name("name").map_or("", |name| code.of(name));
                is_compile_flags(name)
                    && up
                        .child_by_field_name("value")
                        .is_some_and(|value| defines(code, value.start_byte(), node))
            }
            "recipe_line" => {
                !is_aside(targets(code, up)) && defines(code, up.start_byte(), node) && compiles(code, up, node)
            }
            _ => false,
        };
        if in_flags && !is_header(code, node) {
            hits.at(
                node.byte_range(),
                "the folder of the build is given to the compiler as a macro",
            );
        }
    }
}

/// Whether a node begins the name of a header: it is included, and no more.
fn is_header(code: &Code<'_>, node: Node<'_>) -> bool {
    let after = code.text.get(node.end_byte()..).unwrap_or("");
    let name = after
        .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\\' | '\''))
        .next()
        .unwrap_or("");
    [".h", ".hpp", ".inc"].iter().any(|end| name.ends_with(end))
}

/// Whether a node expands to an absolute path of the build.
fn is_folder(code: &Code<'_>, node: Node<'_>) -> bool {
    match node.kind() {
        "variable_reference" => matches!(referred(code, node), Some("CURDIR" | "PWD")),
        "function_call" => matches!(function(code, node), "abspath" | "realpath"),
        _ => {
            let mut cursor = node.walk();
            node.named_children(&mut cursor)
                .find(|child| child.kind() == "shell_command")
                .is_some_and(|command| {
                    let text = code.of(command);
                    text.contains("pwd")
                        && !text.contains("cd ")
                        && gives(code, text, |command| {
                            (command.name == "pwd").then(|| command.name.clone())
                        })
                        .is_some()
                })
        }
    }
}

/// Variables of flags for a compiler, not for cmake, java or a configure script.
fn is_compile_flags(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let other = [
        "CMAKE", "CONF", "MESON", "MVN", "MAVEN", "JAVA", "ANT", "GRADLE", "QMAKE", "DOX", "SPHINX", "TEST", "CTEST",
    ];
    (upper.contains("FLAG")
        || upper.contains("DEF")
        || upper.contains("CPP")
        || upper == "CC"
        || upper == "CXX"
        || upper.contains("OPTS"))
        && !other.iter().any(|part| upper.contains(part))
}

/// Whether a node is the value of a macro, and the macro is not one of tests.
fn defines(code: &Code<'_>, from: usize, node: Node<'_>) -> bool {
    let before = code.text.get(from..node.start_byte()).unwrap_or("");
    let name = before.rsplit("-D").next().unwrap_or("").split('=').next().unwrap_or("");
    landing::is_define(before)
        && !name.starts_with("CMAKE_")
        && !words(&name.to_ascii_lowercase().replace('_', " ")).any(|word| word.starts_with("test"))
}

/// Whether the command that gets a node is no configuration.
fn compiles(code: &Code<'_>, line: Node<'_>, node: Node<'_>) -> bool {
    let shell = Code::new(Language::Shell, code.path, mask::shell(code.of(line)), 0);
    let Some(place) = node.start_byte().checked_sub(line.start_byte()) else {
        return false;
    };
    let Some(inner) = shell
        .root()
        .and_then(|root| root.descendant_for_byte_range(place, place))
    else {
        return false;
    };
    let Some(command) = above(inner, &["command"]).and_then(|node| Command::new(&shell, node)) else {
        return false;
    };
    let other = [
        "cmake",
        "dh_auto_configure",
        "dh_auto_build",
        "dh_auto_test",
        "dh_auto_install",
        "meson",
        "mvn",
        "java",
        "ant",
        "gradle",
        "qmake",
        "configure",
        "ctest",
        "make",
        "echo",
        "printf",
        "sphinx-build",
        "scons",
        "perl",
        "python3",
        "python",
        "cpack",
    ];
    !other.contains(&command.name.as_str())
}
