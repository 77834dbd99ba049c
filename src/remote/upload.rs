//! Blobs on their way to a server: only those that it has not, small ones together, large ones by themselves, compressed where it can.

use super::{
    api::{
        BatchUpdateBlobsRequest, ByteStreamClient, Compressor, ContentAddressableStorageClient,
        FindMissingBlobsRequest, QueryWriteStatusRequest, WriteRequest, batch_update_blobs_request::Request,
    },
    blob::{BlobId, Piece, Pieces, open},
    link::{Link, told},
};
use crate::bytes::Error;
use ruzstd::encoding::{CompressionLevel, compress};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tonic::{Code, Status};

/// Names that are asked about in one call.
const NAMES: usize = 10_000;
/// Bytes that a blob takes in a batch beside its own.
const OVERHEAD: u64 = 128;
/// Bytes of one message of a stream.
const CHUNK: usize = 1 << 18;
/// Smaller blobs do not gain by compression.
const SMALL: u64 = 512;

/// What was sent to a server, and what was there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Blobs that were needed.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Blobs that the server had not.
    pub sent: u64,
    /// The bytes that went to it for them.
    pub sent_bytes: u64,
}

impl Sent {
    /// Adds what was sent another time.
    pub fn add(&mut self, other: &Sent) {
        self.blobs += other.blobs;
        self.bytes += other.bytes;
        self.sent += other.sent;
        self.sent_bytes += other.sent_bytes;
    }
}

/// Sends what the server has not.
pub(super) async fn upload(link: &Link, pieces: &Pieces) -> Result<Sent, Error> {
    let mut sent = Sent {
        blobs: pieces.0.len() as u64,
        bytes: pieces.0.keys().map(BlobId::size).sum(),
        ..Sent::default()
    };
    let mut batch = Batch::default();
    for id in missing(link, pieces).await? {
        let Some(piece) = pieces.0.get(&id) else {
            continue; // It was not asked about.
        };
        if link.can.largest.is_some_and(|largest| id.size() > largest) {
            return Err(link.about(Error::refused(format!("blob {id} is larger than the server takes"))));
        }
        sent.sent += 1;
        if id.size() + OVERHEAD > link.can.batch {
            sent.sent_bytes += stream(link, id, piece).await?;
            continue;
        }
        if batch.bytes + id.size() + OVERHEAD > link.can.batch {
            sent.sent_bytes += std::mem::take(&mut batch).send(link).await?;
        }
        batch.add(id, piece, link.can.zstd_batch)?;
    }
    sent.sent_bytes += batch.send(link).await?;
    Ok(sent)
}

/// Which of the blobs the server has not.
async fn missing(link: &Link, pieces: &Pieces) -> Result<Vec<BlobId>, Error> {
    let names: Vec<_> = pieces.0.keys().map(|id| id.tell()).collect();
    let mut missing = Vec::new();
    for names in names.chunks(NAMES) {
        let asked = FindMissingBlobsRequest {
            instance_name: link.instance(),
            blob_digests: names.to_vec(),
            ..FindMissingBlobsRequest::default()
        };
        let answer = link
            .call("which blobs are missing", async || {
                let mut client = ContentAddressableStorageClient::new(link.channel.clone());
                client.find_missing_blobs(link.request(asked.clone())).await
            })
            .await?;
        missing.extend(answer.missing_blob_digests.iter().filter_map(BlobId::told));
    }
    missing.sort();
    missing.dedup();
    Ok(missing)
}

/// Small blobs that go together.
#[derive(Default)]
struct Batch {
    requests: Vec<Request>,
    /// Bytes before they were compressed.
    bytes: u64,
}

impl Batch {
    fn add(&mut self, id: BlobId, piece: &Piece, zstd: bool) -> Result<(), Error> {
        let mut data = Vec::new();
        let unread = |error| match piece {
            Piece::File(path) => Error::at(path, &error),
            Piece::Bytes(_) => Error::io(&error),
        };
        piece
            .open()?
            .take(id.size() + 1)
            .read_to_end(&mut data)
            .map_err(unread)?;
        changed(id, piece, BlobId::of(&data))?;
        self.bytes += id.size() + OVERHEAD;
        let mut compressor = Compressor::Identity;
        if zstd && id.size() >= SMALL {
            let packed = ruzstd::encoding::compress_to_vec(data.as_slice(), CompressionLevel::Fastest);
            if packed.len() < data.len() {
                (data, compressor) = (packed, Compressor::Zstd);
            }
        }
        self.requests.push(Request {
            digest: Some(id.tell()),
            data,
            compressor: compressor.into(),
        });
        Ok(())
    }

    /// Sends them, and those that a server could not take just then once more; gives the bytes that went.
    async fn send(self, link: &Link) -> Result<u64, Error> {
        if self.requests.is_empty() {
            return Ok(0);
        }
        let bytes = self.requests.iter().map(|request| request.data.len() as u64).sum();
        let what = format!("upload of {} blobs", self.requests.len());
        let asked = BatchUpdateBlobsRequest {
            instance_name: link.instance(),
            requests: self.requests,
            ..BatchUpdateBlobsRequest::default()
        };
        let still = AtomicU64::new(0);
        link.persist(&what, &still, async || {
            let mut client = ContentAddressableStorageClient::new(link.channel.clone());
            let answer = client
                .batch_update_blobs(link.request(asked.clone()))
                .await?
                .into_inner();
            if answer.responses.len() < asked.requests.len() {
                return Err(Status::internal("it does not answer for each of them"));
            }
            let refused = answer.responses.iter().filter_map(|response| {
                let status = response.status.as_ref().filter(|status| status.code != 0)?;
                Some(Status::new(Code::from(status.code), status.message.clone()))
            });
            refused.into_iter().next().map_or(Ok(()), Err)
        })
        .await?;
        Ok(bytes)
    }
}

