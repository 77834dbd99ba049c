//! Rules of Rust build scripts.

use super::super::Rule;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[];
