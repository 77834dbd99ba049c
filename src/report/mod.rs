//! Ways to print a report. One file a format.

pub mod json;
pub mod markdown;
pub mod text;
