//! Moments: what the real clock shows, and how far one lies from another.

use crate::rebuild::environment::Moment;
use std::time::SystemTime;

/// A second, in nanoseconds.
const SECOND: u64 = 1_000_000_000;

/// The real time, to tell files that this run has written; with a little slack, since the kernel's file times are coarse.
#[allow(
    clippy::disallowed_methods,
    reason = "which files are new is found by the real clock"
)]
pub(in crate::rebuild::sandbox) fn now() -> Moment {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Moment {
        seconds: since.as_secs() as i64,
        nanos: since.subsec_nanos(),
    }
}

/// A time as the system gives it.
pub(super) fn moment(seconds: i64, nanos: u64) -> Moment {
    Moment {
        seconds,
        nanos: u32::try_from(nanos).unwrap_or(0),
    }
}

/// Nanoseconds from one moment to a later one; none to one that is not later.
pub(super) fn between(from: Moment, to: Moment) -> u64 {
    let seconds = i128::from(to.seconds) - i128::from(from.seconds);
    let nanos = seconds * i128::from(SECOND) + i128::from(to.nanos) - i128::from(from.nanos);
    // Half of what there is, so that a sum is never too large.
    u64::try_from(nanos.max(0)).unwrap_or(u64::MAX).min(u64::MAX / 2)
}

/// A moment, and some nanoseconds.
pub(super) fn later(moment: Moment, nanos: u64) -> Moment {
    let nanos = nanos.saturating_add(u64::from(moment.nanos));
    Moment {
        seconds: moment.seconds.saturating_add((nanos / SECOND) as i64),
        nanos: (nanos % SECOND) as u32,
    }
}
