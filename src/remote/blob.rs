//! What lies in a server's store: bytes, named by their SHA-256 and their number.

use super::api;
use crate::bytes::{
    Error,
    digest::{Algorithm, Digest, Hasher, is_hex},
};
use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    str::FromStr,
};

/// The name of some bytes in a store: `SHA-256/SIZE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId {
    sha256: Digest,
    size: u64,
}

impl BlobId {
    /// That of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            sha256: Algorithm::Sha256.digest(bytes),
            size: bytes.len() as u64,
        }
    }

    /// That of all that can be read.
    ///
    /// # Errors
    /// Something can't be read.
    pub fn read(mut from: impl Read) -> io::Result<Self> {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        let size = io::copy(&mut from, &mut hasher)?;
        Ok(Self::hashed(hasher, size))
    }

    /// What a running digest came to, over so many bytes.
    pub(super) fn hashed(hasher: Hasher, size: u64) -> Self {
        Self {
            sha256: hasher.finish(),
            size,
        }
    }

    /// As a server says it; nothing where it is no such name.
    pub(super) fn told(digest: &api::Digest) -> Option<Self> {
        if !is_hex(&digest.hash, 64) {
            return None;
        }
        Some(Self {
            sha256: Digest::from_hex(digest.hash.as_bytes())?,
            size: u64::try_from(digest.size_bytes).ok()?,
        })
    }

    /// As a server is told it.
    pub(super) fn tell(self) -> api::Digest {
        api::Digest {
            hash: self.sha256.to_string(),
            size_bytes: i64::try_from(self.size).unwrap_or(i64::MAX),
        }
    }

    /// The SHA-256, in hexadecimal.
    pub fn sha256(&self) -> String {
        self.sha256.to_string()
    }

    /// Number of bytes.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.sha256, self.size)
    }
}

impl FromStr for BlobId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parts = text.split_once(['/', ':']);
        let told = parts.and_then(|(hash, size)| {
            let size_bytes = size.parse().ok()?;
            Self::told(&api::Digest {
                hash: hash.to_ascii_lowercase(),
                size_bytes,
            })
        });
        told.ok_or_else(|| Error::usage(format!("{text:?} is not a digest: write SHA-256/SIZE, as 0123…cdef/42")))
    }
}

/// Where bytes are that a server is to have.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Bytes(Vec<u8>),
    File(PathBuf),
}

impl Piece {
    pub(super) fn open(&self) -> Result<Box<dyn Read + Send + '_>, Error> {
        Ok(match self {
            Self::Bytes(bytes) => Box::new(bytes.as_slice()),
            Self::File(path) => Box::new(open(path)?),
        })
    }
}

pub(super) fn open(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(|error| Error::at(path, &error))
}

/// All that a server is to have, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Pieces(pub(super) BTreeMap<BlobId, Piece>);

impl Pieces {
    pub(super) fn add(&mut self, bytes: Vec<u8>) -> BlobId {
        let id = BlobId::of(&bytes);
        self.0.entry(id).or_insert(Piece::Bytes(bytes));
        id
    }

    pub(super) fn message(&mut self, message: &impl prost::Message) -> BlobId {
        self.add(message.encode_to_vec())
    }

    /// A file whose name is known.
    pub(super) fn keep(&mut self, id: BlobId, path: &Path) {
        self.0.entry(id).or_insert_with(|| Piece::File(path.to_owned()));
    }

    pub(super) fn file(&mut self, path: &Path) -> Result<BlobId, Error> {
        let id = BlobId::read(open(path)?).map_err(|error| Error::at(path, &error))?;
        self.keep(id, path);
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        let id = BlobId::of(b"abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad/3";
        assert_eq!(id.to_string(), text);
        assert_eq!(text.parse::<BlobId>().unwrap(), id);
        assert_eq!(text.to_uppercase().replace('/', ":").parse::<BlobId>().unwrap(), id);
        for wrong in [
            "",
            "abc/3",
            &text[1..],
            &text.replace("/3", "/-3"),
            &text.replace("/3", ""),
        ] {
            assert!(wrong.parse::<BlobId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn equal_bytes_are_one_piece() {
        let mut pieces = Pieces::default();
        assert_eq!(pieces.add(b"a".to_vec()), pieces.add(b"a".to_vec()));
        assert_eq!(pieces.0.len(), 1);
    }
}
