//! Rules of documentation: Doxygen, Sphinx, TeX.

mod doxygen_timestamp;
mod sphinx_last_updated;
mod tex_today;

use super::super::Rule;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[&doxygen_timestamp::RULE, &sphinx_last_updated::RULE, &tex_today::RULE];
