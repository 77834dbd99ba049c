//! Where something lies in one side.

use serde::Serialize;

/// Bytes of one side, counted from the start of the container named by the address.
#[derive(Clone, Copy, Debug, Serialize)]
#[non_exhaustive]
pub struct SideSpan {
    /// `a` or `b`.
    pub side: char,
    /// First byte.
    pub offset: u64,
    /// Number of bytes.
    pub length: u64,
}
