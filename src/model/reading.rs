//! How bytes are opened where what holds them knows more than they tell.

use super::{Blob, Malformed, Opened};
use std::{fmt, sync::Arc};

/// Opens decoded bytes.
#[derive(Clone)]
pub struct Reader(pub Arc<dyn Fn(&Blob) -> Reading + Send + Sync>);

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

/// Bytes as they were opened.
#[derive(Debug)]
pub struct Reading {
    /// Their parts.
    pub opened: Opened,
    /// Why they are opaque here.
    pub malformed: Option<Malformed>,
    /// Digests that were recomputed and that others call them by, the n-th of one side for the n-th of the other.
    pub digests: Vec<Vec<u8>>,
}
