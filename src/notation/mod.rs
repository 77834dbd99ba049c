//! How things are written, for every room: days and moments, text from elsewhere that people are shown, parts of URIs.

pub mod calendar;
mod hex;
mod path;
mod percent;
mod plain;
mod unreadable;

pub use hex::hex;
pub use path::{display, name};
pub use percent::percent;
pub use plain::{clean, clip, unseen};
pub use unreadable::Unreadable;
