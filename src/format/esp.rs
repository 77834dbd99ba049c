//! Images of Espressif's ESP32 and ESP8266 (esptool, "Firmware Image Format"): segments, checksum and digest, and what an application says of
//! itself (`esp_app_desc_t`): version, time and date.

use super::{
    Format,
    sections::{Words, inside, used},
};
use crate::{
    bytes::digest::Algorithm,
    model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value},
    notation::calendar::{DAY, days},
};

/// A firmware image.
pub struct Esp;

const MAGIC: u8 = 0xe9;
/// What all have, and what those since the ESP32 have behind it.
const HEADER: usize = 8;
const MORE: usize = 16;
/// `ESP_APP_DESC_MAGIC_WORD`, at the start of the first segment.
const APPLICATION: u64 = 0xabcd_5432;
const DESCRIPTION: usize = 256;
/// As `__DATE__` has them.
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl Format for Esp {
    fn id(&self) -> FormatId {
        "esp"
    }
    fn kind(&self) -> Kind {
        Kind::Firmware
    }
    /// One byte is no sign: the segments must fit, and their checksum.
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.first() == Some(&MAGIC) && Layout::of(bytes).is_some()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let layout = Layout::of(bytes).ok_or_else(|| Malformed::at(0, "segments and their checksum", "other bytes"))?;
        let words = Words::new(bytes, false);
        let number = |name: &'static str, at: usize, size: usize| {
            Part::field(name, Span::at(at, size), Role::Content, Value::Word { big: false })
        };
        let mut parts = vec![
            Part::field("magic", Span::at(0, 1), Role::Structure, Value::Raw),
            used("segments", Span::at(1, 1), Role::Size),
            number("flash mode", 2, 1),
            number("flash size and frequency", 3, 1),
            number("entry point", 4, 4),
        ];
        if layout.start > HEADER {
            parts.push(Part::field(
                "extended header",
                Span::at(HEADER, MORE - 1),
                Role::Content,
                Value::Raw,
            ));
            parts.push(Part::field(
                "digest is appended",
                Span::at(HEADER + MORE - 1, 1),
                Role::Structure,
                Value::Raw,
            ));
        }
        for (number, data) in layout.segments.iter().enumerate() {
            let head = data.start - 8;
            let mut fields = vec![
                Part::field("address", Span::at(head, 4), Role::Content, Value::Word { big: false }),
                used("size", Span::at(head + 4, 4), Role::Size),
            ];
            match words.number(data.start, 4) {
                Ok(APPLICATION) if number == 0 && data.len() >= DESCRIPTION => fields.extend(described(bytes, *data)),
                _ => fields.push(Part::stored("data", *data)),
            }
            let span = Span::new(head, data.end);
            parts.push(Part::group(
                format!("segment {}", number + 1),
                span,
                Order::Fixed,
                fields,
            ));
        }
        parts.push(used("checksum", Span::at(layout.checksum, 1), Role::Checksum));
        if let Some(digest) = layout.digest {
            let told = bytes.get(digest.start..digest.end);
            let valid = told == Some(Algorithm::Sha256.digest(&bytes[..digest.start]).as_bytes());
            parts.push(Part::field("digest", digest, Role::Checksum, Value::Derived { valid }));
        }
        Ok(Opened {
            format: "esp",
            order: Order::Fixed,
            parts,
        })
    }
}

/// What an application says of itself, and the rest of its segment.
fn described(bytes: &[u8], segment: Span) -> Vec<Part> {
    let at = segment.start;
    let built = Span::at(at + 80, 32);
    let seconds = bytes.get(built.start..built.end).and_then(moment);
    let string = |name: &'static str, from: usize, size: usize| {
        Part::field(name, Span::at(at + from, size), Role::String, Value::Raw)
    };
    let raw = |name: &'static str, from: usize, size: usize, role| {
        Part::field(name, Span::at(at + from, size), role, Value::Raw)
    };
    vec![
        raw("description", 0, 4, Role::Structure),
        raw("secure version", 4, 4, Role::Content),
        raw("reserved", 8, 8, Role::Content),
        string("version", 16, 32),
        string("project", 48, 32),
        match seconds {
            Some(seconds) => Part::field("built", built, Role::Timestamp, Value::Time { seconds, local: false }),
            None => string("built", 80, 32),
        },
        string("ESP-IDF", 112, 32),
        raw("SHA-256 of the ELF file", 144, 32, Role::Content),
        raw("more", 176, DESCRIPTION - 176, Role::Content),
        Part::stored("data", Span::new(at + DESCRIPTION, segment.end)),
    ]
}

/// `__TIME__` and `__DATE__` in 16 bytes each, with nothing behind them: seconds.
fn moment(bytes: &[u8]) -> Option<i64> {
    let text = |bytes: &[u8]| {
        let end = memchr::memchr(0, bytes).filter(|end| bytes[*end..].iter().all(|byte| *byte == 0))?;
        String::from_utf8(bytes[..end].to_vec()).ok()
    };
    let (time, date) = (text(bytes.get(..16)?)?, text(bytes.get(16..)?)?);
    let number = |text: &str| text.parse::<u32>().ok().map(i64::from);
    let clock: Vec<i64> = time.split(':').map(number).collect::<Option<_>>()?;
    let [hour @ 0..24, minute @ 0..60, second @ 0..61] = clock[..] else {
        return None;
    };
    let mut words = date.split_whitespace();
    let (month, day, year) = (words.next()?, number(words.next()?)?, number(words.next()?)?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let plausible = words.next().is_none() && (1..=31).contains(&day) && (1970..=9999).contains(&year);
    let start = days(year, i64::try_from(month).ok()?, day) * DAY;
    plausible.then_some(start + hour * 3600 + minute * 60 + second)
}

/// Where everything lies.
struct Layout {
    /// Behind the header.
    start: usize,
    /// Data of the segments.
    segments: Vec<Span>,
    checksum: usize,
    digest: Option<Span>,
}

impl Layout {
    /// With the longer header, or without: the checksum tells.
    fn of(bytes: &[u8]) -> Option<Self> {
        let with = |start: usize, digest: bool| Self::read(bytes, start, digest).ok();
        match bytes.get(HEADER + MORE - 1) {
            Some(1) => with(HEADER + MORE, true),
            Some(0) => with(HEADER + MORE, false),
            _ => None,
        }
        .or_else(|| with(HEADER, false))
    }

    fn read(bytes: &[u8], start: usize, digest: bool) -> Result<Self, Malformed> {
        let words = Words::new(bytes, false);
        let (mut segments, mut at, mut sum) = (Vec::new(), start, 0xef);
        for _ in 0..words.number(1, 1)? {
            let data = inside(at + 8, words.position(at + 4, 4)?, bytes.len())?;
            sum = words
                .get(data)
                .unwrap_or_default()
                .iter()
                .fold(sum, |sum, byte| sum ^ byte);
            segments.push(data);
            at = data.end;
        }
        // The last byte of a line of 16.
        let checksum = inside(at, 1, bytes.len())?.start | 15;
        if segments.is_empty() || words.number(checksum, 1)? != u64::from(sum) {
            return Err(Malformed::at(checksum, "the checksum of the segments", "another"));
        }
        let digest = match digest {
            true => Some(inside(checksum + 1, 32, bytes.len())?),
            false => None,
        };
        Ok(Self {
            start,
            segments,
            checksum,
            digest,
        })
    }
}
