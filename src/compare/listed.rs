//! The parts of a group: there already, or parsed when they are asked for.

use crate::model::{Blob, Malformed, Part, Parts};

pub(super) enum Listed<'p> {
    Ready(&'p [Part]),
    Parsed(Vec<Part>),
}

impl Listed<'_> {
    pub(super) fn as_slice(&self) -> &[Part] {
        match self {
            Listed::Ready(parts) => parts,
            Listed::Parsed(parts) => parts,
        }
    }
}

/// The parts of a group.
pub(super) fn group<'p>(group: &'p crate::model::Group, bytes: &Blob) -> Result<Listed<'p>, Malformed> {
    match &group.parts {
        Parts::Ready(parts) => Ok(Listed::Ready(parts)),
        Parts::Lazy(parse) => parse(bytes).map(Listed::Parsed),
    }
}
