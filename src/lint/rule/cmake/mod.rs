//! Rules of CMake.

use super::super::Rule;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[];
