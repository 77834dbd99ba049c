//! Compressed sections (gABI, "Section Compression"), and the older `.zdebug_*` of GNU tools.

use super::{
    image::{Image, SHF_COMPRESSED, SHF_STRINGS},
    strings,
};
use crate::{
    bytes::source::Sink,
    model::{Blob, Content, Decode, Malformed, Order, Part, Role, Span, Value},
};
use std::{io::Read, sync::Arc};

/// Larger tables are not looked into: they differ as a whole.
const NAMES: u64 = 256 << 20;

pub(super) fn section(image: &Arc<Image>, index: usize) -> Part {
    let s = &image.sections[index];
    let plain = || Part::field(s.label.clone(), s.span, Role::Content, Value::Raw);
    let standard = s.has(SHF_COMPRESSED);
    let head = match (standard, image.wide) {
        (true, true) => 24,
        (_, _) => 12,
    };
    if s.span.len() < head {
        return plain();
    }
    let (image, span) = (image.clone(), s.span);
    let names = s.has(SHF_STRINGS) || s.name().ends_with("str");
    Part::lazy(s.label.clone(), span, Order::Fixed, move |bytes| {
        let head = Span::at(span.start, head);
        let mut at = image.cursor(bytes, head);
        let word = image.word();
        let (kind, size, size_at) = if standard {
            let kind = at.u32().unwrap_or(0);
            at.take(if image.wide { 4 } else { 0 });
            let place = at.at;
            (kind, at.number(word).unwrap_or(0), Span::at(place, word))
        } else {
            if !bytes[head.start..].starts_with(b"ZLIB") {
                return Ok(Vec::new());
            }
            let size: [u8; 8] = bytes[head.start + 4..head.end].try_into().unwrap_or_default();
            (1, u64::from_be_bytes(size), Span::at(head.start + 4, 8))
        };
        if !matches!(kind, 1 | 2) {
            return Ok(Vec::new());
        }
        // The size is checked when the bytes are decoded.
        let stream = Stream { zstd: kind == 2, size };
        // What refers to the decoded strings is not followed: each must stay where it is.
        let stored = bytes.slice(Span::new(head.end, span.end));
        let digest = match names.then(|| stream.decode(&stored, NAMES)) {
            None => Vec::new(),
            Some(Ok(table)) => strings::places(&table),
            Some(Err(_)) => strings::digest(&stored),
        };
        let content = Content::Encoded(Box::new(stream));
        Ok(vec![
            strings::uses(span, digest),
            Part::field(
                "compression",
                Span::new(head.start, size_at.start),
                Role::Structure,
                Value::Raw,
            ),
            Part::field("decoded size", size_at, Role::Size, Value::Derived { valid: true }),
            Part::field(
                "decoded alignment",
                Span::new(size_at.end, head.end),
                Role::Structure,
                Value::Raw,
            ),
            Part::member("", Span::new(head.end, span.end), content).hinted("strings"),
        ])
    })
}

#[derive(Debug)]
struct Stream {
    zstd: bool,
    size: u64,
}

impl Decode for Stream {
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let mut rest: &[u8] = stored;
        let limit = limit.min(self.size);
        let decoded = if self.zstd {
            let error = |e: &dyn std::fmt::Display| Malformed::at(0, "a zstd frame", e.to_string());
            let mut decoder = ruzstd::decoding::StreamingDecoder::new(&mut rest).map_err(|e| error(&e))?;
            Sink::new(limit).fill(&mut decoder, "a zstd frame")?
        } else {
            let mut decoder = flate2::bufread::ZlibDecoder::new(&mut rest);
            Sink::new(limit).fill(&mut decoder as &mut dyn Read, "a zlib stream")?
        };
        if !rest.is_empty() {
            return Err(Malformed::at(
                stored.len() - rest.len(),
                "the end of the stream",
                "more bytes",
            ));
        }
        if decoded.len() as u64 != self.size {
            return Err(Malformed::at(
                0,
                format!("{} decoded bytes", self.size),
                decoded.len().to_string(),
            ));
        }
        Ok(decoded)
    }
}
