//! The messages of binary logs, as far as they are read here (Bazel's `spawn.proto`).

use super::{LONGEST, Spawn, cut};
use crate::bytes::Error;
use prost::Message;
use std::io::{ErrorKind, Read};

#[derive(Clone, PartialEq, Message)]
pub(super) struct Digest {
    #[prost(string, tag = "1")]
    pub(super) hash: String,
    #[prost(int64, tag = "2")]
    pub(super) size_bytes: i64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct File {
    #[prost(string, tag = "1")]
    pub(super) path: String,
    #[prost(message, optional, tag = "2")]
    pub(super) digest: Option<Digest>,
    #[prost(string, tag = "4")]
    pub(super) symlink_target_path: String,
}

/// A variable, or a property of a platform.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Pair {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) value: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Platform {
    #[prost(message, repeated, tag = "1")]
    pub(super) properties: Vec<Pair>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct SpawnExec {
    #[prost(string, repeated, tag = "1")]
    pub(super) command_args: Vec<String>,
    #[prost(message, repeated, tag = "2")]
    pub(super) environment_variables: Vec<Pair>,
    #[prost(message, optional, tag = "3")]
    pub(super) platform: Option<Platform>,
    #[prost(message, repeated, tag = "4")]
    pub(super) inputs: Vec<File>,
    #[prost(string, repeated, tag = "5")]
    pub(super) listed_outputs: Vec<String>,
    #[prost(string, tag = "10")]
    pub(super) mnemonic: String,
    #[prost(message, repeated, tag = "11")]
    pub(super) actual_outputs: Vec<File>,
    #[prost(string, tag = "12")]
    pub(super) runner: String,
    #[prost(bool, tag = "13")]
    pub(super) cache_hit: bool,
    #[prost(string, tag = "18")]
    pub(super) target_label: String,
    #[prost(message, optional, tag = "19")]
    pub(super) digest: Option<Digest>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Directory {
    #[prost(string, tag = "1")]
    pub(super) path: String,
    #[prost(message, repeated, tag = "2")]
    pub(super) files: Vec<File>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Link {
    #[prost(string, tag = "1")]
    pub(super) path: String,
    #[prost(string, tag = "2")]
    pub(super) target_path: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct InputSet {
    #[prost(uint32, repeated, tag = "5")]
    pub(super) input_ids: Vec<u32>,
    #[prost(uint32, repeated, tag = "4")]
    pub(super) transitive_set_ids: Vec<u32>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Output {
    #[prost(string, tag = "4")]
    pub(super) invalid_output_path: String,
    #[prost(uint32, tag = "5")]
    pub(super) output_id: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct CompactSpawn {
    #[prost(string, repeated, tag = "1")]
    pub(super) args: Vec<String>,
    #[prost(message, repeated, tag = "2")]
    pub(super) env_vars: Vec<Pair>,
    #[prost(message, optional, tag = "3")]
    pub(super) platform: Option<Platform>,
    #[prost(uint32, tag = "4")]
    pub(super) input_set_id: u32,
    #[prost(message, repeated, tag = "6")]
    pub(super) outputs: Vec<Output>,
    #[prost(string, tag = "7")]
    pub(super) target_label: String,
    #[prost(string, tag = "8")]
    pub(super) mnemonic: String,
    #[prost(string, tag = "11")]
    pub(super) runner: String,
    #[prost(bool, tag = "12")]
    pub(super) cache_hit: bool,
    #[prost(message, optional, tag = "16")]
    pub(super) digest: Option<Digest>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Runfiles {
    #[prost(string, tag = "1")]
    pub(super) path: String,
    #[prost(uint32, tag = "2")]
    pub(super) input_set_id: u32,
}

/// An entry of a compact log; it has one of these.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Entry {
    #[prost(uint32, tag = "1")]
    pub(super) id: u32,
    #[prost(message, optional, tag = "3")]
    pub(super) file: Option<File>,
    #[prost(message, optional, tag = "4")]
    pub(super) directory: Option<Directory>,
    #[prost(message, optional, tag = "5")]
    pub(super) link: Option<Link>,
    #[prost(message, optional, tag = "6")]
    pub(super) set: Option<InputSet>,
    #[prost(message, optional, tag = "7")]
    pub(super) spawn: Option<CompactSpawn>,
    #[prost(message, optional, tag = "10")]
    pub(super) runfiles: Option<Runfiles>,
}

impl Digest {
    pub(super) fn told(&self) -> String {
        format!("{}/{}", self.hash, self.size_bytes)
    }
}

impl File {
    /// Its digest, or what it says if it is a link; an empty file may have neither.
    pub(super) fn content(&self) -> String {
        match (&self.digest, self.symlink_target_path.as_str()) {
            (Some(digest), _) => digest.told(),
            (None, "") => "empty".to_owned(),
            (None, target) => format!("-> {target}"),
        }
    }
}

pub(super) fn pairs(pairs: Vec<Pair>) -> std::collections::BTreeMap<String, String> {
    pairs.into_iter().map(|pair| (pair.name, pair.value)).collect()
}

impl From<SpawnExec> for Spawn {
    fn from(told: SpawnExec) -> Self {
        let files = |files: Vec<File>| files.iter().map(|file| (file.path.clone(), file.content())).collect();
        Self {
            action: told.digest.map(|digest| digest.told()),
            label: told.target_label,
            mnemonic: told.mnemonic,
            arguments: told.command_args,
            variables: pairs(told.environment_variables),
            platform: pairs(told.platform.unwrap_or_default().properties),
            inputs: files(told.inputs),
            outputs: files(told.actual_outputs),
            listed: told.listed_outputs,
            runner: told.runner,
            cached: told.cache_hit,
        }
    }
}

/// The next message behind its length; nothing at the end.
pub(super) fn delimited<M: Message + Default>(from: &mut dyn Read) -> Result<Option<M>, Error> {
    let Some(length) = length(from)? else {
        return Ok(None);
    };
    if length > LONGEST {
        return Err(Error::malformed(format!(
            "a message of {length} bytes: it is no execution log"
        )));
    }
    let mut bytes = Vec::new();
    // As much as is there is taken, not as much as is claimed.
    let read = from
        .take(length)
        .read_to_end(&mut bytes)
        .map_err(|error| unread(&error))?;
    if (read as u64) < length {
        return Err(cut());
    }
    let wrong = |error| Error::malformed(format!("a message can't be read: {error}"));
    M::decode(bytes.as_slice()).map(Some).map_err(wrong)
}

fn unread(error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::UnexpectedEof => cut(),
        _ => Error::io(error),
    }
}

/// A number in base 128, the lowest digits first.
fn length(from: &mut dyn Read) -> Result<Option<u64>, Error> {
    let mut value = 0;
    for place in 0..10 {
        let mut byte = [0];
        match from.read(&mut byte).map_err(|error| unread(&error))? {
            0 if place == 0 => return Ok(None),
            0 => return Err(cut()),
            _ => value |= u64::from(byte[0] & 0x7f) << (7 * place).min(63),
        }
        if byte[0] & 0x80 == 0 {
            return Ok(Some(value));
        }
    }
    Err(Error::malformed("a message without a length: it is no execution log"))
}
