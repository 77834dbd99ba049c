//! The JSON manifest, written and read entry by entry so that its size does not show in memory.
//!
//! JSON strings are Unicode and names are not. A path or link target that is valid UTF-8 is a string, `path` or
//! `target`; any other is lowercase hexadecimal of its bytes under `path_hex` or `target_hex`, never both.

mod read;
mod write;

pub use read::read;
pub use write::write;

use serde::Serialize;

/// The only `schema_version` there is.
pub const VERSION: u64 = 1;

/// The name and version of this program, as every JSON output has them.
#[derive(Serialize)]
pub struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    /// This program.
    pub const SELF: Tool = Tool {
        name: "repro",
        version: env!("CARGO_PKG_VERSION"),
    };
}
