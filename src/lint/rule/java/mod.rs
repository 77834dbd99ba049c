//! Rules of Java, Maven, Gradle and Ant.

use super::super::Rule;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[];
