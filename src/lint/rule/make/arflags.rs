//! make-arflags

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule},
        place::is_test_path,
        shell::{real_times, script::Script},
    },
    mask,
};

pub static RULE: Rule = Rule {
    id: "make-arflags",
    languages: &[Language::Make],
    cause: "ar-mtime",
    confidence: Confidence::Low,
    what: "A static library records times and owners of its objects",
    why: "`U` asks ar for the real times, owners and modes. Without it, most distributions' binutils write zeroes (D) by default.",
    fix: "ARFLAGS = rcD",
    references: &["https://reproducible-builds.org/docs/archives/"],
    triggers: &["ar ", "AR"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let message = "ar is asked for real times (U)";
    for node in code.nodes(&["variable_assignment", "recipe_line"]) {
        if node.kind() == "variable_assignment" {
            let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value"))
            else {
                continue;
            };
            let text = code.of(value);
            let at = real_times(text.split_whitespace().next().unwrap_or(""));
            if let Some(at) =
                at.filter(|_| code.of(name).to_ascii_uppercase().ends_with("ARFLAGS") || code.of(name) == "ARFLAG")
            {
                let start = value.start_byte() + text.len() - text.trim_start().len();
                hits.fixable(node.byte_range(), message, start + at..start + at + 1, "D");
            }
            continue;
        }
        let line = code.of(node);
        if !line.contains('U') || !(line.contains("ar ") || line.contains("AR)") || line.contains("AR}")) {
            continue;
        }
        let shell = Code::new(Language::Shell, code.path, mask::shell(line), 0);
        for command in Script::new(&shell).commands {
            if command.name != "ar" && !command.name.ends_with("-ar") {
                continue;
            }
            let Some(first) = command.words.first().filter(|word| word.node.kind() == "word") else {
                continue;
            };
            if let Some(at) = real_times(&first.text) {
                let start = node.start_byte() + first.node.start_byte() + at;
                let span = node.start_byte() + command.node.start_byte()..node.start_byte() + command.node.end_byte();
                if code.text.get(start..start + 1) == Some("U") {
                    hits.fixable(span, message, start..start + 1, "D");
                }
            }
        }
    }
}
