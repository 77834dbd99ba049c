//! What must not stand beside a token, so that it is a whole one.

use crate::{cause::path, model::Span};

/// What must not stand beside a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Border {
    Word,
    Number,
    Path,
}

/// Whether a token is a whole word, number or beginning of a path.
pub(super) fn bordered(bytes: &[u8], token: Span, border: Border) -> bool {
    let before = token.start.checked_sub(1).and_then(|at| bytes.get(at)).copied();
    let (next, behind) = (bytes.get(token.end).copied(), bytes.get(token.end + 1).copied());
    let part = |c: u8| c.is_ascii_alphanumeric() || b"_-".contains(&c);
    // Letters beyond ASCII count, other bytes do not: a name may stand among numbers.
    let letter = |from: Option<usize>, to: usize| {
        let character = from.and_then(|from| std::str::from_utf8(bytes.get(from..to)?).ok());
        character.is_some_and(|text| text.chars().count() == 1 && text.chars().all(char::is_alphanumeric))
    };
    let lettered = (2..=4).any(|n| {
        letter(token.start.checked_sub(n), token.start) || letter(Some(token.end), token.end.saturating_add(n))
    });
    match border {
        Border::Word => {
            // A full stop ends a sentence, or goes on with the name.
            let goes_on = next.is_some_and(part) || next == Some(b'.') && behind.is_some_and(part);
            !goes_on && !lettered && !before.is_some_and(|c| part(c) || c == b'.')
        }
        Border::Number => {
            let option = token.start.checked_sub(2).and_then(|at| bytes.get(at..token.start)) == Some(b"-j");
            let digit = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
            let hex = token.start.checked_sub(2).and_then(|at| bytes.get(at..token.start)) == Some(b"0x");
            !(next.is_some_and(digit) || next == Some(b'.') && behind.is_some_and(|c| c.is_ascii_digit()))
                && (option || hex || !before.is_some_and(|c| digit(c) || c == b'.'))
        }
        Border::Path => {
            let inside = before.is_some_and(|c| path::part(c) && !opens(bytes, token.start));
            !inside && !next.is_some_and(|c| path::part(c) && c != b'/')
        }
    }
}

/// Whether what stands right before a path lets one begin: a short option (`-I/build`), or a scheme (`file:///build`).
fn opens(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[..at];
    if before.ends_with(b"://") {
        return true;
    }
    let option = before.iter().rev().take_while(|c| c.is_ascii_alphabetic()).count();
    let dash = before.len().checked_sub(option + 1).and_then(|i| before.get(i));
    let start = before.len().checked_sub(option + 2).and_then(|i| before.get(i));
    (1..=3).contains(&option) && dash == Some(&b'-') && !start.is_some_and(|c| path::part(*c))
}
