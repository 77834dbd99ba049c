//! The HTML report of a comparison: one page that needs nothing else.

pub(in crate::report) mod frame;
