//! Texts that are not given to a parser. The scanners of three grammars write their state, a few bytes for each open block, into 1,024 bytes,
//! and some write past the end of them or take time in the square of their number. No source that a person has written comes near.

use super::Language;
use std::collections::BTreeSet;

/// Different widths of indentation in Python: two bytes each, beside up to 257 others.
const WIDTHS: usize = 300;
/// Open elements of XML.
const ELEMENTS: i64 = 500;
/// Blocks of YAML, four bytes each: in all, below which nothing can go wrong; else open at once, and begun on one line.
const BLOCKS: usize = 240;
const OPEN_BLOCKS: usize = 40;

/// Whether a parser may read a text of a language.
pub(super) fn parseable(language: Language, text: &str) -> bool {
    match language {
        Language::Python => python(text.as_bytes()),
        Language::Maven | Language::Ant => xml(text.as_bytes()),
        Language::Workflow => yaml(text),
        _ => true,
    }
}

/// Open blocks have ever larger indentation, so there are no more of them than there are widths.
fn python(text: &[u8]) -> bool {
    let mut widths: BTreeSet<u16> = BTreeSet::new();
    let mut at = 0;
    loop {
        let mut width = 0_u16;
        loop {
            match text.get(at) {
                Some(b' ') => width = width.wrapping_add(1),
                Some(b'\t') => width = width.wrapping_add(8),
                Some(b'\r' | b'\n' | b'\x0c') => width = 0,
                // The next line is indented on from here.
                Some(b'\\') if matches!(text.get(at + 1), Some(b'\n' | b'\r')) => at += 1,
                _ => break,
            }
            at += 1;
        }
        widths.insert(width);
        if widths.len() > WIDTHS {
            return false;
        }
        match text.get(at..).and_then(|rest| memchr::memchr(b'\n', rest)) {
            Some(end) => at += end + 1,
            None => return true,
        }
    }
}

fn xml(text: &[u8]) -> bool {
    let mut open = 0_i64;
    for at in memchr::memchr2_iter(b'<', b'>', text) {
        let (before, after) = (at.checked_sub(1).and_then(|at| text.get(at)), text.get(at + 1));
        match (text.get(at), after) {
            (Some(b'<'), Some(b'/')) => open -= 1,
            (Some(b'<'), Some(b'!' | b'?') | None) => {}
            (Some(b'<'), _) => open += 1,
            (Some(b'>'), _) if before == Some(&b'/') => open -= 1,
            _ => {}
        }
        // What closes more than is open makes no room for more.
        open = open.max(0);
        if open > ELEMENTS {
            return false;
        }
    }
    true
}

fn yaml(text: &str) -> bool {
    let mut all = 0_usize;
    let mut deep = false;
    let mut open: Vec<usize> = Vec::new();
    for line in text.lines() {
        let bytes = line.as_bytes();
        let lead = bytes.iter().take_while(|byte| **byte == b' ').count();
        if lead == bytes.len() {
            continue;
        }
        while open.last().is_some_and(|column| *column >= lead) {
            open.pop();
        }
        open.push(lead);
        let mut here = 0;
        for (at, byte) in bytes.iter().enumerate() {
            let begins = matches!(byte, b'-' | b'?' | b':' | b'|' | b'>')
                && bytes
                    .get(at + 1)
                    .is_none_or(|next| matches!(next, b' ' | b'\t' | b'+' | b'-' | b'0'..=b'9'));
            here += usize::from(begins);
        }
        all += here + 1;
        deep |= open.len() > OPEN_BLOCKS || here > OPEN_BLOCKS;
    }
    all <= BLOCKS || !deep
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_and_monstrous() {
        let steps = |word: &str, count: usize| -> String {
            (0..count)
                .map(|depth| format!("{}{word}\n", " ".repeat(depth)))
                .collect()
        };
        assert!(parseable(Language::Python, &steps("if x:", 100)));
        assert!(!parseable(Language::Python, &steps("if x:", 1000)));
        assert!(parseable(Language::Workflow, &steps("a:", 30).repeat(100)));
        assert!(!parseable(Language::Workflow, &steps("a:", 300)));
        assert!(!parseable(Language::Workflow, &"- ".repeat(300)));
        assert!(parseable(Language::Maven, &"<a><b/></a>".repeat(1000)));
        assert!(!parseable(Language::Maven, &"<a>".repeat(1000)));
    }
}
