//! Layers of several gzip streams, such as eStargz, which has one for each piece of a file (containerd, stargz-snapshotter, `docs/estargz.md`):
//! one behind the other they are one archive.

use crate::{
    bytes::source::Sink,
    model::{Blob, Content, Decode, Malformed, Opened, Part, Role, Span, Value},
};

/// Streams that follow each other and fill their span.
#[derive(Debug)]
struct Streams;

impl Decode for Streams {
    fn method(&self) -> &'static str {
        "gzip streams"
    }
    fn decode(&self, stored: &Blob, limit: u64) -> Result<Blob, Malformed> {
        let mut reader = flate2::bufread::MultiGzDecoder::new(&stored[..]);
        Sink::new(limit).fill(&mut reader, "gzip streams")
    }
}

/// What eStargz ends with: an empty stream whose header says where the table of contents begins.
const FOOTER: usize = 51;

/// The same layer with what its streams hold as one content; nothing where there are not several, or where their headers hold something.
pub(super) fn joined(bytes: &Blob, opened: &Opened) -> Option<Opened> {
    let mut streams: Vec<Span> = opened.parts.iter().map(|part| part.span).collect();
    if opened.format != "gzip" || streams.len() < 2 || streams.first()?.start != 0 {
        return None;
    }
    let footer = streams.pop_if(|last| last.len() == FOOTER && bytes[last.start + 3] == 4);
    let mut at = 0;
    for stream in &streams {
        if stream.start != at || !plain(bytes.get(stream.start..stream.start + 10)?) {
            return None;
        }
        at = stream.end;
    }
    let content = Content::Encoded(Box::new(Streams));
    let mut parts = vec![Part::wrapped(Span::new(0, at), ".gz", content)];
    if let Some(footer) = footer {
        let valid = table(bytes.get(footer.start..footer.end)?).is_some_and(|at| starts(&streams, at));
        parts.push(Part::field("footer", footer, Role::Offset, Value::Derived { valid }));
    }
    Some(Opened {
        format: "gzip",
        order: opened.order,
        parts,
    })
}

/// Whether a header says nothing but that a stream begins: no flags, no time, a usual system.
fn plain(header: &[u8]) -> bool {
    header[3..8] == [0; 5] && matches!(header[8], 0 | 2 | 4) && matches!(header[9], 0 | 3 | 255)
}

fn starts(streams: &[Span], at: usize) -> bool {
    streams.binary_search_by_key(&at, |stream| stream.start).is_ok()
}

/// Where a footer says that the table begins; nothing where it holds anything else.
fn table(footer: &[u8]) -> Option<usize> {
    const HEAD: &[u8] = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x1a\0SG\x16\0";
    const TAIL: &[u8] = b"STARGZ\x01\0\0\xff\xff\0\0\0\0\0\0\0\0";
    let digits = footer.strip_prefix(HEAD)?.strip_suffix(TAIL)?;
    usize::from_str_radix(
        std::str::from_utf8(digits).ok().filter(|digits| digits.len() == 16)?,
        16,
    )
    .ok()
}
