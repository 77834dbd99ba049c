//! How things are written, for every room: days and moments, text from elsewhere that people are shown.

pub mod calendar;
mod plain;

pub use plain::{clean, clip, unseen};
