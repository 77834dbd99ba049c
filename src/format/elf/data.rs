//! Loaded data of a program whose places are known.

use super::image::Image;
use crate::model::{Order, Part};
use std::sync::Arc;

/// The section in its pieces; nothing where it has none.
pub(super) fn section(image: &Arc<Image>, index: usize) -> Option<Part> {
    let s = &image.sections[index];
    let (span, address) = (s.span, image.address(index));
    let placed = image.placed.clone()?;
    placed.places.chunks(placed.of, address)?;
    Some(Part::lazy(s.label.clone(), span, Order::Keys, move |bytes| {
        Ok(placed.data(bytes, span, address).unwrap_or_default())
    }))
}
