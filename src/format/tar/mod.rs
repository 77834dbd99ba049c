//! tar: v7, ustar (POSIX.1-1988), GNU and pax (POSIX.1-2001), read from the raw 512-byte headers. POSIX.1-2017, `pax`, "Extended
//! Description"; GNU tar's manual, "Basic Tar Format".

mod header;
mod number;
mod pax;

use super::{
    Format,
    names::{self, Listed},
    oci,
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use header::Dialect;
use number::{loose, strict};
use pax::Globals;
pub(super) use pax::seconds;

/// A tar archive.
pub struct Tar;

const BLOCK: usize = 512;
/// What the signatures of an Alpine package are called, which are of the key that the rest of the name tells.
const SIGNATURE: &str = ".SIGN.";

impl Format for Tar {
    fn id(&self) -> FormatId {
        "tar"
    }
    fn kind(&self) -> Kind {
        Kind::Archive
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        // Also a v7 header, which has no magic, if its checksum is right.
        bytes.len() >= BLOCK && header::checksum(&bytes[..BLOCK])
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let mut parts: Vec<Part> = Vec::new();
        let mut listed = Vec::new();
        let mut globals = Globals::default();
        let mut at = 0;
        while header_at(bytes, at).is_some() {
            let entry = Entry::read(bytes, at, &globals)?;
            let (span, name) = (Span::new(at, entry.end), entry.name(bytes, &globals));
            let size = globals.size;
            listed.push(entry.listed(&name, parts.is_empty()));
            if let Some(header) = entry.headers.iter().find(|h| h.kind == b'g') {
                globals.read(bytes, header.data)?;
            }
            // Most entries of two builds are equal: only the others are taken apart.
            parts.push(Part::lazy(name, span, Order::Fixed, move |bytes| {
                let globals = Globals { size, path: None };
                Entry::read(bytes, span.start, &globals)?.fields(bytes)
            }));
            at = entry.end;
        }
        let named = images(bytes, &mut parts);
        if at < bytes.len() {
            // Two zero blocks, or as many as fill a record of 20: that follows from the size. Anything else must be seen.
            let filled = bytes.len() - at == 2 * BLOCK || bytes.len().is_multiple_of(20 * BLOCK);
            let zero = filled && bytes[at..].iter().all(|&b| b == 0);
            let (role, value) = if zero {
                (Role::Padding, Value::Derived { valid: true })
            } else {
                (Role::Content, Value::Raw)
            };
            parts.push(Part::field("end", Span::new(at, bytes.len()), role, value));
        }
        Ok(Opened {
            format: "tar",
            order: match names::order(listed.into_iter()) {
                Order::Members if named => Order::Named,
                order => order,
            },
            parts,
        })
    }
}

/// Calls the blobs of container images by what they are used for. Whether there are some, and the members are sorted by their names.
fn images(bytes: &Blob, parts: &mut [Part]) -> bool {
    let name = |part: &Part| part.name.strip_prefix("./").unwrap_or(&part.name).to_owned();
    if !parts.iter().any(|part| oci::marks(&part.name)) {
        return false;
    }
    let names: Vec<String> = parts.iter().map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let read = |i: usize| {
        let entry = Entry::read(bytes, parts[i].span.start, &Globals::default()).ok()?;
        Some(bytes.slice(entry.headers.last()?.data))
    };
    let sorted = names.is_sorted();
    let uses = oci::uses(&names, &read);
    let named = sorted && !uses.is_empty();
    for (i, used) in uses {
        let span = parts[i].span;
        let label = used.label.unwrap_or_else(|| parts[i].name.to_string());
        let reader = used.must.reader();
        let entry = Part::lazy(label, span, Order::Fixed, move |bytes| {
            let mut fields = Entry::read(bytes, span.start, &Globals::default())?.fields(bytes)?;
            fields.iter_mut().for_each(|field| field.set_reader(&reader));
            Ok(fields)
        });
        parts[i] = entry.of(used.kin);
    }
    named
}

/// The files of an archive, by name, and where their bytes lie.
pub(super) fn files(bytes: &Blob) -> Result<Vec<(String, Span)>, Malformed> {
    let globals = Globals::default();
    let (mut files, mut at) = (Vec::new(), 0);
    while header_at(bytes, at).is_some() {
        let entry = Entry::read(bytes, at, &globals)?;
        let data = entry
            .headers
            .last()
            .filter(|header| matches!(header.kind, 0 | b'0' | b'7'));
        let name = entry.name(bytes, &globals);
        let name = name.strip_prefix("./").unwrap_or(&name);
        files.extend(data.map(|header| (name.to_owned(), header.data)));
        at = entry.end;
    }
    Ok(files)
}

/// The block at `at`, unless the archive ends there.
fn header_at(bytes: &[u8], at: usize) -> Option<&[u8]> {
    bytes
        .get(at..at.checked_add(BLOCK)?)
        .filter(|block| block.iter().any(|&b| b != 0))
}

/// One header of an entry and the data that it announces.
struct Header {
    at: usize,
    kind: u8,
    /// Blocks behind the header that continue GNU's sparse map.
    sparse: Span,
    data: Span,
    /// Where the next header stands.
    end: usize,
    /// The size field is the length of `data`.
    size_valid: bool,
}

impl Header {
    /// A header that speaks of the next one.
    fn extends(&self) -> bool {
        matches!(self.kind, b'x' | b'X' | b'L' | b'K')
    }
}

/// One entry: the headers that extend it (pax `x`, GNU `L` and `K`) and its own. A global header (`g`) is an entry of its own.
struct Entry {
    headers: Vec<Header>,
    /// Of the pax headers and the long names.
    path: Option<Vec<u8>>,
    /// Other records may name it.
    renamed: bool,
    size: Option<u64>,
    end: usize,
}

impl Entry {
    fn read(bytes: &Blob, start: usize, globals: &Globals) -> Result<Self, Malformed> {
        let mut entry = Self {
            headers: Vec::new(),
            path: None,
            renamed: false,
            size: globals.size,
            end: start,
        };
        while let Some(block) = header_at(bytes, entry.end) {
            let at = entry.end;
            if !header::checksum(block) {
                return Err(Malformed::at(at + 148, "the header's checksum", "another number"));
            }
            let kind = block[156];
            let stored = loose(&block[124..136]).ok_or_else(|| Malformed::at(at + 124, "a size", "no number"))?;
            let size = match kind {
                // Links, devices and folders have no data, whatever their size says (old GNU tar wrote sizes for hard links).
                b'1'..=b'6' => 0,
                b'x' | b'X' | b'g' | b'L' | b'K' => stored,
                _ => entry.size.unwrap_or(stored),
            };
            let sparse = sparse(bytes, block, at)?;
            let length = usize::try_from(size)
                .ok()
                .filter(|&length| length <= bytes.len() - sparse.end)
                .ok_or_else(|| Malformed::truncated(bytes.len(), format!("{size} bytes of data")))?;
            let data = Span::at(sparse.end, length);
            // The last block may be cut short.
            let end = data.start + length.next_multiple_of(BLOCK);
            let header = Header {
                at,
                kind,
                sparse,
                data,
                end: end.min(bytes.len()),
                size_valid: strict(&block[124..136]) == Some(size),
            };
            entry.end = header.end;
            match kind {
                b'x' | b'X' => {
                    for record in pax::records(bytes, data)? {
                        match record.key(bytes) {
                            b"path" => entry.path = record.text(bytes),
                            key if key.starts_with(b"GNU.sparse.") => entry.renamed = true,
                            b"size" => entry.size = record.number(bytes),
                            _ => {}
                        }
                    }
                }
                b'L' => entry.path = Some(until_nul(&bytes[data.start..data.end]).to_vec()),
                _ => {}
            }
            let last = !header.extends();
            entry.headers.push(header);
            if last {
                break;
            }
        }
        Ok(entry)
    }

    fn name(&self, bytes: &[u8], globals: &Globals) -> String {
        let Some(header) = self.headers.last().filter(|h| !h.extends()) else {
            return "extended header".to_owned();
        };
        if header.kind == b'g' {
            return "pax global header".to_owned();
        }
        let path = self.path.as_ref().or(globals.path.as_ref());
        let path = path.cloned().unwrap_or_else(|| header::name(&bytes[header.at..]));
        String::from_utf8_lossy(&path).into_owned()
    }

    /// What its place means. A global header that stands first speaks of all members, wherever they stand; a hard link needs its target
    /// before it.
    fn listed(&self, name: &str, first: bool) -> Listed {
        match self.headers.last().map(|header| header.kind) {
            Some(b'g') if first => Listed::Plain("pax global header".to_owned()),
            Some(b'2') => Listed::Link(name.to_owned()),
            // Also those that only some readers know: they speak of other members.
            kind if !matches!(kind, Some(0 | b'0' | b'3'..=b'7')) => Listed::Bound,
            // The name that GNU tar gives a sparse file stands in records of its own.
            _ if self.renamed => Listed::Bound,
            // The signature of an Alpine package, which stands first.
            _ if name.starts_with(SIGNATURE) || name == ".PKGINFO" => Listed::Bound,
            Some(b'5') if !name.ends_with('/') => Listed::Plain(format!("{name}/")),
            _ => Listed::Plain(name.to_owned()),
        }
    }

    fn fields(&self, bytes: &Blob) -> Result<Vec<Part>, Malformed> {
        let last = self.headers.last();
        // Who owns a set-id file decides what it may do: there, and for all files at once, the owner is no value among others.
        let grants = last.is_none_or(|h| {
            let mode = strict(&bytes[h.at + 100..h.at + 108]);
            h.kind == b'g' || mode.is_none_or(|mode| mode & 0o6000 != 0)
        });
        let size = last.filter(|h| h.kind != b'g').map(|h| h.data.len() as u64);
        let mut fields = Vec::new();
        for header in &self.headers {
            let prefix = if header.extends() || header.kind == b'g' {
                "extended "
            } else {
                ""
            };
            header::fields(bytes, header, prefix, grants, &mut fields);
            if !header.sparse.is_empty() {
                fields.push(Part::field("sparse map", header.sparse, Role::Structure, Value::Raw));
            }
            match header.kind {
                b'x' | b'X' | b'g' => {
                    for record in pax::records(bytes, header.data)? {
                        fields.extend(record.fields(bytes, grants, size));
                    }
                }
                b'L' => fields.push(Part::field("long name", header.data, Role::Name, Value::Raw)),
                b'K' => fields.push(Part::field("long name", header.data, Role::Link, Value::Raw)),
                _ if header.data.is_empty() => {}
                _ if header::name(&bytes[header.at..]).starts_with(SIGNATURE.as_bytes()) => {
                    fields.push(Part::field("", header.data, Role::Signature, Value::Raw));
                }
                _ => fields.push(Part::stored("", header.data)),
            }
            // Also where it is empty: whether there is any follows from the size.
            let padding = Span::new(header.data.end, header.end);
            let valid = bytes[padding.start..padding.end].iter().all(|&b| b == 0);
            let name = format!("{prefix}padding");
            fields.push(Part::field(name, padding, Role::Padding, Value::Derived { valid }));
        }
        Ok(fields)
    }
}

/// The blocks of 21 entries that continue the sparse map of an old GNU header, as long as each says that one more follows.
fn sparse(bytes: &[u8], block: &[u8], at: usize) -> Result<Span, Malformed> {
    let mut span = Span::at(at + BLOCK, 0);
    let mut more = block[156] == b'S' && Dialect::of(block) == Dialect::Gnu && block[482] != 0;
    while more {
        let next = bytes.get(span.end..span.end + BLOCK);
        let next = next.ok_or_else(|| Malformed::truncated(bytes.len(), "more of the sparse map"))?;
        more = next[504] != 0;
        span.end += BLOCK;
    }
    Ok(span)
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    &bytes[..memchr::memchr(0, bytes).unwrap_or(bytes.len())]
}
