//! What is known of all differences together, gathered before any one is judged.

use crate::model::Difference;

/// Facts about the whole pair that one difference alone does not show.
#[derive(Debug, Default)]
pub struct Survey {}

impl Survey {
    /// Reads every difference once.
    pub fn of(_differences: &[&Difference]) -> Self {
        Self {}
    }
}
