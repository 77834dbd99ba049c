//! Rules of compiler and linker flags, wherever they are written.

use super::super::Rule;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[];
