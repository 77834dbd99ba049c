//! Blobs from a server. What it sends is believed only if it has the digest that it was asked for.

use super::{
    api::{BatchReadBlobsRequest, ByteStreamClient, Compressor, ContentAddressableStorageClient, ReadRequest},
    blob::BlobId,
    link::{Link, passing},
};
use crate::bytes::{
    Error,
    digest::{Algorithm, Hasher},
};
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};
use tonic::{Code, Status};

/// Names that are asked for in one call.
const NAMES: usize = 1000;
/// Bytes that a blob takes in a batch beside its own.
const OVERHEAD: u64 = 128;

/// Reads blobs whole. Those that the server has not are left out.
pub(super) async fn read(link: &Link, ids: &[BlobId]) -> Result<BTreeMap<BlobId, Vec<u8>>, Error> {
    let mut all = BTreeMap::new();
    let mut batch: Vec<BlobId> = Vec::new();
    let mut bytes = 0;
    for id in ids {
        if id.size() == 0 {
            all.insert(*id, checked(link, *id, Vec::new())?);
        } else if id.size() + OVERHEAD > link.can.batch {
            if let Some(blob) = there(stream(link, *id, Vec::new()).await)? {
                all.insert(*id, blob);
            }
        } else {
            if batch.len() == NAMES || bytes + id.size() + OVERHEAD > link.can.batch {
                all.extend(together(link, &std::mem::take(&mut batch)).await?);
                bytes = 0;
            }
            bytes += id.size() + OVERHEAD;
            batch.push(*id);
        }
    }
    all.extend(together(link, &batch).await?);
    Ok(all)
}

/// Writes a blob into a new file, which is there only if all of it came.
pub(super) async fn save(link: &Link, id: BlobId, path: &Path) -> Result<(), Error> {
    let folder = crate::bytes::folder_of(path);
    let at = |error: &std::io::Error| Error::at(path, error);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| at(&error))?;
    if id.size() + OVERHEAD > link.can.batch {
        stream(link, id, file.as_file()).await?;
    } else {
        let mut blobs = read(link, &[id]).await?;
        let none = || link.about(Error::not_found(format!("the server does not have blob {id}")));
        let blob = blobs.remove(&id).ok_or_else(none)?;
        file.write_all(&blob).map_err(|error| at(&error))?;
    }
    file.persist_noclobber(path).map_err(|error| at(&error.error))?;
    Ok(())
}

fn there<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Err(error) if error.kind() == crate::bytes::Kind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

async fn together(link: &Link, ids: &[BlobId]) -> Result<BTreeMap<BlobId, Vec<u8>>, Error> {
    let mut all = BTreeMap::new();
    if ids.is_empty() {
        return Ok(all);
    }
    let mut accepted = vec![Compressor::Identity.into()];
    if link.can.zstd_batch {
        accepted.push(Compressor::Zstd.into());
    }
    let asked = BatchReadBlobsRequest {
        instance_name: link.instance(),
        digests: ids.iter().map(|id| id.tell()).collect(),
        acceptable_compressors: accepted,
        ..BatchReadBlobsRequest::default()
    };
    let answer = link
        .call("download of blobs", async || {
            let mut client = ContentAddressableStorageClient::new(link.channel.clone())
                .max_decoding_message_size(usize::try_from(link.can.batch * 2).unwrap_or(usize::MAX));
            client.batch_read_blobs(link.request(asked.clone())).await
        })
        .await?;
    for response in answer.responses {
        let Some(id) = response
            .digest
            .as_ref()
            .and_then(BlobId::told)
            .filter(|id| ids.contains(id))
        else {
            continue; // It was not asked for.
        };
        let status = response.status.unwrap_or_default();
        match Code::from(status.code) {
            Code::Ok => {
                let data = unpacked(link, id, response.data, response.compressor)?;
                all.insert(id, checked(link, id, data)?);
            }
            Code::NotFound => {}
            code => {
                let status = Status::new(code, status.message);
                if !passing(&status) {
                    return Err(link.failed(&format!("download of blob {id}"), &status));
                }
                // Perhaps by itself.
                if let Some(blob) = there(stream(link, id, Vec::new()).await)? {
                    all.insert(id, blob);
                }
            }
        }
    }
    Ok(all)
}

