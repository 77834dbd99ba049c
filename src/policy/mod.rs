//! What the gate accepts, and why: the lock file, the policy of `repro.toml`, the verdict.
//!
//! Facts come first (`found`, `lock`), then references for what differs (`reference`), and [`judge`] makes the verdict of
//! them, without looking at anything itself.

pub mod config;
mod differing;
mod found;
pub mod gate;
pub mod judge;
pub mod lock;
mod reference;

pub use found::{Found, find, hash, unmatched};
pub use reference::{Made, Rebuild, Reference};

use crate::rebuild::Error;
