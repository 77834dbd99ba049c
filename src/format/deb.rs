//! Debian binary packages, deb(5): an ar archive whose first member is `debian-binary`.

use super::{Format, ar};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened};

/// A .deb or .udeb package.
pub struct Deb;

impl Format for Deb {
    fn id(&self) -> FormatId {
        "deb"
    }
    fn kind(&self) -> Kind {
        Kind::Package
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        ar::first_name(bytes) == Some(b"debian-binary")
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        ar::open_as("deb", bytes)
    }
}
