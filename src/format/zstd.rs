//! Zstandard (RFC 8878): frames of blocks, and skippable frames that hold anything.

use super::Format;
use crate::{
    bytes::source::{Sink, gather},
    model::{Blob, Content, Decode, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value},
};
use ruzstd::decoding::{BlockDecodingStrategy::UptoBlocks, FrameDecoder};
use std::io::{self, Read};

/// A Zstandard file.
pub struct Zstd;

const MAGIC: u32 = 0xfd2f_b528;
/// The largest window that `zstd -d` takes without being told to: `--long=27`.
const WINDOW: u64 = 1 << 27;

impl Format for Zstd {
    fn id(&self) -> FormatId {
        "zstd"
    }
    fn kind(&self) -> Kind {
        Kind::Stream
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        let mut at = 0;
        while let Some(end) = skippable(bytes, at) {
            at = end;
        }
        word(bytes, at) == Some(MAGIC)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        Ok(Opened {
            format: "zstd",
            order: Order::Fixed,
            parts: runs(bytes, ".zst", frame, |frames| {
                Content::Encoded(Box::new(Frames(frames)))
            })?,
        })
    }
}

/// Runs of data frames as members, skippable frames between them as content of their own; shared with lz4, whose skippable frames are
/// the same. `frame` finds the end of a data frame; `content`
/// takes the frames of a run, counted from its start.
pub(super) fn runs(
    bytes: &Blob,
    suffix: &'static str,
    frame: impl Fn(&[u8], usize) -> Result<usize, Malformed>,
    content: impl Fn(Vec<Span>) -> Content,
) -> Result<Vec<Part>, Malformed> {
    let mut parts = Vec::new();
    let mut run: Vec<Span> = Vec::new();
    let mut members = 0;
    let mut at = 0;
    let mut from = 0;
    let mut close = |run: &mut Vec<Span>, from: usize, parts: &mut Vec<Part>| {
        if let Some(last) = run.last() {
            let span = Span::new(from, last.end);
            let frames = run.iter().map(|f| Span::new(f.start - from, f.end - from)).collect();
            parts.push(Part::wrapped(span, suffix, content(frames)));
            members += 1;
            run.clear();
        }
    };
    while at < bytes.len() {
        if let Some(end) = skippable(bytes, at) {
            // pzstd announces each frame's size in a frame before it: that follows from the frame, and hides nothing.
            let announced = (end - at == 12).then(|| word(bytes, at + 8)).flatten();
            let next = announced.and_then(|size| frame(bytes, end).ok().filter(|next| next - end == size as usize));
            if let Some(next) = next {
                if run.is_empty() {
                    from = at;
                }
                run.push(Span::new(end, next));
                at = next;
                continue;
            }
            close(&mut run, from, &mut parts);
            parts.push(Part::field(
                "skippable frame",
                Span::new(at, end),
                Role::Content,
                Value::Raw,
            ));
            at = end;
            continue;
        }
        if run.is_empty() {
            from = at;
        }
        let end = frame(bytes, at)?;
        run.push(Span::new(at, end));
        at = end;
    }
    close(&mut run, from, &mut parts);
    if members > 1 {
        // The content is cut by what stands between: these are pieces, not the file inside.
        for part in &mut parts {
            if let crate::model::Body::Member(member) = &mut part.body {
                member.wrapper = None;
            }
        }
    }
    Ok(parts)
}

/// The end of the skippable frame at `at` (section 3.1.2).
pub(super) fn skippable(bytes: &[u8], at: usize) -> Option<usize> {
    let magic = word(bytes, at)?;
    let end = at.checked_add(8)?.checked_add(word(bytes, at + 4)? as usize)?;
    (magic & !15 == 0x184d_2a50 && end <= bytes.len()).then_some(end)
}

