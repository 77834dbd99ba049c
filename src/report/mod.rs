//! Reports, one folder a subject and one file a format in it; what they share is in `parts`, lists of problems in `lists`.
//! A subject's folder implements [`Report`], and [`Checked`] where problems can be told one by one.

pub mod batch;
pub mod build;
pub mod check;
pub mod ddc;
pub mod diff;
pub mod doctor;
pub mod format;
pub mod gate;
#[cfg(test)]
mod golden;
pub mod history;
pub mod lint;
pub mod lists;
mod parts;
pub mod published;
mod remote;
pub mod subject;
#[cfg(test)]
mod tests;
pub mod verify;
pub mod wrap;

pub use subject::{Checked, Report};
