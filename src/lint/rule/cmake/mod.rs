//! Rules of CMake.

mod binary_dir;
mod execute_date;
mod glob;
mod host_info;
mod list;
mod random;
mod timestamp;

use super::super::Rule;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[
    &binary_dir::RULE,
    &execute_date::RULE,
    &glob::RULE,
    &host_info::RULE,
    &random::RULE,
    &timestamp::RULE,
];
