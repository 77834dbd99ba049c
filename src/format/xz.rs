//! xz (the .xz file format 1.2.1): streams of blocks, each stream closed by an index of its blocks.

use super::Format;
use crate::{
    bytes::source::gather,
    model::{Blob, Content, Decode, FormatId, Kind, Malformed, Opened, Order, Part, Span},
};
use std::io::{self, Cursor, Read};

/// An xz file. All of it is what the encoder chose: nothing in it but the content names anything.
pub struct Xz;

const MAGIC: &[u8] = b"\xfd7zXZ\0";
const HEADER: usize = 12;
/// Memory for one decoder, in KiB: more than `xz -9` asks for (65 MiB), less than the format's largest dictionary (4 GiB).
const MEMORY: u32 = 1 << 20;

impl Format for Xz {
    fn id(&self) -> FormatId {
        "xz"
    }
    fn kind(&self) -> Kind {
        Kind::Stream
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let span = Span::new(0, bytes.len());
        Ok(Opened {
            format: "xz",
            order: Order::Fixed,
            parts: vec![Part::wrapped(span, ".xz", Content::Encoded(Box::new(Streams)))],
        })
    }
}

/// One or more whole streams with their padding.
#[derive(Debug)]
struct Streams;

impl Decode for Streams {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let blocks = blocks(stored)?;
        let reader = |block: &Block| {
            let bytes = &stored[block.span.start..block.span.end];
            let stream = Cursor::new(block.head).chain(bytes).chain(Cursor::new(block.tail()));
            (
                block.size,
                Whole(lzma_rust2::XzReader::new_mem_limit(stream, false, MEMORY)),
            )
        };
        gather(blocks.iter().map(reader).collect(), limit, "a stream of xz blocks")
    }
}

/// Fails when the decoder ends before its input: what a file ends with early must not hide the rest of it.
struct Whole<R: Read>(lzma_rust2::XzReader<R>);

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.0.read(buffer)?;
        if n == 0 && self.0.inner_mut().read(&mut [0])? > 0 {
            return Err(io::Error::other("bytes behind the end of a block"));
        }
        Ok(n)
    }
}

/// One block, with its check and padding.
struct Block {
    /// The header of its stream.
    head: [u8; HEADER],
    span: Span,
    /// Without the padding.
    unpadded: u64,
    /// Decoded.
    size: u64,
}

impl Block {
    /// An index and a footer that make a stream of this block alone.
    fn tail(&self) -> Vec<u8> {
        let mut index = vec![0, 1];
        for mut number in [self.unpadded, self.size] {
            while number >= 0x80 {
                index.push(number as u8 | 0x80);
                number >>= 7;
            }
            index.push(number as u8);
        }
        index.resize(index.len().next_multiple_of(4), 0);
        let backward = (index.len() / 4) as u32;
        index.extend(crc32fast::hash(&index).to_le_bytes());
        let mut fields = backward.to_le_bytes().to_vec();
        fields.extend(&self.head[6..8]);
        index.extend(crc32fast::hash(&fields).to_le_bytes());
        index.extend(fields);
        index.extend(b"YZ");
        index
    }
}

/// Every block of every stream, in file order. Streams are found from the end, by their indexes, and must fill the file.
fn blocks(bytes: &[u8]) -> Result<Vec<Block>, Malformed> {
    let mut streams = Vec::new();
    let mut end = bytes.len();
    while end > 0 {
        if bytes[..end].ends_with(&[0; 4]) {
            end -= 4;
            continue;
        }
        let at = end
            .checked_sub(HEADER)
            .ok_or_else(|| Malformed::truncated(end, "a stream footer"))?;
        let (from, blocks) = stream(bytes, at, &bytes[at..end])?;
        streams.push(blocks);
        end = from;
    }
    Ok(streams.into_iter().rev().flatten().collect())
}

/// The blocks of the stream that ends with a footer, and where the stream starts.
fn stream(bytes: &[u8], at: usize, footer: &[u8]) -> Result<(usize, Vec<Block>), Malformed> {
    let bad = |offset, expected: &'static str| Malformed::at(offset, expected, "other bytes");
    if &footer[10..] != b"YZ" || footer[..4] != crc32fast::hash(&footer[4..10]).to_le_bytes() {
        return Err(bad(at, "a stream footer with its CRC-32"));
    }
    let backward = u64::from(u32::from_le_bytes([footer[4], footer[5], footer[6], footer[7]])) * 4 + 4;
    let start = usize::try_from(backward)
        .ok()
        .and_then(|size| at.checked_sub(size))
        .ok_or_else(|| bad(at + 4, "the size of an index in this file"))?;
    let index = &bytes[start..at];
    let (body, crc) = index.split_at(index.len() - 4);
    if crc != crc32fast::hash(body).to_le_bytes() {
        return Err(bad(at - 4, "the CRC-32 of the index"));
    }
    let mut rest = body.strip_prefix(&[0]).ok_or_else(|| bad(start, "an index"))?;
    let count = number(&mut rest).ok_or_else(|| bad(start, "a number of blocks"))?;
    // Two bytes a record at least: a larger count can't be true.
    if count > rest.len() as u64 / 2 {
        return Err(bad(start, "as many records as announced"));
    }
    let mut records = Vec::new();
    let mut total = 0usize;
    for _ in 0..count {
        let record = number(&mut rest).zip(number(&mut rest)).and_then(|(unpadded, size)| {
            let padded = usize::try_from(unpadded).ok()?.checked_next_multiple_of(4)?;
            total = total.checked_add(padded)?;
            Some((unpadded, padded, size))
        });
        records.push(record.ok_or_else(|| bad(start, "the sizes of a block"))?);
    }
    if rest.len() > 3 || rest.iter().any(|&b| b != 0) {
        return Err(bad(start, "zeros behind the last record"));
    }
    let from = total
        .checked_add(HEADER)
        .and_then(|length| start.checked_sub(length))
        .ok_or_else(|| bad(start, "blocks that are in this file"))?;
    let mut head = [0; HEADER];
    head.copy_from_slice(&bytes[from..from + HEADER]);
    let valid = head.starts_with(MAGIC)
        && head[6..8] == footer[8..10]
        && head[8..] == crc32fast::hash(&head[6..8]).to_le_bytes();
    if !valid {
        return Err(bad(from, "a stream header that agrees with the footer"));
    }
    let mut place = from + HEADER;
    let mut blocks = Vec::with_capacity(records.len());
    for (unpadded, padded, size) in records {
        let span = Span::at(place, padded);
        blocks.push(Block {
            head,
            span,
            unpadded,
            size,
        });
        place = span.end;
    }
    Ok((from, blocks))
}

/// A multibyte integer (section 1.2): at most nine bytes, no needless zero at the end.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for i in 0..9 {
        let byte = *rest.get(i)?;
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            *rest = &rest[i + 1..];
            return (byte != 0 || i == 0).then_some(value);
        }
    }
    None
}
