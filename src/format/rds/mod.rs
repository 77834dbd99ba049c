//! R's serialised objects, XDR form (`.rds`, `.RData`, pieces of `.rdb`): R Internals, "Serialization Formats"; `serialize.c`.

mod reader;

use self::reader::Reader;
use super::Format;
use crate::{
    model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value},
    notation::calendar::{DAY, days},
};

/// A serialised R object.
pub struct Rds;

/// Objects inside objects; each takes some stack, and calls of real programs nest less.
const DEPTH: usize = 128;
/// Strings that become parts of their own; what is behind them is one part.
const STRINGS: usize = 20_000;
/// `.RData` files begin with one of these.
const DATA: [&[u8]; 2] = [b"RDX2\n", b"RDX3\n"];

impl Format for Rds {
    fn id(&self) -> FormatId {
        "rds"
    }
    fn kind(&self) -> Kind {
        Kind::Data
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        let at = start(bytes);
        bytes
            .get(at..at + 6)
            .is_some_and(|head| head == b"X\n\0\0\0\x02" || head == b"X\n\0\0\0\x03")
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let mut reader = Reader::at(bytes, start(bytes) + 2);
        let version = reader.int()?;
        let writer = Span::at(reader.at, 4);
        reader.skip(8)?;
        if version == 3 {
            let length = reader.length()?;
            reader.skip(length)?;
        }
        reader.item(0)?;
        let mut parts = vec![Part::field("R version", writer, Role::Version, Value::Raw)];
        for string in reader.strings.iter().take(STRINGS) {
            parts.extend(string.parts(bytes));
        }
        parts.extend(reader.moments.iter().take(STRINGS).map(|&at| moment(bytes, at)));
        parts.extend(reader.pieces());
        let first = |&(at, valid)| Part::field("first", at, Role::Offset, Value::Derived { valid });
        parts.extend(reader.firsts.iter().take(STRINGS).map(first));
        parts.sort_by_key(|part| part.span);
        Ok(Opened {
            format: "rds",
            order: Order::Fixed,
            parts,
        })
    }
}

fn start(bytes: &[u8]) -> usize {
    DATA.iter()
        .find(|magic| bytes.starts_with(magic))
        .map_or(0, |magic| magic.len())
}

/// A string, with its length before it.
struct Text {
    at: Span,
    /// What the vector that it stands in calls it.
    name: Option<String>,
    /// R's record of when a package was built.
    built: bool,
}

impl Text {
    fn parts(&self, bytes: &Blob) -> Vec<Part> {
        let name = self.name.clone().unwrap_or_else(|| "string".to_owned());
        let length = Part::field(
            format!("{name} length"),
            Span::at(self.at.start - 4, 4),
            Role::Size,
            Value::Derived { valid: true },
        );
        let text = bytes.get_span(self.at).unwrap_or_default();
        if let Some((from, to, seconds)) = self.built.then(|| time(text)).flatten() {
            let part = |name: String, from, to, role, value| {
                Part::field(name, Span::new(from, to).shifted(self.at.start), role, value)
            };
            let known = Value::Time { seconds, local: false };
            let mut parts = vec![length];
            if from > 0 {
                parts.push(part(format!("{name} by"), 0, from, Role::Version, Value::Raw));
            }
            parts.push(part(name.clone(), from, to, Role::Timestamp, known));
            if to < text.len() {
                parts.push(part(format!("{name} for"), to, text.len(), Role::String, Value::Raw));
            }
            return parts;
        }
        vec![length, Part::field(name, self.at, Role::String, Value::Raw)]
    }
}

/// A whole number.
fn number(bytes: &[u8], at: usize) -> usize {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk());
    word.map_or(usize::MAX, |word| u32::from_be_bytes(*word) as usize)
}

/// Seconds since 1970, as a floating-point number.
fn moment(bytes: &[u8], at: Span) -> Part {
    let number = bytes.get(at.start..).and_then(|rest| rest.first_chunk());
    let seconds = number.map_or(f64::NAN, |number| f64::from_be_bytes(*number));
    let known = (seconds.abs() < 1e12).then_some(Value::Time {
        seconds: seconds as i64,
        local: false,
    });
    let role = if known.is_some() {
        Role::Timestamp
    } else {
        Role::Content
    };
    Part::field("time", at, role, known.unwrap_or(Value::Raw))
}

/// Where a `2023-11-14 22:13:20 UTC` stands that a semicolon or the string's end closes, and its seconds.
fn time(text: &[u8]) -> Option<(usize, usize, i64)> {
    const FORM: &[u8] = b"0000-00-00 00:00:00 UTC";
    let fits = |window: &[u8]| {
        let fits = |(c, f): (&u8, &u8)| if *f == b'0' { c.is_ascii_digit() } else { c == f };
        window.iter().zip(FORM).all(fits)
    };
    let from = text.windows(FORM.len()).position(fits)?;
    let to = from + FORM.len();
    let before = from == 0 || text[..from].ends_with(b"; ");
    let behind = matches!(text.get(to), None | Some(b';'));
    let number = |at: usize, digits: usize| {
        let digits = &text[from + at..from + at + digits];
        digits.iter().fold(0, |n, digit| n * 10 + i64::from(digit - b'0'))
    };
    let (month, day) = (number(5, 2), number(8, 2));
    let valid = (1..=12).contains(&month) && (1..=31).contains(&day) && number(11, 2) < 24;
    let seconds = number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2);
    (before && behind && valid).then(|| (from, to, days(number(0, 4), month, day) * DAY + seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_time_between_semicolons_is_one() {
        let built = b"R 4.2.2; ; 2026-11-29 21:15:40 UTC; unix";
        assert_eq!(time(built), Some((11, 34, 1_795_986_940)));
        assert_eq!(time(b"2026-11-29 21:15:40 UTC"), Some((0, 23, 1_795_986_940)));
        for other in [
            "R; x2026-11-29 21:15:40 UTC",
            "2026-11-29 21:15:40 UTC+1",
            "2026-13-29 21:15:40 UTC",
            "",
        ] {
            assert_eq!(time(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn objects_inside_each_other_end_somewhere() {
        // Lists of one list each, deeper than any reader goes.
        let mut bytes = b"X\n\0\0\0\x02\0\x04\x02\x02\0\x02\x03\0".to_vec();
        bytes.extend(b"\0\0\0\x13\0\0\0\x01".repeat(100_000));
        assert!(Rds.open(&bytes.into()).is_err());
    }
}
