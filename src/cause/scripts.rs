//! Scripts in pages.

use crate::model::Span;

/// The scripts and styles of a page.
pub fn scripts(page: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'<', &page[at..]).map(|i| at + i + 1) {
        let named = |text: &[u8], name: &str| {
            text.get(..name.len())
                .is_some_and(|t| t.eq_ignore_ascii_case(name.as_bytes()))
        };
        at = open;
        if let Some(name) = ["script", "style"].into_iter().find(|name| named(&page[open..], name)) {
            let close = |i: &usize| page[*i..].starts_with(b"</") && named(&page[*i + 2..], name);
            let mut ends = memchr::memchr_iter(b'<', &page[open..]).map(|i| open + i);
            at = ends.find(close).unwrap_or(page.len());
            found.push(Span::new(open, at));
        }
    }
    found
}
