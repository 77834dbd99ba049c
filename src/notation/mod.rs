//! How things are written, for every room: days and moments, text from elsewhere that people are shown, parts of URIs.

pub mod calendar;
mod hex;
mod path;
mod percent;
mod plain;
mod unreadable;

pub(crate) use hex::word;
pub use hex::{hex, number};
pub use path::{display, name};
pub(crate) use percent::percent;
pub(crate) use plain::clip;
pub use plain::{clean, unseen};
pub use unreadable::Unreadable;
