//! What reports of several subjects are made of. They know no subject.

pub(in crate::report) mod html;
pub(in crate::report) mod json;
pub(in crate::report) mod markdown;
pub(in crate::report) mod problems;
pub(in crate::report) mod records;
pub(in crate::report) mod text;
pub(in crate::report) mod words;
