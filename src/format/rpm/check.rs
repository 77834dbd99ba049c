//! Whether a package is what its own digests say.

use super::header::{Header, number};
use crate::{
    model::{Blob, Decode, Malformed, Span},
    notation::hex,
};
use md5::Digest;
use std::sync::{Arc, OnceLock};

/// What the digests speak of, and what they are.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) main: Span,
    pub(super) payload: Span,
    /// Tags with what is stored under them.
    digests: Arc<[(&'static str, Vec<u8>)]>,
    holds: Arc<OnceLock<bool>>,
}

impl Check {
    pub(super) fn of(bytes: &Blob, signature: &Header, main: &Header) -> Self {
        let entries = signature.entries.iter().chain(&main.entries);
        let digests = entries.filter_map(|entry| {
            let name = entry.known?.name;
            let digest = matches!(
                name,
                "SHA1HEADER" | "SHA256HEADER" | "PAYLOADDIGEST" | "SIGMD5" | "SIGSIZE" | "LONGSIGSIZE"
            );
            digest.then(|| (name, entry.data.of(bytes).to_vec()))
        });
        Self {
            main: main.span,
            payload: Span::new(main.span.end, bytes.len()),
            digests: digests.collect(),
            holds: Arc::default(),
        }
    }

    /// Whether it is one of those tags, which are right where `hold` has said so.
    pub(super) fn speaks(&self, tag: &str) -> bool {
        self.digests.iter().any(|(name, _)| *name == tag)
    }

    /// Whether a tag holds the digest or the size of what it speaks of; nothing for other tags.
    fn right(&self, bytes: &[u8], tag: &str, stored: &[u8]) -> Option<bool> {
        let (main, payload) = (self.main.of(bytes), self.payload.of(bytes));
        let all = Span::new(self.main.start, self.payload.end);
        let is = |digest: &[u8]| stored.strip_suffix(&[0]) == Some(hex(digest).as_bytes());
        Some(match tag {
            "SHA1HEADER" => is(&sha1::Sha1::digest(main)),
            "SHA256HEADER" => is(&sha2::Sha256::digest(main)),
            "PAYLOADDIGEST" => is(&sha2::Sha256::digest(payload)),
            "SIGMD5" => stored == &md5::Md5::digest(all.of(bytes))[..],
            "SIGSIZE" | "LONGSIGSIZE" => number(stored) == all.len() as u64,
            _ => return None,
        })
    }

    /// Fails where one of the digests is wrong: rpm refuses such a package, so nothing in it is a time or a name.
    pub(super) fn hold(&self, bytes: &[u8]) -> Result<(), Malformed> {
        let mut digests = self.digests.iter();
        let holds = || digests.all(|(tag, stored)| self.right(bytes, tag, stored) == Some(true));
        match *self.holds.get_or_init(holds) {
            true => Ok(()),
            false => Err(Malformed::at(
                self.main.start,
                "what the package's digests say",
                "other bytes",
            )),
        }
    }
}

/// The payload as it is stored, of a package whose digests are right.
#[derive(Debug)]
pub(super) struct Payload {
    pub(super) package: Blob,
    pub(super) check: Check,
}

impl Decode for Payload {
    fn decode(&self, stored: &Blob, _limit: u64) -> Result<Blob, Malformed> {
        self.check.hold(&self.package).map(|()| stored.clone())
    }
}
