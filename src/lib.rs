//! `repro` answers four questions about a build, from bytes and from experiment: is it the same,
//! why is it not, what in the environment makes it so, and can its toolchain be trusted.
//!
//! This is the library; the command line (`src/cli`) is part of the binary only.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::panic))]

#[cfg(feature = "trust")]
pub mod attest;
pub mod bytes;
pub mod cause;
pub mod compare;
#[cfg(feature = "ddc")]
pub mod ddc;
pub mod diff;
pub mod format;
#[cfg(feature = "history")]
pub mod history;
#[cfg(feature = "lint")]
pub mod lint;
pub mod manifest;
pub mod model;
pub mod notation;
#[cfg(feature = "build")]
pub mod policy;
#[cfg(feature = "build")]
pub mod rebuild;
pub mod record;
pub mod report;
pub mod schemas;
#[cfg(feature = "settings")]
pub mod settings;
