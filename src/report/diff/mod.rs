//! `repro diff`: one file a format.

pub mod html;
pub mod markdown;
pub mod problems;
pub mod text;
