//! The texts that a run has written, kept so that two runs' can be compared line by line.

use super::RunSpec;
use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

/// The folder in a run's own.
const FOLDER: &str = "texts";
/// Longest text that is kept.
const LONGEST: u64 = 2 << 20;
/// Most bytes of all texts of a run.
const TOTAL: u64 = 48 << 20;

/// Where texts are kept.
pub(super) struct Texts {
    folder: Option<PathBuf>,
    room: u64,
}

impl Texts {
    pub(super) fn new(spec: &RunSpec) -> Self {
        let folder = spec.folder.join(FOLDER);
        let made = spec.keep_texts && fs::create_dir_all(&folder).is_ok();
        Self {
            folder: made.then_some(folder),
            room: TOTAL,
        }
    }

    /// Keeps a file that is a text, unless it is too long. What can't be kept is missed in a report, no more.
    pub(super) fn keep(&mut self, path: &Path, size: u64, digest: &str) {
        let Some(folder) = self.folder.as_ref().filter(|_| size <= LONGEST.min(self.room)) else {
            return;
        };
        let mut text = Vec::new();
        let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut text));
        if read.is_ok() && std::str::from_utf8(&text).is_ok() && !text.contains(&0) {
            self.room -= size;
            let _ = fs::write(folder.join(digest), text);
        }
    }
}

/// The text of that digest that a run has kept.
pub fn kept(folder: &Path, digest: &str) -> Option<String> {
    // A digest is no path.
    let name = digest.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digest)?;
    fs::read_to_string(folder.join(FOLDER).join(name)).ok()
}
