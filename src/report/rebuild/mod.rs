//! How the report of `repro build` is printed: what is said in `words`, how it looks in the other two.

pub mod markdown;
#[cfg(test)]
pub(super) mod tests;
pub mod text;
pub(super) mod words;

pub(super) use words::{effect, proved, together};
