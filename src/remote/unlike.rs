//! Words that no other process and no other call says.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
};

/// Such a word: it keeps a server from taking two runs, or two uploads, for one. It shows in nothing that is made.
pub(super) fn unlike() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let random = fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap_or_default();
    format!("{} {count}", random.trim())
}
