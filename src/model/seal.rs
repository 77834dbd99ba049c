//! What a decoder has found right.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

/// Shared by a member's decoder, which sets it when the decoded bytes agree with the fields that speak of them, and by these fields.
/// Checking costs nothing more than the decoding that the comparison does anyway.
#[derive(Clone, Debug, Default)]
pub struct Seal(Arc<AtomicBool>);

impl Seal {
    /// The decoded bytes agree.
    pub fn set(&self) {
        self.0.store(true, Relaxed);
    }
    /// Whether they were decoded and agree.
    pub fn is_set(&self) -> bool {
        self.0.load(Relaxed)
    }
}

impl PartialEq for Seal {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
