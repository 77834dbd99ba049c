//! Sections of debugging information.

use super::{debug_addresses, debug_info, debug_line, image::Image, strings};
use crate::model::{Part, Span};
use std::sync::Arc;

/// A section of debugging information that names strings. `span` is where it lies: in the file, or alone where it was compressed.
pub(super) fn section(image: &Arc<Image>, i: usize, label: String, span: Span) -> Option<Part> {
    Some(match image.sections[i].name() {
        ".debug_info" | ".debug_types" => debug_info::section(image, i, label, span),
        ".debug_line" => debug_line::section(image, label, span),
        ".debug_str_offsets" => debug_info::offsets(image, label, span),
        ".debug_str" | ".debug_line_str" => strings::table(image, i, label, span),
        _ => return debug_addresses::section(image, i, label, span),
    })
}
