//! Rules of C and C++.

mod date_time;
mod file_macro;
mod fwrite_struct;
mod pointer_print;
mod readdir;
mod time_in_generator;
mod timestamp;
mod token;
mod unordered_iter;

use super::super::{Code, Language, Rule, code::below};
use tree_sitter::Node;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[
    &date_time::RULE,
    &file_macro::RULE,
    &fwrite_struct::RULE,
    &pointer_print::RULE,
    &readdir::RULE,
    &time_in_generator::RULE,
    &timestamp::RULE,
    &unordered_iter::RULE,
];

const LANGUAGES: &[Language] = &[Language::C, Language::Cpp];

/// The function that a call names: `printf` of `std::printf(…)`, `write` of `out.write(…)`.
fn callee<'c>(code: &'c Code<'_>, call: Node<'_>) -> &'c str {
    let text = call
        .child_by_field_name("function")
        .and_then(|function| code.text.get(function.byte_range()))
        .unwrap_or("");
    text.rsplit([':', '.', '>']).next().unwrap_or(text).trim()
}

/// Whether something is printed in a piece of code, other than messages for a person.
fn prints(code: &Code<'_>, node: Node<'_>) -> bool {
    below(node, &["call_expression", "binary_expression"])
        .into_iter()
        .any(|part| {
            if part.kind() == "binary_expression" {
                let shifts = part
                    .child_by_field_name("operator")
                    .is_some_and(|operator| code.of(operator) == "<<");
                let mut left = part;
                while let Some(next) = left.child_by_field_name("left") {
                    left = next;
                }
                // `n << 1` is arithmetic.
                let text = code.of(left).to_ascii_lowercase();
                let streams = text.contains("out")
                    || text.contains("stream")
                    || matches!(text.as_str(), "os" | "o" | "ss" | "ofs" | "fs" | "f");
                return shifts && streams;
            }
            let name = callee(code, part);
            let lower = name.to_ascii_lowercase();
            let writes = ["printf", "puts", "fputs", "fwrite", "putc", "write"]
                .iter()
                .any(|word| lower.ends_with(word))
                || ["emit", "print", "output", "dump", "gen"]
                    .iter()
                    .any(|word| lower.starts_with(word));
            let aside = ["err", "warn", "debug", "log", "snprintf", "sprintf", "perror"]
                .iter()
                .any(|word| lower.contains(word));
            let to_person = part
                .child_by_field_name("arguments")
                .and_then(|arguments| arguments.named_child(0))
                .is_some_and(|first| code.of(first) == "stderr");
            writes && !aside && !to_person
        })
}
