//! Rules of makefiles. What recipes do is looked at by the rules of shell, too: those here are about what make itself expands.

mod arflags;
mod curdir;
mod git_describe;
mod hostname;
pub(super) mod makefile;
pub(super) mod mask;
mod shell_date;
mod shell_find;
mod wildcard;

use super::super::Rule;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[
    &arflags::RULE,
    &curdir::RULE,
    &git_describe::RULE,
    &hostname::RULE,
    &shell_date::RULE,
    &shell_find::RULE,
    &wildcard::RULE,
];
