//! What a comparison is told.

use super::Formats;
use crate::{
    compare::{Limits, Opener},
    model::{Meter, Record},
};

/// What a comparison may cost, what is known before it, and how much of it is reported. By default: the usual limits, nothing known.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Options<'o> {
    /// Limits against hostile artifacts.
    pub limits: Limits,
    /// Collect the bytes round differences, and where in the artifacts they lie: for a page.
    pub details: bool,
    /// Records of a's build and of b's, where they are known.
    pub records: Option<[&'o Record; 2]>,
    /// Tells another thread how far it is.
    pub meter: Option<&'o Meter>,
    /// What opens artifacts: every format of this program, or formats of one's own.
    pub formats: &'o dyn Opener,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            details: false,
            records: None,
            meter: None,
            formats: &Formats,
        }
    }
}
