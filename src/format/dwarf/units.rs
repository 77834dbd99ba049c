//! Units of debugging information, each with its length before it.

use super::{
    ENTRIES, Image,
    sites::{self, Visit},
};
use crate::model::{Malformed, Order, Part, Span};
use std::sync::Arc;

/// Units behind this many are one part.
pub(super) const UNITS: usize = ENTRIES;

/// The spans of units, each with its length before it; ends where a length is wrong.
pub(super) fn units(image: &Image, bytes: &[u8], span: Span) -> Vec<Span> {
    let mut units = Vec::new();
    let mut at = image.cursor(bytes, span);
    while at.left() > 0 && units.len() <= UNITS {
        let start = at.at;
        let Some((_, body)) = at.initial_length() else { break };
        at.at = body.end;
        units.push(Span::new(start, body.end));
    }
    units
}

/// One lazy part a unit.
pub(super) fn unit_parts(
    image: &Arc<Image>,
    bytes: &[u8],
    span: Span,
    name: &str,
    sites_of: impl Fn(&Image, &[u8], Span, Visit<'_>) -> Option<()> + Send + Sync + Clone + 'static,
) -> Vec<Part> {
    let units = units(&**image, bytes, span).into_iter().take(UNITS).enumerate();
    units
        .map(|(i, unit)| {
            let (image, sites_of) = (image.clone(), sites_of.clone());
            Part::lazy(format!("{name} {i}"), unit, Order::Fixed, move |bytes| {
                let mut found = Vec::new();
                sites_of(&*image, bytes, unit, &mut |site| found.push(site))
                    .ok_or_else(|| Malformed::at(unit.start, "a DWARF unit", "something else"))?;
                Ok(sites::parts(&*image, bytes, unit, &found))
            })
        })
        .collect()
}
