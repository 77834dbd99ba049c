//! Execution logs of Bazel: which actions a build had, with their inputs and outputs. Read as a stream, for they can be longer than any memory.
//!
//! The forms are told apart by content: `--execution_log_json_file`, `--execution_log_binary_file`, `--execution_log_compact_file`, and the
//! events of `--build_event_json_file`.

mod compact;
mod json;
mod message;

use super::blob::BlobId;
use crate::bytes::Error;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

/// The first bytes of Zstandard.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The longest message of a log.
const LONGEST: u64 = 1 << 30;

/// One action that was run, or whose result was taken from a cache.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Spawn {
    /// Its name in the cache, where it had one.
    pub action: Option<String>,
    /// The target that it belongs to: `//pkg:name`.
    pub label: String,
    /// What kind of action it is: `CppCompile`.
    pub mnemonic: String,
    /// Program and arguments.
    pub arguments: Vec<String>,
    /// Its variables.
    pub variables: BTreeMap<String, String>,
    /// What its worker had to be like.
    pub platform: BTreeMap<String, String>,
    /// What it could read: digests (or what a link says) by path.
    pub inputs: BTreeMap<String, String>,
    /// What it made.
    pub outputs: BTreeMap<String, String>,
    /// What it was to make.
    pub listed: Vec<String>,
    /// Who ran it.
    pub runner: String,
    /// Whether it was not run, for its result was known.
    pub cached: bool,
}

impl Spawn {
    /// Its name in the cache, if it is one that this server can know.
    pub(super) fn id(&self) -> Option<BlobId> {
        self.action.as_deref()?.parse().ok()
    }
}

/// A log that is read from its beginning.
pub struct Log {
    path: PathBuf,
    form: Form,
    /// Actions so far.
    count: u64,
}

enum Form {
    Json(json::Reader),
    Binary(Box<dyn Read>),
    Compact(Box<compact::Reader>),
}

impl Log {
    /// Opens a log.
    ///
    /// # Errors
    /// It can't be read.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let at = |error: std::io::Error| Error::at(path, &error);
        let mut reader = BufReader::with_capacity(1 << 20, File::open(path).map_err(at)?);
        let begin = reader.fill_buf().map_err(at)?;
        let form = if begin.starts_with(&ZSTD) {
            Form::Compact(Box::new(
                compact::Reader::new(Box::new(reader)).map_err(|error| error.of(path))?,
            ))
        } else if begin
            .first()
            .is_none_or(|first| matches!(first, b'{' | b'[' | b' ' | b'\n' | b'\r'))
        {
            Form::Json(json::Reader::new(Box::new(reader)))
        } else {
            Form::Binary(Box::new(reader))
        };
        Ok(Self {
            path: path.to_owned(),
            form,
            count: 0,
        })
    }

    fn read(&mut self) -> Result<Option<Spawn>, Error> {
        match &mut self.form {
            Form::Json(reader) => reader.next(),
            Form::Binary(reader) => Ok(message::delimited::<message::SpawnExec>(reader)?.map(Spawn::from)),
            Form::Compact(reader) => reader.next(),
        }
    }
}

impl Iterator for Log {
    type Item = Result<Spawn, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.read() {
            Ok(spawn) => {
                self.count += u64::from(spawn.is_some());
                spawn.map(Ok)
            }
            Err(error) => {
                let after = format!("after {} actions: {error}", self.count);
                // Nothing behind it can be read.
                self.form = Form::Binary(Box::new(std::io::empty()));
                Some(Err(Error::malformed(after).of(&self.path)))
            }
        }
    }
}

/// What is said of a log that ends in the middle of something.
fn cut() -> Error {
    Error::malformed("the log is cut off: let the build end, and give its whole log")
}

#[cfg(test)]
mod tests;
