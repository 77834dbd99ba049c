//! What the gate accepts, and why: the lock file, the policy of `repro.toml`, the verdict.
//!
//! Facts come first (`found`, `lock`), then references for what differs (`reference`), and [`judge`] makes the verdict of
//! them, without looking at anything itself.

pub mod commit;
mod config;
mod differing;
mod facts;
mod found;
pub mod gate;
pub mod judge;
mod kept;
pub mod lock;
mod reference;
mod since;

pub use config::{Allow, Policy};
pub use found::{Found, find, hash, unmatched};
pub use kept::Kept;
pub use reference::{Attempt, Made, Rebuild, Reference};

use crate::rebuild::{self, Error};

/// Today in UTC, as `2027-01-31`.
#[allow(
    clippy::disallowed_methods,
    reason = "`until` of the policy is a date; `today` of what the gate is asked sets another"
)]
pub fn today() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    rebuild::day(now.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)))
}