fn unpacked(link: &Link, id: BlobId, data: Vec<u8>, compressor: i32) -> Result<Vec<u8>, Error> {
    match Compressor::try_from(compressor) {
        Ok(Compressor::Identity) => Ok(data),
        Ok(Compressor::Zstd) => {
            let mut plain = Vec::new();
            let decoder = ruzstd::decoding::StreamingDecoder::new(data.as_slice());
            let read = decoder.map(|decoder| decoder.take(id.size() + 1).read_to_end(&mut plain));
            match read {
                Ok(Ok(_)) => Ok(plain),
                _ => Err(refused(link, id, "it is not compressed as the server says")),
            }
        }
        _ => Err(refused(link, id, "it is compressed in a way that nobody asked for")),
    }
}

fn checked(link: &Link, id: BlobId, data: Vec<u8>) -> Result<Vec<u8>, Error> {
    match BlobId::of(&data) == id {
        true => Ok(data),
        false => Err(wrong(link, id, BlobId::of(&data))),
    }
}

fn wrong(link: &Link, id: BlobId, sent: BlobId) -> Error {
    refused(link, id, &format!("what the server sent is {sent}"))
}

fn refused(link: &Link, id: BlobId, why: &str) -> Error {
    link.about(Error::refused(format!("blob {id} was refused: {why}")))
}

/// What has come of a stream so far.
struct Taken<W> {
    to: W,
    hasher: Hasher,
    size: u64,
    /// Why it can't be kept.
    broken: Option<std::io::Error>,
}

/// Reads one blob as a stream; after an interruption, from where it ended.
async fn stream<W: Write>(link: &Link, id: BlobId, to: W) -> Result<W, Error> {
    let instance = match link.instance() {
        none if none.is_empty() => none,
        instance => format!("{instance}/"),
    };
    let name = format!("{instance}blobs/{id}");
    let (moved, what) = (AtomicU64::new(0), format!("download of blob {id}"));
    let taken = Mutex::new(Taken {
        to,
        hasher: Hasher::new(Algorithm::Sha256),
        size: 0,
        broken: None,
    });
    let locked = || taken.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    link.persist(&what, &moved, async || {
        let start = locked().size;
        let asked = ReadRequest {
            resource_name: name.clone(),
            read_offset: i64::try_from(start).unwrap_or(i64::MAX),
            read_limit: 0,
        };
        let mut client = ByteStreamClient::new(link.channel.clone());
        let mut parts = client.read(link.request(asked)).await?.into_inner();
        while let Some(part) = parts.message().await? {
            moved.fetch_add(1, Ordering::Relaxed);
            if !locked().take(&part.data, id) {
                break;
            }
        }
        match locked().size < id.size() {
            // A stream that just ends was cut.
            true if moved.load(Ordering::Relaxed) > 0 => Err(Status::data_loss("the stream ended early")),
            _ => Ok(()),
        }
    })
    .await?;
    let taken = taken.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(error) = taken.broken {
        return Err(Error::io(&error).about(what));
    }
    match BlobId::hashed(taken.hasher, taken.size) {
        sent if sent == id => Ok(taken.to),
        sent => Err(wrong(link, id, sent)),
    }
}

impl<W: Write> Taken<W> {
    /// Whether more is wanted: not of a blob that is longer than its name says.
    fn take(&mut self, data: &[u8], id: BlobId) -> bool {
        self.size += data.len() as u64;
        if self.size > id.size() {
            return false;
        }
        self.hasher.update(data);
        self.broken = self.to.write_all(data).err();
        self.broken.is_none()
    }
}
