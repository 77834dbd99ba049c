//! Loaded data of a program whose places are known: what another program has too, and what is its own.

use super::image::Image;
use crate::model::{Chunk, Led, Links, Of, Order, Part, Places, Role, Span, Value};
use std::sync::Arc;

/// A word of a table that counts from its beginning.
const WORD: usize = 4;

/// The section in the pieces that both programs have it in; nothing where they have none in common.
pub(super) fn section(image: &Arc<Image>, index: usize) -> Option<Part> {
    let s = &image.sections[index];
    let (places, of) = image.placed.clone()?;
    let chunks = places.chunks(of, s.header.sh_addr)?.to_vec();
    let (image, span, address) = (image.clone(), s.span, s.header.sh_addr);
    Some(Part::lazy(s.label.clone(), span, Order::Link, move |bytes| {
        let one = |chunk: &Chunk| {
            let at = chunk.span.shifted(span.start);
            let name = format!("+{:#x}", chunk.name);
            if chunk.shared {
                let value = Value::Linked(links(&image, &places, of, (address, span), at));
                return Part::field(name, at, Role::Data, value);
            }
            let name = format!("own {name}");
            if at.of(bytes).iter().all(|&byte| byte == 0) {
                return Part::field(name, at, Role::Padding, Value::Derived { valid: true });
            }
            Part::field(name, at, Role::Data, Value::Raw)
        };
        Ok(chunks.iter().map(one).collect())
    }))
}

/// Links of a span, those of tables among them.
fn links(image: &Image, places: &Places, of: Of, (address, section): (u64, Span), span: Span) -> Links {
    let Links(mut found) = image.links(span);
    let at = |offset: usize| address + (offset - section.start) as u64;
    for (base, count) in places.tables(of, at(span.start), at(span.end)) {
        for i in 0..count {
            let place = Span::at((base - at(span.start)) as usize + i * WORD, WORD);
            let word = image.number(span.start + place.start, WORD) as u32;
            let taken = found
                .iter()
                .any(|led| led.at.start < place.end && place.start < led.at.end);
            if place.end <= span.len() && !taken {
                let to = places.of(of, base.wrapping_add_signed(word.cast_signed().into()));
                found.push(Led { at: place, to, rest: 0 });
            }
        }
    }
    found.sort_by_key(|led| led.at);
    Links(found)
}