/// That a file still is what it was when its name was made.
fn changed(id: BlobId, piece: &Piece, now: BlobId) -> Result<(), Error> {
    match piece {
        Piece::File(path) if now != id => Err(Error::failed("was changed while it was sent").of(path)),
        _ => Ok(()),
    }
}

/// The bytes of a large blob as they are sent.
enum Body {
    Bytes(Arc<Vec<u8>>),
    File(Arc<File>),
}

impl Body {
    /// What is sent of a blob, its length, and whether that is compressed.
    fn of(piece: &Piece, zstd: bool) -> Result<(Self, u64, bool), Error> {
        let spill = |error| Error::io(&error).about("a temporary file");
        if zstd {
            let packed = tempfile::tempfile().map_err(spill)?;
            let target = packed.try_clone().map_err(spill)?;
            compress(piece.open()?, target, CompressionLevel::Fastest);
            let length = packed.metadata().map_err(spill)?.len();
            return Ok((Self::File(Arc::new(packed)), length, true));
        }
        Ok(match piece {
            Piece::Bytes(bytes) => (Self::Bytes(Arc::new(bytes.clone())), bytes.len() as u64, false),
            Piece::File(path) => {
                let file = open(path)?;
                let length = file.metadata().map_err(|error| Error::at(path, &error))?.len();
                (Self::File(Arc::new(file)), length, false)
            }
        })
    }

    /// The bytes from a place on.
    fn read(&self, at: u64) -> std::io::Result<Vec<u8>> {
        let mut part = Vec::new();
        match self {
            Self::Bytes(bytes) => {
                let from = usize::try_from(at).unwrap_or(usize::MAX);
                part.extend(bytes.get(from..).unwrap_or_default().iter().take(CHUNK));
            }
            Self::File(file) => {
                let mut file = &**file;
                file.seek(SeekFrom::Start(at))?;
                file.take(CHUNK as u64).read_to_end(&mut part)?;
            }
        }
        Ok(part)
    }
}

/// Sends one blob as a stream; after an interruption, from where the server has it. Gives the bytes that went.
async fn stream(link: &Link, id: BlobId, piece: &Piece) -> Result<u64, Error> {
    let (body, length, packed) = Body::of(piece, link.can.zstd)?;
    let body = Arc::new(body);
    let name = resource(link, id, packed);
    let what = format!("upload of blob {id}");
    let moved = Arc::new(AtomicU64::new(0));
    let first = AtomicU64::new(1);
    let committed = link
        .persist(&what, &moved, async || {
            let mut client = ByteStreamClient::new(link.channel.clone());
            let start = match first.swap(0, Ordering::Relaxed) {
                1 => 0,
                _ => resume(link, &mut client, &name).await,
            };
            let parts = Parts {
                body: body.clone(),
                name: Some(name.clone()),
                at: start.min(length),
                length,
                moved: moved.clone(),
                ended: false,
            };
            let written = client.write(link.request(tokio_stream::iter(parts))).await?;
            Ok(written.into_inner().committed_size)
        })
        .await?;
    // With -1, or with its true size, a server says that it has the blob already.
    let whole = [
        -1,
        i64::try_from(length).unwrap_or(-1),
        i64::try_from(id.size()).unwrap_or(-1),
    ];
    if whole.contains(&committed) {
        return Ok(length);
    }
    let error = told(
        &what,
        &Status::data_loss(format!("it has taken {committed} bytes of {length}")),
    );
    Err(link.about(error))
}

/// The name under which a blob is written. One name for the same blob, so that another try goes on with it.
fn resource(link: &Link, id: BlobId, packed: bool) -> String {
    let instance = match link.instance() {
        none if none.is_empty() => none,
        instance => format!("{instance}/"),
    };
    let hash = id.sha256();
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default();
    // The form of a UUID, from what the blob is and who sends it.
    let own = BlobId::of(link.own.as_bytes()).sha256();
    let own = own.get(..8).unwrap_or_default();
    let uuid = format!("{own}-{}-4{}-8{}-{}", part(0, 4), part(4, 7), part(7, 10), part(10, 22));
    let blobs = if packed { "compressed-blobs/zstd" } else { "blobs" };
    format!("{instance}uploads/{uuid}/{blobs}/{id}")
}

/// How much of it the server has: nothing, where it can't say.
async fn resume(link: &Link, client: &mut ByteStreamClient<tonic::transport::Channel>, name: &str) -> u64 {
    let asked = QueryWriteStatusRequest {
        resource_name: name.to_owned(),
    };
    let answer = client.query_write_status(link.request(asked)).await;
    answer.map_or(0, |answer| {
        u64::try_from(answer.into_inner().committed_size).unwrap_or(0)
    })
}

/// The messages of a stream, made as they are sent.
struct Parts {
    body: Arc<Body>,
    /// For the first message.
    name: Option<String>,
    at: u64,
    length: u64,
    moved: Arc<AtomicU64>,
    ended: bool,
}

impl Iterator for Parts {
    type Item = WriteRequest;

    fn next(&mut self) -> Option<WriteRequest> {
        if self.ended {
            return None;
        }
        // What can't be read ends the stream early, and the server refuses the blob.
        let data = self.body.read(self.at).ok()?;
        let offset = self.at;
        self.at += data.len() as u64;
        self.ended = self.at >= self.length || data.is_empty();
        self.moved.fetch_add(1, Ordering::Relaxed);
        Some(WriteRequest {
            resource_name: self.name.take().unwrap_or_default(),
            write_offset: i64::try_from(offset).unwrap_or(i64::MAX),
            finish_write: self.ended,
            data,
        })
    }
}
