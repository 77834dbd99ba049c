//! Addresses in debugging information (DWARF 5, 2.17, 2.6.2, 6.1.2, 7.27): ranges, locations, and tables of them. Only where places are known.

use super::{
    Image, expression, info,
    read::Cursor,
    sites::{self, Lists, Site},
};
use crate::model::{Address, Order, Part, Span};
use std::{collections::BTreeSet, sync::Arc};

/// A section with addresses; nothing for others.
pub(super) fn section(image: &Arc<Image>, index: usize, label: String, span: Span) -> Option<Part> {
    image.linked().then_some(())?;
    let read: fn(&Image, &[u8], Span) -> Option<Vec<Site>> = match image.called(index) {
        ".debug_aranges" => aranges,
        ".debug_addr" => addresses,
        ".debug_frame" => frames,
        ".debug_rnglists" => |image, bytes, span| lists(image, bytes, span, Lists::Ranges),
        ".debug_loclists" => |image, bytes, span| lists(image, bytes, span, Lists::Locations),
        ".debug_ranges" => |image, bytes, span| pairs(image, bytes, span, Lists::Ranges),
        ".debug_loc" => |image, bytes, span| pairs(image, bytes, span, Lists::Locations),
        _ => return None,
    };
    let image = image.clone();
    Some(Part::lazy(label, span, Order::Fixed, move |bytes| {
        // What is not understood is left as it is.
        let mut sites = read(&*image, bytes, span).unwrap_or_default();
        sites.sort_by_key(|site| site.at);
        Ok(sites::parts(&*image, bytes, span, &sites))
    }))
}

/// An address at the cursor.
fn address(image: &Image, at: &mut Cursor<'_>, sites: &mut Vec<Site>) -> Option<u64> {
    let (start, size) = (at.at, image.word());
    let value = at.number(size)?;
    sites.push(Site::address(Span::at(start, size), image.place_of(value)?));
    Some(value)
}

/// `.debug_aranges`: addresses and lengths of each unit.
fn aranges(image: &Image, bytes: &[u8], span: Span) -> Option<Vec<Site>> {
    let (mut at, word, mut sites) = (image.cursor(bytes, span), image.word(), Vec::new());
    while at.left() > 0 {
        let start = at.at;
        let (offset, body) = at.initial_length()?;
        at.skip(2 + offset as u64)?;
        if (at.u8()?, at.u8()?) != (u8::try_from(word).ok()?, 0) {
            return None;
        }
        let ahead = (at.at - start).next_multiple_of(2 * word) - (at.at - start);
        at.skip(ahead as u64)?;
        while at.at + 2 * word <= body.end {
            let (from, length) = (at.at, at.at + word);
            let (value, size) = (at.number(word)?, at.number(word)?);
            if (value, size) != (0, 0) {
                sites.push(Site::address(Span::at(from, word), image.place_of(value)?));
                sites.push(Site::address(
                    Span::at(length, word),
                    image.place_of(value.wrapping_add(size))?,
                ));
            }
        }
        at.at = body.end;
    }
    Some(sites)
}

/// `.debug_frame` (DWARF 5, 6.4.1): where each frame's code begins and ends.
fn frames(image: &Image, bytes: &[u8], span: Span) -> Option<Vec<Site>> {
    let (mut at, word, mut sites) = (image.cursor(bytes, span), image.word(), Vec::new());
    let mut common = BTreeSet::new();
    while at.left() > 0 {
        let start = at.at - span.start;
        let (size, body) = at.initial_length()?;
        let id = at.number(size)?;
        if id == u64::MAX >> (64 - 8 * size) {
            // Version, no augmentation; from version 4 on the size of an address, and none of a segment.
            let version = at.u8()?;
            let plain =
                at.string()?.is_empty() && (version < 4 || (at.u8()?, at.u8()?) == (u8::try_from(word).ok()?, 0));
            common.insert(plain.then_some(start as u64)?);
        } else {
            common.contains(&id).then_some(())?;
            let begin = address(image, &mut at, &mut sites)?;
            let length = at.at;
            let end = begin.wrapping_add(at.number(word)?);
            sites.push(Site::address(Span::at(length, word), image.place_of(end)?));
        }
        at.at = body.end;
    }
    Some(sites)
}

