//! How far the work is.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What the library counts while it works; another thread may read it meanwhile. Nothing depends on it but a progress bar.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Meter {
    /// Files that are done.
    pub files: AtomicU64,
    /// Bytes that are done.
    pub bytes: AtomicU64,
    /// Bytes that there are to do, as far as is known.
    pub total: AtomicU64,
}

impl Meter {
    /// So many bytes are done.
    pub fn done(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Relaxed);
    }
    /// So many more bytes are to do.
    pub fn expect(&self, bytes: u64) {
        self.total.fetch_add(bytes, Relaxed);
    }
    /// A file is done.
    pub fn file(&self) {
        self.files.fetch_add(1, Relaxed);
    }
}
