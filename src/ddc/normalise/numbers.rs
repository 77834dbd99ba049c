//! Numbers among the pieces of a file.

use std::borrow::Cow;

/// Numbers of a fixed width, so that no two lists look the same.
pub(super) fn numbers(list: &[u64]) -> Cow<'static, [u8]> {
    Cow::Owned(list.iter().flat_map(|n| n.to_le_bytes()).collect())
}
