//! `repro build`: what is said in `words`, how it looks in the others.

pub mod html;
pub mod markdown;
pub mod problems;
#[cfg(test)]
mod tests;
pub mod text;
mod words;
