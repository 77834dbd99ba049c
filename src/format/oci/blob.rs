//! A blob is what it is called by: its digest and size, and of a layer the digest of what it decodes to.

use super::{chained::Chained, streams};
use crate::{
    format::{json, opaque},
    model::{Blob, Body, Malformed, Reader, Reading},
    notation::hex,
};
use sha2::Digest;
use std::{borrow::Cow, sync::Arc};

/// What is known of a blob by those who name it.
#[derive(Clone, Default)]
pub(in crate::format) struct Must {
    /// Of its bytes, as `sha256:…`.
    pub(super) digest: Option<String>,
    /// Of what it decodes to.
    pub(super) diff_id: Option<String>,
    /// Its number of bytes.
    pub(super) size: Option<u64>,
    /// The format that the media type says, where it tells one.
    pub(super) packed: Option<&'static str>,
    /// A document whose lists speak of blobs.
    pub(super) kins: Option<Arc<json::Kins>>,
    /// The digest that a document of Docker's has by the layers below it.
    pub(super) chained: Option<Chained>,
}

impl Must {
    pub(in crate::format) fn reader(self) -> Reader {
        Reader(Arc::new(move |bytes| self.read(bytes)))
    }

    fn read(&self, bytes: &Blob) -> Reading {
        let mut digests = Vec::new();
        let mut check = |wanted: &Option<String>, what: &str| match wanted {
            None => Ok(()),
            Some(wanted) => fits(bytes, wanted, what).map(|digest| digests.push(digest)),
        };
        let checked = check(&self.digest, "a blob with the digest").and_then(|()| self.fits_size(bytes));
        let read = checked.and_then(|()| self.open(bytes));
        let mut reading = match read {
            Ok(reading) => reading,
            Err(malformed) => return refused(bytes, malformed),
        };
        digests.extend(self.chained.as_ref().and_then(|chained| chained.digest(bytes)));
        reading.digests.splice(0..0, digests);
        reading
    }

    fn fits_size(&self, bytes: &Blob) -> Result<(), Malformed> {
        match self.size {
            Some(size) if size != bytes.len() as u64 => {
                let found = format!("{} bytes", bytes.len());
                Err(Malformed::at(0, format!("a blob of {size} bytes"), found))
            }
            _ => Ok(()),
        }
    }

    fn open(&self, bytes: &Blob) -> Result<Reading, Malformed> {
        if let Some(kins) = &self.kins {
            return Ok(plain(json::with_kin(bytes, kins)?, None));
        }
        let (mut opened, malformed) = super::super::open(bytes, None);
        if let Some(packed) = self.packed.filter(|packed| *packed != opened.format) {
            let wanted = format!("a layer that is {packed}, as its media type says");
            return Err(Malformed::at(0, wanted, opened.format));
        }
        // Of a layer that is not compressed, both are one.
        let Some(diff_id) = self.diff_id.as_ref().filter(|id| self.digest.as_ref() != Some(id)) else {
            return Ok(plain(opened, malformed));
        };
        if opened.format == "gzip" && opened.parts.iter().all(|part| matches!(part.body, Body::Group(_))) {
            opened = streams::joined(bytes, &opened)
                .ok_or_else(|| Malformed::at(0, "gzip streams whose headers hold nothing", "others"))?;
        }
        let wrapped = opened.parts.iter_mut().find_map(|part| match &mut part.body {
            Body::Member(member) if member.wrapper.is_some() => Some(member),
            _ => None,
        });
        let Some(member) = wrapped else {
            let digest = fits(bytes, diff_id, CONTENT)?;
            return Ok(Reading {
                digests: vec![digest],
                ..plain(opened, malformed)
            });
        };
        let must = Must {
            diff_id: Some(diff_id.clone()),
            ..Must::default()
        };
        member.reader = Some(Reader(Arc::new(move |content| must.read_content(content))));
        Ok(plain(opened, malformed))
    }

    /// What a layer decodes to.
    fn read_content(&self, content: &Blob) -> Reading {
        let wanted = self.diff_id.as_deref().unwrap_or_default();
        match fits(content, wanted, CONTENT) {
            Ok(digest) => {
                let (opened, malformed) = super::super::open(content, None);
                Reading {
                    digests: vec![digest],
                    ..plain(opened, malformed)
                }
            }
            Err(malformed) => refused(content, malformed),
        }
    }
}

const CONTENT: &str = "the content of a layer, with the digest";

fn plain(opened: crate::model::Opened, malformed: Option<Malformed>) -> Reading {
    Reading {
        opened,
        malformed,
        digests: Vec::new(),
    }
}

fn refused(bytes: &Blob, malformed: Malformed) -> Reading {
    plain(opaque::whole(bytes), Some(malformed))
}

/// The digest of bytes, if it is the one that is wanted (image-spec, descriptor.md, "Digests").
fn fits(bytes: &Blob, wanted: &str, what: &str) -> Result<Vec<u8>, Malformed> {
    let (algorithm, digest) = match wanted.split_once(':') {
        Some(("sha256", _)) => ("sha256", sha2::Sha256::digest(&bytes[..]).to_vec()),
        Some(("sha512", _)) => ("sha512", sha2::Sha512::digest(&bytes[..]).to_vec()),
        _ => return Err(Malformed::at(0, "a digest by SHA-256 or SHA-512", wanted.to_owned())),
    };
    let found = format!("{algorithm}:{}", hex(&digest));
    if found == wanted {
        Ok(digest)
    } else {
        Err(Malformed::at(0, Cow::Owned(format!("{what} {wanted}")), found))
    }
}

/// The format that a media type of a layer tells (image-spec, layer.md; Docker's image manifest, schema 2).
pub(super) fn packed(media_type: &str) -> Option<&'static str> {
    let layer = media_type.contains(".image.layer.") || media_type.contains(".image.rootfs.");
    match media_type {
        _ if !layer => None,
        _ if media_type.ends_with("tar+gzip") || media_type.ends_with("tar.gzip") => Some("gzip"),
        _ if media_type.ends_with("tar+zstd") || media_type.ends_with("tar.zstd") => Some("zstd"),
        _ if media_type.ends_with(".tar") => Some("tar"),
        _ => None,
    }
}
