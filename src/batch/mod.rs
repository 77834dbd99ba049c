//! Many items of one list, on as many machines as there are: a list is read and shared out by the names of its items, each shard writes a line of
//! JSON an item and goes on where it was stopped, and lines of any shards are joined to one report. What is done with an item is the caller's.

mod files;
mod journal;
mod list;
mod merge;
mod run;
mod shard;

pub use journal::{Begun, Journal};
pub use list::{Columns, Item, List};
pub use merge::{Merged, merge};
pub use run::{Done, Measure, run};
pub use shard::Shard;

use crate::model::{BatchHead, BatchList, BatchShard};
use std::collections::BTreeMap;

/// Counts up when a field of a line changes its meaning or goes.
pub const VERSION: u32 = 1;
/// What the first line of a file of lines says that it is.
const KIND: &str = "batch";
/// Bytes of a line: a longer report is left out of it, and no longer one is read.
const LINE: usize = 64 << 20;
/// The verdict of an item of which there is no report.
const ERROR: &str = "error";

/// The head of what a shard of a list writes.
pub fn head(command: &str, options: BTreeMap<String, String>, list: &List, shard: Shard) -> BatchHead {
    BatchHead {
        schema_version: VERSION,
        kind: KIND.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command.to_owned(),
        options,
        list: BatchList {
            sha256: list.digest().to_owned(),
            items: list.len(),
        },
        shard: BatchShard {
            index: shard.index(),
            of: shard.of(),
            items: list.of(shard).count(),
        },
    }
}
