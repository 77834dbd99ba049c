//! Everything that is inside an artifact, decoded.

use super::{Formats, Input, Options};
use crate::{compare::Comparer, model::Undetermined};

/// Calls `visit` with the address and bytes of the artifact itself and of its members: see [`Comparer::visit`].
pub fn members(input: &Input, options: &Options<'_>, visit: &mut dyn FnMut(&str, &[u8])) -> Vec<Undetermined> {
    Comparer::new(&Formats, options.limits).visit(&input.bytes, input.listing.as_ref(), visit)
}