/// The little-endian number at `at`.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// The end of the data frame at `at`, by its header and the headers of its blocks (sections 3.1.1.1 and 3.1.1.2).
fn frame(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    if word(bytes, at) != Some(MAGIC) {
        return Err(Malformed::at(at, "a Zstandard frame", "other bytes"));
    }
    let cut = || Malformed::truncated(bytes.len(), "the rest of a frame");
    let descriptor = *bytes.get(at + 4).ok_or_else(cut)?;
    let mut end = at + 5 + header_length(descriptor);
    loop {
        let header = bytes.get(end..end + 3).ok_or_else(cut)?;
        let header = u32::from_le_bytes([header[0], header[1], header[2], 0]);
        let stored = match header >> 1 & 3 {
            1 => 1,
            3 => return Err(Malformed::at(end, "a kind of block", "the reserved one")),
            _ => (header >> 3) as usize,
        };
        end += 3 + stored;
        if header & 1 == 1 {
            break;
        }
    }
    if descriptor & 4 != 0 {
        end += 4;
    }
    if end > bytes.len() { Err(cut()) } else { Ok(end) }
}

/// Bytes of the frame header behind its descriptor: window, dictionary, content size.
fn header_length(descriptor: u8) -> usize {
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    usize::from(!single(descriptor)) + dictionary + size_length(descriptor)
}

fn single(descriptor: u8) -> bool {
    descriptor & 0x20 != 0
}

fn size_length(descriptor: u8) -> usize {
    match descriptor >> 6 {
        0 => usize::from(single(descriptor)),
        flag => 1 << flag,
    }
}

/// The decoded size that the frame announces.
fn announced(frame: &[u8]) -> Option<u64> {
    let descriptor = *frame.get(4)?;
    let length = size_length(descriptor);
    let end = 5 + header_length(descriptor);
    let field = frame.get(end - length..end)?;
    let mut number = [0; 8];
    number[..length].copy_from_slice(field);
    let value = u64::from_le_bytes(number);
    match length {
        0 => None,
        2 => Some(value + 256),
        _ => Some(value),
    }
}

/// Frames that follow each other, by their place in the stored bytes.
#[derive(Debug)]
struct Frames(Vec<Span>);

impl Decode for Frames {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let what = "Zstandard frames";
        let frames: Vec<&[u8]> = self
            .0
            .iter()
            .map(|span| stored.get_span(*span).unwrap_or_default())
            .collect();
        let known: Option<Vec<_>> = frames
            .iter()
            .map(|frame| Some((announced(frame)?, Reader::new([*frame].into()))))
            .collect();
        match known {
            Some(pieces) => gather(pieces, limit, what),
            None => Sink::new(limit).fill(&mut Reader::new(frames), what),
        }
    }
}

/// Decodes frames one after another; each must fill its span, and its size and checksum must be right.
struct Reader<'b> {
    frames: std::vec::IntoIter<&'b [u8]>,
    decoder: Option<FrameDecoder>,
    rest: &'b [u8],
    announced: Option<u64>,
    decoded: u64,
}

impl<'b> Reader<'b> {
    fn new(frames: Vec<&'b [u8]>) -> Self {
        Self {
            frames: frames.into_iter(),
            decoder: None,
            rest: &[],
            announced: None,
            decoded: 0,
        }
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(decoder) = &mut self.decoder else {
                let Some(frame) = self.frames.next() else { return Ok(0) };
                (self.rest, self.announced, self.decoded) = (frame, announced(frame), 0);
                let mut decoder = FrameDecoder::new();
                decoder.set_max_window_size(WINDOW);
                decoder.init(&mut self.rest).map_err(refused)?;
                self.decoder = Some(decoder);
                continue;
            };
            while decoder.can_collect() == 0 && !decoder.is_finished() {
                decoder.decode_blocks(&mut self.rest, UptoBlocks(1)).map_err(refused)?;
            }
            let n = decoder.read(buffer)?;
            self.decoded += n as u64;
            if n > 0 || buffer.is_empty() {
                return Ok(n);
            }
            let sum = decoder.get_checksum_from_data();
            if sum.is_some() && sum != decoder.get_calculated_checksum() {
                return Err(io::Error::other("a checksum that is wrong"));
            }
            if !self.rest.is_empty() || self.announced.is_some_and(|size| size != self.decoded) {
                return Err(io::Error::other("a size that is wrong"));
            }
            self.decoder = None;
        }
    }
}

/// A window that is too large is a limit of ours, not a fault of the file.
fn refused(error: ruzstd::decoding::errors::FrameDecoderError) -> io::Error {
    use ruzstd::decoding::errors::FrameDecoderError::WindowSizeTooBig;
    match error {
        WindowSizeTooBig { .. } => io::Error::new(io::ErrorKind::OutOfMemory, error),
        _ => io::Error::other(error),
    }
}
