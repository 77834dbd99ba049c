//! Reports, one folder a subject and one file a format in it; what they share is in `parts`, lists of problems in `lists`.

pub mod build;
pub mod ddc;
pub mod diff;
pub mod doctor;
pub mod format;
pub mod gate;
pub mod history;
pub mod lint;
pub mod lists;
mod parts;
#[cfg(test)]
mod tests;
pub mod verify;

pub use parts::json::write as json;
