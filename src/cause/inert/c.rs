//! Languages whose comments are `/* … */` and `// …`.

use super::Reader;
use crate::model::Span;

/// What a lexer needs to know of a language.
#[derive(Clone, Copy, Default)]
struct Language {
    /// `// …`
    lines: bool,
    /// `/* /* */ */`
    nested: bool,
    /// Lines that begin with `#` are directives, and a backslash continues a line.
    preprocessor: bool,
    /// `'` may also begin something else than a literal.
    lifetimes: bool,
    /// A `"""` begins a text block.
    blocks: bool,
    /// `` ` `` begins a string without escapes.
    raw: bool,
    /// `R"x(`, `r#"`: literals that end in another way than they begin.
    prefixed: bool,
    /// A `/` may begin a regular expression.
    expressions: bool,
}

pub(super) fn c(text: &[u8]) -> Vec<Span> {
    // A line that is continued may put the two signs of a comment on two lines.
    let spliced = [&b"/\\\n"[..], b"*\\\n", b"/\\\r\n", b"*\\\r\n", b"??/"];
    if spliced.iter().any(|signs| memchr::memmem::find(text, signs).is_some()) {
        return Vec::new();
    }
    scan(
        text,
        Language {
            lines: true,
            preprocessor: true,
            prefixed: true,
            ..Language::default()
        },
    )
}

pub(super) fn java(text: &[u8]) -> Vec<Span> {
    // `\u002a\u002f` ends a comment (JLS 3.3).
    if memchr::memmem::find(text, b"\\u").is_some() {
        return Vec::new();
    }
    scan(
        text,
        Language {
            lines: true,
            blocks: true,
            ..Language::default()
        },
    )
}

pub(super) fn go(text: &[u8]) -> Vec<Span> {
    // What stands before `import "C"` is C.
    if memchr::memmem::find(text, b"\"C\"").is_some() {
        return Vec::new();
    }
    scan(
        text,
        Language {
            lines: true,
            raw: true,
            ..Language::default()
        },
    )
}

pub(super) fn rust(text: &[u8]) -> Vec<Span> {
    // Documentation is an attribute, which macros read.
    let mut found = scan(
        text,
        Language {
            lines: true,
            nested: true,
            lifetimes: true,
            prefixed: true,
            ..Language::default()
        },
    );
    found.retain(|span| {
        let comment = text.get(span.start..span.end).unwrap_or_default();
        !["///", "//!", "/**", "/*!"]
            .iter()
            .any(|mark| comment.starts_with(mark.as_bytes()))
    });
    found
}

pub(super) fn css(text: &[u8]) -> Vec<Span> {
    scan(text, Language::default())
}

pub(super) fn javascript(text: &[u8]) -> Vec<Span> {
    scan(
        text,
        Language {
            lines: true,
            expressions: true,
            ..Language::default()
        },
    )
}

fn scan(text: &[u8], language: Language) -> Vec<Span> {
    let mut found = Vec::new();
    let mut reader = Reader::new(text);
    // Ends where the lexer is no longer sure.
    let _ = comments(&mut reader, language, &mut found);
    found
}

fn comments(r: &mut Reader<'_>, language: Language, found: &mut Vec<Span>) -> Option<()> {
    let mut fresh = true;
    while let Some(c) = r.peek() {
        let start = r.at;
        match c {
            b'\n' => {
                fresh = true;
                r.at += 1;
                continue;
            }
            b' ' | b'\t' | b'\r' => {
                r.at += 1;
                continue;
            }
            b'#' if fresh && language.preprocessor => directive(r)?,
            b'/' if r.starts(b"/*") => {
                block(r, language.nested)?;
                found.push(Span::new(start, r.at));
                continue;
            }
            b'/' if language.lines && r.starts(b"//") => {
                r.line();
                let comment = r.text.get(start..r.at)?.trim_ascii_end();
                // The next line is still in the comment; `??/` is a backslash.
                if language.preprocessor && (comment.ends_with(b"\\") || comment.ends_with(b"??/")) {
                    return None;
                }
                found.push(Span::new(start, start + comment.len()));
                continue;
            }
            b'/' if language.expressions => return None,
            // Comments of a line, in scripts of pages.
            b'<' if language.expressions && r.starts(b"<!--") => return None,
            b'-' if language.expressions && r.starts(b"-->") => return None,
            b'`' if language.expressions => return None,
            b'`' if language.raw => {
                r.at += 1;
                r.over(b"`")?;
            }
            b'"' if language.blocks && r.starts(b"\"\"\"") => {
                r.at += 3;
                while !r.starts(b"\"\"\"") {
                    r.at += if r.peek()? == b'\\' { 2 } else { 1 };
                }
                r.at += 3;
            }
            b'"' if language.prefixed && raw(r.text, start) => return None,
            b'"' if language.lifetimes => string(r)?,
            b'"' => r.literal(b'"')?,
            b'\'' if language.lifetimes => quote(r),
            // `1'000'000`
            b'\'' if language.preprocessor && digit(r.text, start) => r.at += 1,
            b'\'' => r.literal(b'\'')?,
            b'r' | b'b' if language.lifetimes && (r.starts(b"r\"") || r.starts(b"r#") || r.starts(b"br")) => {
                rust_raw(r)?;
            }
            _ => r.at += 1,
        }
        fresh = false;
    }
    Some(())
}

