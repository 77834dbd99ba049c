//! Pieces of HTML pages: the frame of them all, and what shows differences.

pub(in crate::report) mod causes;
pub(in crate::report) mod colors;
mod excerpt;
pub(in crate::report) mod frame;
mod map;
pub(in crate::report) mod room;
pub(in crate::report) mod sections;
mod tree;
