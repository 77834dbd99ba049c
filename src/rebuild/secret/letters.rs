//! A secret letter by letter: in another case, broken over lines, escaped for a URL; reversed, and in letters of two bytes.

use super::Hit;
use memchr::{memchr2_iter, memchr3_iter, memmem};

/// A shorter value is found everywhere once its case and its order do not matter.
pub(super) const LONG: usize = 8;

/// Every place where a secret stands in one of these forms.
pub(super) fn search(bytes: &[u8], name: &str, value: &str, hits: &mut Vec<Hit>) {
    let mut hit = |start, end, form| {
        hits.push(Hit {
            start,
            end,
            form,
            name: name.to_owned(),
        });
    };
    let plain = value.as_bytes();
    for start in memmem::find_iter(bytes, plain) {
        hit(start, start + plain.len(), "bytes");
    }
    let wide = value.encode_utf16();
    let (little, big): (Vec<_>, Vec<_>) = wide.map(|unit| (unit.to_le_bytes(), unit.to_be_bytes())).unzip();
    for encoded in [little.concat(), big.concat()] {
        for start in memmem::find_iter(bytes, &encoded) {
            hit(start, start + encoded.len(), "utf-16");
        }
    }
    let Some(first) = plain.first().copied() else { return };
    for start in memchr3_iter(first, b'%', b'+', bytes) {
        if let Some((end, true)) = walk(&bytes[start..], plain, escaped) {
            hit(start, start + end, "url");
        }
    }
    if plain.len() < LONG {
        return;
    }
    let reversed: Vec<u8> = plain.iter().rev().copied().collect();
    for start in memmem::find_iter(bytes, &reversed).filter(|_| reversed != plain) {
        hit(start, start + reversed.len(), "reversed");
    }
    for start in memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), bytes) {
        if let Some((end, true)) = walk(&bytes[start..], plain, other_case) {
            hit(start, start + end, "other case");
        }
        if let Some((end, true)) = walk(&bytes[start..], plain, over_lines) {
            hit(start, start + end, "over lines");
        }
    }
}

/// How a letter of a secret may stand at the beginning of some bytes: how many of them it takes, and whether that is not as it is.
type Step = fn(&[u8], u8, bool) -> Option<(usize, bool)>;

/// Where a secret ends that begins here, and whether any of its letters is not as it is.
fn walk(bytes: &[u8], value: &[u8], step: Step) -> Option<(usize, bool)> {
    let (mut at, mut changed) = (0, false);
    for (number, letter) in value.iter().enumerate() {
        let (length, other) = step(bytes.get(at..)?, *letter, number == 0)?;
        at += length;
        changed |= other;
    }
    Some((at, changed))
}

fn other_case(bytes: &[u8], letter: u8, _first: bool) -> Option<(usize, bool)> {
    let byte = *bytes.first()?;
    byte.eq_ignore_ascii_case(&letter).then_some((1, byte != letter))
}

/// A line break may stand before it, behind a backslash, and blanks after that.
fn over_lines(bytes: &[u8], letter: u8, first: bool) -> Option<(usize, bool)> {
    let rest = bytes.strip_prefix(b"\\").unwrap_or(bytes);
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
    if let (false, Some(line)) = (first, rest.strip_prefix(b"\n")) {
        let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let at = bytes.len() - line.len() + blanks;
        if bytes.get(at) == Some(&letter) {
            return Some((at + 1, true));
        }
    }
    (bytes.first() == Some(&letter)).then_some((1, false))
}

/// Percent-encoding (RFC 3986, 2.1), and `+` for a blank as in forms.
fn escaped(bytes: &[u8], letter: u8, _first: bool) -> Option<(usize, bool)> {
    match bytes {
        [b'%', high, low, ..] if value(*high).zip(value(*low)).is_some_and(|(h, l)| h << 4 | l == letter) => {
            Some((3, true))
        }
        [b'+', ..] if letter == b' ' => Some((1, true)),
        [byte, ..] if *byte == letter => Some((1, false)),
        _ => None,
    }
}

fn value(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
