//! An artifact that is stated: what came of it, and what should have.

use crate::model::Digests;
use serde_json::{Value, json};

/// One artifact.
#[derive(Clone, Debug)]
pub struct Made {
    /// Path below the root of the source.
    pub name: String,
    /// What the rebuild gave.
    pub built: Option<Expected>,
    /// What it should have given.
    pub expected: Option<Expected>,
}

/// Digests that an artifact has, or should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Hex.
    pub sha256: String,
    /// Hex.
    pub blake3: Option<String>,
}

impl Expected {
    /// Those of a file.
    pub fn of(digests: &Digests) -> Self {
        Self {
            sha256: digests.sha256.clone(),
            blake3: Some(digests.blake3.clone()),
        }
    }

    pub(super) fn json(&self) -> Value {
        let mut digest = json!({"sha256": self.sha256});
        if let (Some(blake3), Some(map)) = (&self.blake3, digest.as_object_mut()) {
            map.insert("blake3".to_owned(), json!(blake3));
        }
        digest
    }
}
