//! What gates and builds came to over time, in one SQLite file.
//!
//! `store/` is the file: it is written by several processes at once, may be left by one that was killed, and may come from
//! elsewhere, so nothing in it is believed. `take` makes of a report what is recorded of it; `analyse/` makes of what is recorded the
//! report of `repro history`. Nothing here knows the clock.

pub mod analyse;
pub mod commit;
pub mod moment;
pub mod store;
pub mod take;

pub use crate::bytes::Error;
