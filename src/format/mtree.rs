//! mtree(5) of FreeBSD and libarchive, as makepkg writes it into packages of Arch Linux: a line a file, with its time, size and digests.

use super::{Format, tar};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// A list of files with what is known of each.
pub struct Mtree;

const FIRST: &[u8] = b"#mtree\n";

impl Format for Mtree {
    fn id(&self) -> FormatId {
        "mtree"
    }
    fn kind(&self) -> Kind {
        Kind::Archive
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(FIRST) && std::str::from_utf8(bytes).is_ok()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let mut parts = Vec::new();
        let mut at = 0;
        for line in bytes.split_inclusive(|&b| b == b'\n') {
            let span = Span::at(at, line.len());
            at = span.end;
            let name = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
            let name = String::from_utf8_lossy(name).into_owned();
            parts.push(Part::lazy(name, span, Order::Fixed, move |bytes| {
                Ok(words(bytes, span))
            }));
        }
        Ok(Opened {
            format: "mtree",
            order: Order::Fixed,
            parts,
        })
    }
}

/// The keywords of a line, called by their keys; what stands between them is one space each.
fn words(bytes: &[u8], span: Span) -> Vec<Part> {
    let mut at = span.start;
    let words = span.of(bytes).split_inclusive(|&b| matches!(b, b' ' | b'\n'));
    let word = |word: &[u8]| {
        let start = at;
        at += word.len();
        let bare = word.trim_ascii_end();
        let key = memchr::memchr(b'=', bare).filter(|_| start > span.start);
        let Some(key) = key else {
            return Part::field("word", Span::at(start, word.len()), Role::Structure, Value::Raw);
        };
        let (name, value) = (&bare[..key], &bare[key + 1..]);
        let place = Span::at(start + key + 1, value.len());
        let (role, value) = meaning(name, value);
        Part::field(String::from_utf8_lossy(name).into_owned(), place, role, value)
    };
    words.map(word).collect()
}

/// What a keyword is for. Sizes and digests are those of the file that the line is about.
fn meaning(key: &[u8], value: &[u8]) -> (Role, Value) {
    let text = || std::str::from_utf8(value).ok();
    match key {
        b"time" => match tar::seconds(value) {
            Some(seconds) => (Role::Timestamp, Value::Time { seconds, local: false }),
            None => (Role::Structure, Value::Raw),
        },
        b"size" => (
            Role::Size,
            text()
                .and_then(|text| text.parse().ok())
                .map_or(Value::Raw, Value::Number),
        ),
        b"md5digest" | b"sha1digest" | b"sha256digest" | b"sha384digest" | b"sha512digest" => (
            Role::Checksum,
            text().map_or(Value::Raw, |text| Value::Text(text.to_owned())),
        ),
        b"link" => (Role::Link, Value::Raw),
        // Who owns a file, and what may be done with it.
        _ => (Role::Structure, Value::Raw),
    }
}
