//! Sections of debugging information.

use super::{image::Image, strings};
use crate::{
    format::dwarf::{self, Program},
    model::{Part, Span},
};
use std::sync::Arc;

/// A section of debugging information that names strings. `span` is where it lies: in the file, or alone where it was compressed.
pub(super) fn section(image: &Arc<Image>, i: usize, label: String, span: Span) -> Option<Part> {
    if dwarf::strings(image.called(i)) {
        return Some(strings::table(image, i, label, span));
    }
    let program: Arc<dwarf::Image> = image.clone();
    dwarf::section(&program, i, label, span)
}
