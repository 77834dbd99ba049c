//! Rules of RPM spec files.

use super::super::Rule;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[];
