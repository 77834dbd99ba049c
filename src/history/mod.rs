//! What gates and builds came to over time, in one SQLite file.
//!
//! `store/` is the file: it is written by several processes at once, may be left by one that was killed, and may come from
//! elsewhere, so nothing in it is believed. `take` makes of a report what is recorded of it; `analyse/` makes of what is recorded the
//! report of `repro history`. Only `moment` knows a calendar, and nothing here knows the clock.

pub mod analyse;
pub mod commit;
pub mod config;
pub mod moment;
pub mod store;
pub mod take;

use crate::bytes::plain;
use std::{fmt, io, path::Path};

/// What stands in the way: what, where, and what to do about it.
#[derive(Debug)]
pub struct Error(String);

impl Error {
    /// In words.
    pub fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string())
    }
    /// An operation on a path failed.
    pub fn at(path: &Path, error: &io::Error) -> Self {
        Self(format!("{}: {}", path.display(), plain(error)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}
