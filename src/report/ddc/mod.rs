//! Ways to print the report of `repro ddc`. One file a format.

pub mod html;
pub mod markdown;
pub mod problems;
pub mod text;
mod words;
