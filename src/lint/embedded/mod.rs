//! The shell commands inside files of other languages.
//!
//! What reaches the shell is not always what stands in the file: `$$` of a makefile is `$`, an expression of a workflow is replaced.
//! Each piece is given as the shell would see it, as far as that goes in the same number of bytes.

mod docker;
mod json;
mod make;
mod spec;
mod yaml;

use super::{Code, Language};
use std::{borrow::Cow, ops::Range};

/// Commands of a makefile inside each other that are looked at: each is a piece of its own, with all that is in it.
const NESTED: usize = 16;

/// Where commands end that are still open, in the order of the text.
#[derive(Default)]
pub(super) struct Nesting(Vec<usize>);

impl Nesting {
    /// Whether a command is to be looked at: it lies in few enough others.
    pub(super) fn enter(&mut self, start: usize, end: usize) -> bool {
        self.0.retain(|open| *open > start);
        self.0.push(end);
        self.0.len() <= NESTED
    }
}

/// The pieces found in one file.
#[derive(Default)]
pub(super) struct Embedded<'a> {
    pub(super) codes: Vec<Code<'a>>,
    /// Whether the file itself could not be parsed within the limits.
    pub(super) given_up: bool,
}

/// Whether files of a language may have shell commands in them.
pub(super) fn may_embed(language: Language) -> bool {
    matches!(
        language,
        Language::Make | Language::Dockerfile | Language::Workflow | Language::RpmSpec | Language::PackageJson
    )
}

/// The shell commands in a file.
pub(super) fn shell<'a>(language: Language, path: &'a str, text: &'a str) -> Embedded<'a> {
    let mut found = Embedded::default();
    match language {
        Language::Make => make::shell(path, text, &mut found),
        Language::Dockerfile => docker::shell(path, text, &mut found),
        Language::Workflow => yaml::shell(path, text, &mut found),
        Language::RpmSpec => spec::shell(path, text, &mut found),
        Language::PackageJson => json::shell(path, text, &mut found),
        _ => {}
    }
    found
}

/// Whether a replacement means the same in a file of this language as in a shell script.
pub(super) fn plain(_host: Language, by: &str) -> bool {
    by.chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '=' | ',' | '.' | '/' | '+'))
}

impl<'a> Embedded<'a> {
    /// A piece as it stands.
    fn push(&mut self, path: &'a str, text: &'a str, span: Range<usize>) {
        if let Some(piece) = text.get(span.clone())
            && !piece.trim().is_empty()
        {
            self.codes.push(Code::new(Language::Shell, path, piece, span.start));
        }
    }

    /// A piece of which some bytes were replaced.
    fn push_masked(&mut self, path: &'a str, masked: Vec<u8>, offset: usize) {
        // Bytes are replaced a character at a time, so this is text.
        if let Ok(piece) = String::from_utf8(masked)
            && !piece.trim().is_empty()
        {
            self.codes
                .push(Code::new(Language::Shell, path, Cow::<'a, str>::Owned(piece), offset));
        }
    }
}

/// Puts blanks over a range; line ends stay.
fn blank(bytes: &mut [u8], range: Range<usize>) {
    for byte in bytes.get_mut(range).unwrap_or_default() {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

/// Puts one byte over a range.
fn fill(bytes: &mut [u8], range: Range<usize>, by: u8) {
    bytes.get_mut(range).unwrap_or_default().fill(by);
}

/// The lines of a text with their ends left out: where each starts and ends.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        start..start + line.trim_end_matches(['\n', '\r']).len()
    })
}

/// No bracket is closed farther than this from where it opens: a file of nothing but open brackets is soon read, too.
const FARTHEST: usize = 4 * 1024;

/// Where the bracket that opens at `open` is closed.
fn closing(bytes: &[u8], open: usize) -> Option<usize> {
    let (from, to) = match bytes.get(open)? {
        b'(' => (b'(', b')'),
        b'{' => (b'{', b'}'),
        _ => return None,
    };
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().skip(open).take(FARTHEST) {
        if *byte == from {
            depth += 1;
        } else if *byte == to {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// Makes `$(NAME)` or `%{NAME}` at `start` (its bracket closed at `close`) the shell's `${NAME}`, and anything else one word.
fn variable(bytes: &mut [u8], start: usize, close: usize) {
    let inner = bytes.get(start + 2..close).unwrap_or_default();
    let name = inner
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
        .count();
    let rest = inner.len() - name;
    let plain = name > 0 && rest == 0;
    let substituted = name > 0 && rest > 2 && inner.get(name) == Some(&b':');
    if !plain && !substituted {
        return fill(bytes, start..close + 1, b'_');
    }
    for byte in bytes.get_mut(start + 2..start + 2 + name).unwrap_or_default() {
        if !byte.is_ascii_alphanumeric() {
            *byte = b'_';
        }
    }
    if substituted {
        fill(bytes, start + 2 + name..close, b'_');
        fill(bytes, start + 2 + name..start + 3 + name, b':');
        fill(bytes, start + 3 + name..start + 4 + name, b'-');
    }
    fill(bytes, start..start + 1, b'$');
    fill(bytes, start + 1..start + 2, b'{');
    fill(bytes, close..close + 1, b'}');
}

#[cfg(test)]
fn pieces(language: Language, text: &str) -> Vec<String> {
    let found = shell(language, "file", text);
    for code in &found.codes {
        let there = &text[code.offset..code.offset + code.text.len()];
        assert_eq!(there.len(), code.text.len());
    }
    found.codes.iter().map(|code| code.text.clone().into_owned()).collect()
}
