//! Rules of Perl, for the scripts that a build runs. There is no grammar: comments, pod and strings are blanked, and
//! statements are found by their ends.

mod keys;
mod localtime;
mod turn;

use super::{
    super::{Code, Rule},
    build_file,
};
use std::ops::Range;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[&keys::RULE, &localtime::RULE];

/// Whether the build runs this file.
fn in_build(code: &Code<'_>) -> bool {
    // A list of dependencies for make has no order.
    if code.file_name().contains("dep") {
        return false;
    }
    let module = code.file_name().ends_with(".pm");
    !build_file::is_test_path(code.path)
        && !code.file_name().ends_with(".t")
        && if module {
            build_file::is_generator(code.path)
        } else {
            code.file_name().ends_with(".PL") || build_file::is_build_script(code.path)
        }
}

/// The statement around a position: from the last `;`, `{` or `}` before it to the next `;` or block after it.
fn statement(text: &str, at: usize) -> Range<usize> {
    let mut start = 0;
    let mut depth = 0_i32;
    // Backwards over balanced brackets: `sort { $a cmp $b } keys %h` is one statement.
    for (place, c) in text.get(..at).unwrap_or("").char_indices().rev().take(2_000) {
        match c {
            // A block that ends its line is a statement of its own.
            '}' if depth == 0 && ends_line(text, place + 1) => {
                start = place + 1;
                break;
            }
            '}' | ')' | ']' => depth += 1,
            '{' | '(' | '[' if depth > 0 => depth -= 1,
            '{' => {
                start = place + 1;
                break;
            }
            ';' if depth <= 0 => {
                start = place + 1;
                break;
            }
            _ => {}
        }
    }
    let mut depth = 0_i32;
    let after = text.get(at..).unwrap_or("");
    let mut end = text.len().min(at + after.len());
    for (place, c) in after.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        if (c == ';' && depth <= 0) || (c == '}' && depth < 0) || place > 2_000 {
            end = at + place;
            break;
        }
    }
    start..end
}

/// Whether only blanks are left of a line.
fn ends_line(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or("").trim_start_matches([' ', '\t', '\r']);
    rest.starts_with('\n')
}

/// The block of a loop, from a position within the brackets of its head.
fn block(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let mut depth = 0_usize;
    let mut open = None;
    for (place, c) in rest.char_indices() {
        if let Some(open) = open {
            match c {
                '{' => depth += 1,
                '}' if depth == 1 => return Some(at + open + 1..at + place),
                '}' => depth -= 1,
                _ => {}
            }
            continue;
        }
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => depth -= 1,
            ')' => {
                let after = rest.get(place + 1..)?;
                if !after.trim_start().starts_with('{') {
                    return None;
                }
                open = Some(place + 1 + after.len() - after.trim_start().len());
            }
            ';' | ']' | '}' => return None,
            _ => {}
        }
    }
    None
}

/// Whether a text has this word, on its own and not as `$word` or `->word`.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| is_word(text, at, word.len()))
}

/// Whether the `len` bytes at a position are a word of their own.
fn is_word(text: &str, at: usize, len: usize) -> bool {
    let before = text.get(..at).unwrap_or("");
    let after = text.get(at + len..).and_then(|after| after.chars().next());
    let joined = before.ends_with(|c: char| c.is_alphanumeric() || "_$@%&:".contains(c)) || before.ends_with("->");
    !joined && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
}
