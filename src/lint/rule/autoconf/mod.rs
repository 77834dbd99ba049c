//! Rules of `configure.ac` and of m4 files.

mod date;

use super::super::Rule;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[&date::RULE];
