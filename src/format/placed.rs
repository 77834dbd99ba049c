//! What formats of programs share where it is known which places of two programs are the same.

use crate::model::{Address, Blob, Chunk, Led, Links, Of, Part, Places, Role, Span, Value};
use std::sync::Arc;

/// A word of a table that counts from somewhere.
const WORD: usize = 4;

/// One of two programs whose places are known.
#[derive(Clone)]
pub(super) struct Placed {
    pub(super) places: Arc<Places>,
    pub(super) of: Of,
}

impl Placed {
    /// The place of an address.
    pub(super) fn address(&self, address: u64) -> Address {
        self.places.of(self.of, address)
    }
    /// A range of addresses as places: where it begins, and where it ends.
    pub(super) fn range(&self, address: u64, size: u64) -> String {
        let (to, whole) = self.places.end(self.of, address, size);
        let behind = if whole { "the end of its section, " } else { "" };
        format!("{} up to {behind}{to}", self.address(address))
    }
    /// What leads elsewhere in a span of the file.
    pub(super) fn links(&self, span: Span) -> Links {
        self.places.links(self.of, span)
    }
    /// A section of data at an address, in the pieces that both programs have and those that are its own; nothing where it was not
    /// taken apart.
    pub(super) fn data(&self, bytes: &Blob, section: Span, address: u64) -> Option<Vec<Part>> {
        let chunks = self.places.chunks(self.of, address)?;
        let one = |chunk: &Chunk| {
            let at = chunk.span.shifted(section.start);
            let name = format!("+{:#x}", chunk.name);
            if chunk.shared {
                let links = self.tabled(bytes, at, address + chunk.span.start as u64);
                return Part::field(name, at, Role::Data, Value::Linked(links));
            }
            let name = format!("own {name}");
            if chunk.fill {
                return Part::field(name, at, Role::Padding, Value::Derived { valid: true });
            }
            Part::field(name, at, Role::Data, Value::Raw)
        };
        Some(chunks.iter().map(one).collect())
    }
    /// Links of a span at an address, those of tables among them.
    fn tabled(&self, bytes: &Blob, span: Span, address: u64) -> Links {
        let Links(mut found) = self.links(span);
        let known = found.len();
        for &(start, base, count) in self.places.tables(self.of, address, address + span.len() as u64) {
            let from = (start - address) as usize;
            let words = span
                .of(bytes)
                .get(from..)
                .unwrap_or_default()
                .chunks_exact(WORD)
                .take(count);
            for (i, word) in words.enumerate() {
                let at = Span::at(from + i * WORD, WORD);
                let word = i32::from_le_bytes([word[0], word[1], word[2], word[3]]);
                let to = base.wrapping_add_signed(word.into());
                // Links do not overlap, and lie in order.
                let before = found[..known].partition_point(|led| led.at.end <= at.start);
                let taken = found[..known].get(before).is_some_and(|led| led.at.start < at.end);
                if !taken {
                    found.push(Led {
                        at,
                        to: self.address(self.places.wrapped(to)),
                        rest: 0,
                        loose: false,
                    });
                }
            }
        }
        found.sort_by_key(|led| led.at);
        Links(found)
    }
}
