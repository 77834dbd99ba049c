//! Rules of RPM spec files.

mod spec;

use super::super::Rule;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[&spec::RULE];
