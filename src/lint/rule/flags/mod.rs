//! Rules of flags for compilers and linkers, wherever they are given.

mod build_id_uuid;
mod given;
mod lto_no_seed;
mod march_native;
mod no_prefix_map;

use super::super::{Language, Rule};

/// In the order of their ids.
pub static RULES: &[&Rule] = &[
    &lto_no_seed::RULE,
    &march_native::RULE,
    &no_prefix_map::RULE,
    &build_id_uuid::RULE,
];

/// Where flags are given.
const LANGUAGES: &[Language] = &[
    Language::Make,
    Language::Shell,
    Language::CMake,
    Language::Autoconf,
    Language::Dockerfile,
    Language::Workflow,
    Language::Python,
    Language::Rust,
];
