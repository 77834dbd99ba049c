//! Rules of shell scripts and of shell commands inside other files.

use super::super::Rule;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[];
