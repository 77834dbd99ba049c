//! Android's baseline profiles (`baseline.prof`, `baseline.profm`: androidx `ProfileTranscoder`, ART's `profile_compilation_info.h`):
//! for each dex file its checksum, hot methods and classes.

use super::{Format, listing::Reader, rdb::Zlib, row::Fields};
use crate::model::{Blob, Content, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// A profile, or what it is read by on other versions of Android.
pub struct Profile;

const PROFILE: &[u8] = b"pro\0";
const METADATA: &[u8] = b"prm\0";

impl Format for Profile {
    fn id(&self) -> FormatId {
        "profile"
    }
    fn kind(&self) -> Kind {
        Kind::Data
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        let version = bytes
            .get(4..8)
            .is_some_and(|v| v[..3].iter().all(u8::is_ascii_digit) && v[3] == 0);
        version && (bytes.starts_with(PROFILE) || bytes.starts_with(METADATA))
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let mut fields = Fields::at(0);
        fields.put("magic", 4, Role::Structure, Value::Raw);
        fields.put("version", 4, Role::Structure, Value::Raw);
        let profile = bytes.starts_with(PROFILE);
        let version = bytes.get(4..7).unwrap_or_default();
        let width = match (profile, version) {
            (true, b"010" | b"009") | (false, b"001") => 1,
            (false, b"002") => 2,
            // Other versions have sections, or nothing that is compressed.
            _ => 0,
        };
        if width > 0 {
            let mut from = Reader::little(bytes).from(8)?;
            let count = from.number(width)? as usize;
            let (size, packed) = (from.u32()?, from.place()?);
            from.take(packed)?;
            let derived = Value::Derived { valid: true };
            // They are used to read the rest, here or there.
            let used = if profile && version == b"010" {
                derived.clone()
            } else {
                Value::Raw
            };
            fields.put("dex files", width, Role::Size, used);
            fields.put("size", 4, Role::Size, derived.clone());
            fields.put("compressed size", 4, Role::Size, derived);
            let content = Content::Encoded(Box::new(Zlib { size: size.into() }));
            let data = Part::member("dex files", Span::at(fields.at, packed), content);
            fields.parts.push(match profile && version == b"010" {
                true => data.read_as(Order::Fixed, move |bytes| dex_files(bytes, count)),
                false => data,
            });
        }
        Ok(Opened {
            format: "profile",
            order: Order::Fixed,
            parts: fields.parts,
        })
    }
}

/// Headers of all dex files, then the data of all.
fn dex_files(bytes: &Blob, count: usize) -> Result<Vec<Part>, Malformed> {
    let mut from = Reader::little(bytes);
    let mut fields = Fields::at(0);
    let mut sizes = Vec::new();
    for _ in 0..count {
        let start = from.at;
        let (length, classes) = (usize::from(from.u16()?), usize::from(from.u16()?));
        let (region, sum, methods) = (from.place()?, from.u32()?, from.place()?);
        let key = String::from_utf8_lossy(from.take(length)?).into_owned();
        let mut header = Fields::at(start);
        for (name, width) in [("length of name", 2), ("classes", 2), ("size of hot methods", 4)] {
            header.put(name, width, Role::Size, Value::Derived { valid: true });
        }
        // Of the dex file that lies beside the profile.
        header.put("checksum", 4, Role::Checksum, Value::Number(sum.into()));
        header.put("methods", 4, Role::Content, Value::Raw);
        header.put("name", length, Role::String, Value::Raw);
        let span = Span::new(start, header.at);
        fields
            .parts
            .push(Part::group(key.clone(), span, Order::Fixed, header.parts));
        sizes.push((key, region, classes, methods));
    }
    fields.at = from.at;
    for (key, region, classes, methods) in sizes {
        let bitmap = methods.checked_mul(2).map(|bits| bits.div_ceil(8));
        let bitmap = bitmap.ok_or_else(|| Malformed::at(fields.at, "a number of methods", "too many"))?;
        for (what, size) in [
            ("hot methods", region),
            ("classes", 2 * classes),
            ("methods at startup", bitmap),
        ] {
            from.take(size)?;
            fields.put(format!("{what} of {key}"), size, Role::Content, Value::Raw);
        }
    }
    Ok(fields.parts)
}
