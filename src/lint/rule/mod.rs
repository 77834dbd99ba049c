//! The registry of rules: one folder a language, one file a rule.

mod aside;
mod autoconf;
mod build_file;
mod c;
mod cmake;
mod docker;
mod docs;
mod doubt;
mod flags;
mod go;
mod java;
mod javascript;
mod limit;
mod make;
mod mask;
mod perl;
mod place;
mod python;
mod rpm;
mod ruby;
mod rust;
mod shell;
mod workflow;

pub(super) use doubt::{Doubts, is_build_file};

use super::Rule;

/// Every rule, by language and id.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        autoconf::RULES,
        c::RULES,
        cmake::RULES,
        docker::RULES,
        docs::RULES,
        flags::RULES,
        go::RULES,
        java::RULES,
        javascript::RULES,
        make::RULES,
        perl::RULES,
        python::RULES,
        rpm::RULES,
        ruby::RULES,
        rust::RULES,
        shell::RULES,
        workflow::RULES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The rule of this id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}
