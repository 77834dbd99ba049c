//! What a build sees beside its source.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A file or folder that a build sees in another place; this takes a mount namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Where it lies.
    pub from: PathBuf,
    /// Where the build sees it: an absolute path.
    pub at: String,
}
