//! Records of pax headers: `LENGTH KEY=VALUE` and a line end.

use super::number::decimal;
use crate::model::{Blob, Malformed, Part, Role, Span, Value};

/// Where one record and its pieces stand.
pub(super) struct Record {
    length: Span,
    key: Span,
    value: Span,
    end: Span,
}

/// What global headers say of every entry behind them. A record of an entry's own goes before.
#[derive(Default)]
pub(super) struct Globals {
    pub(super) path: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
}

impl Globals {
    /// Takes over the records of a global header.
    pub(super) fn read(&mut self, bytes: &Blob, data: Span) -> Result<(), Malformed> {
        for record in records(bytes, data)? {
            match record.key(bytes) {
                b"path" => self.path = record.text(bytes),
                b"size" => self.size = record.number(bytes),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The records of a pax header, which fill `data`.
pub(super) fn records(bytes: &Blob, data: Span) -> Result<Vec<Record>, Malformed> {
    let mut records = Vec::new();
    let mut at = data.start;
    while at < data.end {
        let rest = &bytes[at..data.end];
        let bad = || Malformed::at(at, "a pax record", "other bytes");
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let length = decimal(&rest[..digits]).and_then(|n| usize::try_from(n).ok());
        let record = length.and_then(|length| rest.get(..length)).ok_or_else(bad)?;
        let body = record
            .get(digits..)
            .and_then(|r| r.strip_prefix(b" "))
            .ok_or_else(bad)?;
        let body = body.strip_suffix(b"\n").ok_or_else(bad)?;
        let equals = memchr::memchr(b'=', body).ok_or_else(bad)?;
        let key = at + digits + 1;
        records.push(Record {
            length: Span::new(at, key),
            key: Span::at(key, equals),
            value: Span::at(key + equals + 1, body.len() - equals - 1),
            end: Span::at(at + record.len() - 1, 1),
        });
        at += record.len();
    }
    Ok(records)
}

impl Record {
    pub(super) fn key<'b>(&self, bytes: &'b Blob) -> &'b [u8] {
        &bytes[self.key.start..self.key.end]
    }
    fn value<'b>(&self, bytes: &'b Blob) -> &'b [u8] {
        &bytes[self.value.start..self.value.end]
    }
    /// The value; an empty one takes back what was said before.
    pub(super) fn text(&self, bytes: &Blob) -> Option<Vec<u8>> {
        Some(self.value(bytes).to_vec()).filter(|value| !value.is_empty())
    }
    /// The value as a number.
    pub(super) fn number(&self, bytes: &Blob) -> Option<u64> {
        decimal(self.value(bytes))
    }

    /// Length and key, value, line end. `grants`: the owner gives the file its rights; `size`: of the entry's data.
    pub(super) fn fields(&self, bytes: &Blob, grants: bool, size: Option<u64>) -> [Part; 3] {
        let (key, value) = (self.key(bytes), self.value(bytes));
        let name = format!("pax {}", String::from_utf8_lossy(key));
        let owner = |known: Option<Value>| known.filter(|_| !grants).unwrap_or(Value::Raw);
        let (role, meaning) = match key {
            b"mtime" | b"atime" | b"ctime" | b"LIBARCHIVE.creationtime" => match seconds(value) {
                Some(seconds) => (Role::Timestamp, Value::Time { seconds, local: false }),
                None => (Role::String, Value::Raw),
            },
            b"uid" | b"gid" => (Role::Owner, owner(decimal(value).map(Value::Number))),
            b"uname" | b"gname" => {
                let text = std::str::from_utf8(value).ok();
                (Role::Owner, owner(text.map(|text| Value::Text(text.to_owned()))))
            }
            b"path" => (Role::Name, Value::Raw),
            b"linkpath" => (Role::Link, Value::Raw),
            // What is granted beside the mode: capabilities, labels, access control lists.
            key if grants_more(key) => (Role::Structure, Value::Raw),
            b"size" => {
                let valid = size.is_some() && decimal(value) == size;
                (Role::Size, Value::Derived { valid })
            }
            // Capabilities, labels and lists of rights: they act, whatever they look like.
            _ if attribute(key) => (Role::Content, Value::Raw),
            _ => (Role::String, Value::Raw),
        };
        // Zeros before the number would be bytes of choice.
        let valid = bytes[self.length.start] != b'0';
        let length = Span::new(self.length.start, self.value.start);
        [
            Part::field(format!("{name} length"), length, Role::Size, Value::Derived { valid }),
            Part::field(name.clone(), self.value, role, meaning),
            Part::field(format!("{name} end"), self.end, Role::Structure, Value::Raw),
        ]
    }
}

/// Whether a record holds an extended attribute of the file: keys of star and GNU tar, of libarchive, SELinux, Windows and Apple.
fn attribute(key: &[u8]) -> bool {
    let starts: [&[u8]; 8] = [
        b"SCHILY.xattr.",
        b"SCHILY.acl.",
        b"SCHILY.fflags",
        b"LIBARCHIVE.xattr.",
        b"RHT.security.",
        b"MSWINDOWS.rawsd",
        // Not an attribute, but it tells where the bytes of the file go.
        b"GNU.sparse.",
        b"com.apple.",
    ];
    starts.iter().any(|start| key.starts_with(start))
}

/// Whole seconds of a time with at most nine digits behind its point; more could be a message.
pub(in crate::format) fn seconds(text: &[u8]) -> Option<i64> {
    let (whole, fraction) = match memchr::memchr(b'.', text) {
        Some(point) => (&text[..point], Some(&text[point + 1..])),
        None => (text, None),
    };
    if fraction.is_some_and(|digits| digits.len() > 9 || decimal(digits).is_none()) {
        return None;
    }
    let (negative, digits) = whole.strip_prefix(b"-").map_or((false, whole), |digits| (true, digits));
    let seconds = i64::try_from(decimal(digits)?).ok()?;
    Some(if negative { -seconds } else { seconds })
}

/// Extended attributes and access control lists, as star, libarchive and GNU tar name their records.
fn grants_more(key: &[u8]) -> bool {
    let starts = [
        &b"SCHILY.xattr."[..],
        b"SCHILY.acl.",
        b"LIBARCHIVE.xattr.",
        b"RHT.security.",
    ];
    starts.iter().any(|start| key.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_digits_only() {
        assert_eq!(seconds(b"1700000000"), Some(1_700_000_000));
        assert_eq!(seconds(b"1700000000.123456789"), Some(1_700_000_000));
        assert_eq!(seconds(b"-5.5"), Some(-5));
        for other in [&b"1700000000.x"[..], b"+1", b"", b".5", b"1.", b"1.1234567890", b"1 rm"] {
            assert_eq!(seconds(other), None, "{other:?}");
        }
    }
}