/// `.debug_addr`: units of addresses.
fn addresses(image: &Image, bytes: &[u8], span: Span) -> Option<Vec<Site>> {
    let (mut at, mut sites) = (image.cursor(bytes, span), Vec::new());
    while at.left() > 0 {
        let (_, body) = at.initial_length()?;
        at.skip(4)?;
        while at.at + image.word() <= body.end {
            address(image, &mut at, &mut sites)?;
        }
        at.at = body.end;
    }
    Some(sites)
}

/// Lists of DWARF 5, which begin where units say.
fn lists(image: &Image, bytes: &[u8], span: Span, of: Lists) -> Option<Vec<Site>> {
    let (mut sites, mut left) = (Vec::new(), 2 * span.len());
    let entry = match of {
        Lists::Ranges => range,
        Lists::Locations => location,
    };
    for start in starts(image, span, of)? {
        let mut at = image.cursor(bytes, Span::new(start, span.end));
        while entry(image, &mut at, &mut sites)? {}
        // Lists lie one behind the other: those that lie in each other cost more than there is.
        left = left.checked_sub(at.at - start)?;
    }
    sites.dedup_by_key(|site| site.at);
    Some(sites)
}

/// Where lists begin, by the attributes of all units; each once.
fn starts(image: &Image, span: Span, of: Lists) -> Option<BTreeSet<usize>> {
    let offsets = image.kept().lists.get_or_init(|| info::lists(image)).as_ref()?;
    let start = |offset: u64| {
        span.start
            .checked_add(usize::try_from(offset).ok()?)
            .filter(|&at| at < span.end)
    };
    Some(offsets[of as usize].iter().copied().filter_map(start).collect())
}

/// An entry of a range list (DWARF 5, 7.25); false at the end.
fn range(image: &Image, at: &mut Cursor<'_>, sites: &mut Vec<Site>) -> Option<bool> {
    match at.u8()? {
        0 => return Some(false),
        1 => drop(at.uleb()?),
        2..=4 => drop((at.uleb()?, at.uleb()?)),
        5 => drop(address(image, at, sites)?),
        6 => drop((address(image, at, sites)?, address(image, at, sites)?)),
        7 => drop((address(image, at, sites)?, at.uleb()?)),
        _ => return None,
    }
    Some(true)
}

/// An entry of a location list (DWARF 5, 7.7.3); false at the end.
fn location(image: &Image, at: &mut Cursor<'_>, sites: &mut Vec<Site>) -> Option<bool> {
    match at.u8()? {
        0 => return Some(false),
        1 => {
            at.uleb()?;
            return Some(true);
        }
        6 => {
            address(image, at, sites)?;
            return Some(true);
        }
        2..=4 => drop((at.uleb()?, at.uleb()?)),
        5 => {}
        7 => drop((address(image, at, sites)?, address(image, at, sites)?)),
        8 => drop((address(image, at, sites)?, at.uleb()?)),
        _ => return None,
    }
    let length = usize::try_from(at.uleb()?).ok()?;
    expression::addresses(image, at, length, sites)?;
    Some(true)
}

/// Pairs of addresses of DWARF 2 to 4, which begin where units say; each ends with two zeros.
fn pairs(image: &Image, bytes: &[u8], span: Span, of: Lists) -> Option<Vec<Site>> {
    let (word, mut sites, mut left) = (image.word(), Vec::new(), 2 * span.len());
    let base = if word == 8 { u64::MAX } else { u64::from(u32::MAX) };
    for start in starts(image, span, of)? {
        let mut at = image.cursor(bytes, Span::new(start, span.end));
        // Offsets from the beginning of the unit, or addresses where that is 0: then they lie in a section.
        loop {
            let from = at.at;
            let (x, y) = (at.number(word)?, at.number(word)?);
            if (x, y) == (0, 0) {
                break;
            }
            let mut keep = |at: usize, value: u64| {
                if let Some(place @ Address::Both(_)) = image.place_of(value) {
                    sites.push(Site::address(Span::at(at, word), place));
                }
            };
            if x == base {
                keep(from + word, y);
                continue;
            }
            keep(from, x);
            keep(from + word, y);
            if of == Lists::Locations {
                let length = usize::try_from(at.u16()?).ok()?;
                expression::addresses(image, &mut at, length, &mut sites)?;
            }
        }
        left = left.checked_sub(at.at - start)?;
    }
    Some(sites)
}
