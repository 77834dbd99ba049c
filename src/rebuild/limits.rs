//! What a run may take of a machine, beside time, output and room on a disk.

use serde::{Deserialize, Serialize};

/// Most that a run may take at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of memory, what lies in memory for a file system included; nine tenths of the machine's if none is given.
    pub memory: Option<u64>,
    /// Processes and threads.
    pub processes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: None,
            processes: 16_384,
        }
    }
}
