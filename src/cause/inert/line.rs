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
    // A program that reads itself may read its comments.
    let own: [&[u8]; 6] = [
        b"$0",
        b"BASH_SOURCE",
        b"__file__",
        b"__FILE__",
        b"DATA",
        b"$PROGRAM_NAME",
    ];
    if own.iter().any(|word| memchr::memmem::find(text, word).is_some()) {
        return Vec::new();
    }
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
    // Other signs for requests and escapes, and a macro of the comment's name.
    let other: [&[u8]; 6] = [b"ec", b"eo", b"cc", b"c2", b"de", b"am"];
    let request = |span: Span| {
        let line = text.get(span.start..span.end).unwrap_or_default();
        let name = line.strip_prefix(b".").or_else(|| line.strip_prefix(b"'"));
        let name = name.unwrap_or_default().trim_ascii_start();
        other.iter().any(|word| name.starts_with(word))
            && (name.len() < 3 || !name[2].is_ascii_alphanumeric() || name.contains(&b'\\'))
    };
    if lines(text).any(request) {
        return Vec::new();
    }
    let comment = |span: &Span| {
        let line = text.get(span.start..span.end).unwrap_or_default();
        line.starts_with(b".\\\"") && !line.ends_with(b"\\")
    };
    lines(text).filter(comment).collect()
}

/// The date of a man page: the third argument of its title (man(7), `.TH`), which stands in the footer.
pub(super) fn title(text: &[u8]) -> Option<Span> {
    let line = lines(text).find(|span| {
        text.get(span.start..span.end)
            .is_some_and(|line| line.starts_with(b".TH "))
    })?;
    let mut at = line.start + 4;
    for argument in 1..=3 {
        at += text.get(at..line.end)?.iter().take_while(|&&c| c == b' ').count();
        let quoted = text.get(at) == Some(&b'"');
        let start = at + usize::from(quoted);
        let end = |c: &u8| if quoted { *c == b'"' } else { *c == b' ' };
        let length = text.get(start..line.end)?;
        let length = length.iter().position(end).unwrap_or(length.len());
        let span = Span::at(start, length);
        if argument == 3 {
            // An escape could do more than be shown.
            let plain = !span.is_empty() && !text.get(span.start..span.end)?.contains(&b'\\');
            return plain.then_some(span);
        }
        at = span.end + usize::from(quoted);
    }
    None
}
