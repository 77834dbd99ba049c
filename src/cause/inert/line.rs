//! Languages whose comments are lines.

use crate::model::Span;

/// Comments before the first line of another kind: what follows might stand in a string.
fn leading(text: &[u8], comment: fn(&[u8]) -> bool) -> Vec<Span> {
    let mut found = Vec::new();
    for (number, span) in lines(text).enumerate() {
        let line = text.get(span.start..span.end).unwrap_or_default();
        if number == 0 && line.starts_with(b"#!") || line.is_empty() {
            continue;
        }
        // A backslash at the end may continue a comment.
        if !comment(line) || line.ends_with(b"\\") {
            break;
        }
        found.push(span);
    }
    found
}

/// Lines without the blanks around them.
fn lines(text: &[u8]) -> impl Iterator<Item = Span> {
    let mut at = 0;
    text.split(|&c| c == b'\n').map(move |line| {
        let start = at;
        at += line.len() + 1;
        let blank = line.len() - line.trim_ascii_start().len();
        Span::at(start + blank, line.trim_ascii().len())
    })
}

pub(super) fn hash(text: &[u8]) -> Vec<Span> {
    leading(text, |line| line.starts_with(b"#"))
}

pub(super) fn percent(text: &[u8]) -> Vec<Span> {
    leading(text, |line| line.starts_with(b"%"))
}

pub(super) fn dashes(text: &[u8]) -> Vec<Span> {
    // `--[[` begins a comment of several lines in Lua, `--|` documentation in Haskell.
    leading(text, |line| {
        line.starts_with(b"--") && !line.starts_with(b"--[") && !line.starts_with(b"--|")
    })
}

pub(super) fn semicolon(text: &[u8]) -> Vec<Span> {
    leading(text, |line| line.starts_with(b";"))
}

/// `java.util.Properties.load`: a natural line whose first sign is `#` or `!`, unless it continues another.
pub(super) fn properties(text: &[u8]) -> Vec<Span> {
    let mut continued = false;
    let mut found = Vec::new();
    for span in lines(text) {
        let line = text.get(span.start..span.end).unwrap_or_default();
        let comment = !continued && (line.starts_with(b"#") || line.starts_with(b"!"));
        let slashes = line.iter().rev().take_while(|&&c| c == b'\\').count();
        continued = !comment && slashes % 2 == 1;
        if comment {
            found.push(span);
        }
    }
    found
}

/// Comments of a catalogue (gettext manual, 3): not flags, previous or obsolete messages.
pub(super) fn gettext(text: &[u8]) -> Vec<Span> {
    let comment = |span: &Span| {
        let line = text.get(span.start..span.end).unwrap_or_default();
        line == b"#" || [&b"# "[..], b"#.", b"#:"].iter().any(|mark| line.starts_with(mark))
    };
    lines(text).filter(comment).collect()
}

/// Comments of man pages; `'\"` in the first line names preprocessors.
pub(super) fn roff(text: &[u8]) -> Vec<Span> {
    let comment = |span: &Span| {
        let line = text.get(span.start..span.end).unwrap_or_default();
        line.starts_with(b".\\\"") && !line.ends_with(b"\\")
    };
    lines(text).filter(comment).collect()
}