/// A literal that goes over lines.
fn string(r: &mut Reader<'_>) -> Option<()> {
    r.at += 1;
    loop {
        match r.peek()? {
            b'\\' => r.at += 2,
            b'"' => {
                r.at += 1;
                return Some(());
            }
            _ => r.at += 1,
        }
    }
}

/// `'x'`, `'\n'`, or a lifetime.
fn quote(r: &mut Reader<'_>) {
    let escaped = r.starts(b"'\\");
    let back = r.at;
    let width = |at: usize| std::str::from_utf8(r.text.get(at..(at + 4).min(r.text.len())).unwrap_or_default());
    let one = match width(back + 1) {
        Ok(text) => text.chars().next().map_or(1, char::len_utf8),
        Err(error) if error.valid_up_to() > 0 => 1,
        Err(_) => 1,
    };
    if escaped && r.literal(b'\'').is_some() {
        return;
    }
    r.at = back
        + if r.text.get(back + 1 + one) == Some(&b'\'') {
            one + 2
        } else {
            1
        };
}

/// `r"…"`, `r#"…"#`, `br"…"`; a raw identifier is no literal.
fn rust_raw(r: &mut Reader<'_>) -> Option<()> {
    let back = r.at;
    let word = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
    if back > 0 && r.text.get(back - 1).copied().is_some_and(word) {
        r.at += 1;
        return Some(());
    }
    let mut at = back + 1 + usize::from(r.starts(b"br"));
    let hashes = r.text.get(at..)?.iter().take_while(|&&c| c == b'#').count();
    at += hashes;
    if r.text.get(at) != Some(&b'"') {
        r.at += 1;
        return Some(());
    }
    r.at = at + 1;
    let end: Vec<u8> = [b'"'].into_iter().chain(std::iter::repeat_n(b'#', hashes)).collect();
    r.over(&end)
}

/// Over a line of the preprocessor and what continues it. A comment that begins in it must end in it.
fn directive(r: &mut Reader<'_>) -> Option<()> {
    loop {
        let start = r.at;
        r.line();
        let line = r.text.get(start..r.at)?;
        // A comment in it is whole, and no sign of one stands in a literal.
        let count = |sign: &[u8]| memchr::memmem::find_iter(line, sign).count();
        let (opened, closed) = (memchr::memmem::find(line, b"/*"), memchr::memmem::find(line, b"*/"));
        if opened.is_some() || closed.is_some() {
            let one = count(b"/*") == 1 && count(b"*/") == 1 && opened.zip(closed).is_some_and(|(x, y)| x + 1 < y);
            if !one || line.contains(&b'"') || line.contains(&b'\'') {
                return None;
            }
        }
        if !line.trim_ascii_end().ends_with(b"\\") {
            return Some(());
        }
        r.at += 1;
    }
}

fn block(r: &mut Reader<'_>, nested: bool) -> Option<()> {
    r.at += 2;
    if !nested {
        return r.over(b"*/");
    }
    let mut depth = 1;
    while depth > 0 {
        if r.starts(b"/*") {
            depth += 1;
            r.at += 2;
        } else if r.starts(b"*/") {
            depth -= 1;
            r.at += 2;
        } else {
            r.peek()?;
            r.at += 1;
        }
    }
    Some(())
}

/// Whether a quote follows the `R` of a raw literal.
fn raw(text: &[u8], quote: usize) -> bool {
    quote > 0 && text.get(quote - 1) == Some(&b'R')
}

/// Whether a quote follows a number, and not a word.
fn digit(text: &[u8], quote: usize) -> bool {
    let before = text.get(..quote).unwrap_or_default();
    let part = |c: &u8| c.is_ascii_alphanumeric() || b"_'".contains(c);
    let start = before.iter().rposition(|c| !part(c)).map_or(0, |i| i + 1);
    before.get(start).is_some_and(u8::is_ascii_digit)
}
