//! How things are written, for every room: days and moments.

pub mod calendar;
