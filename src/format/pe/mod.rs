//! PE images (Microsoft's "PE Format"): headers, directories, sections, COFF symbols, certificates.

mod directories;

use super::{
    Format,
    coff::{self, Section, isa},
    sections::{Words, fill, in_order, inside, time, used},
};
use crate::model::{Blob, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};

/// A PE image: `.exe`, `.dll`, `.sys`, `.efi`.
pub struct Pe;

impl Format for Pe {
    fn id(&self) -> FormatId {
        "pe"
    }
    fn kind(&self) -> Kind {
        Kind::Executable
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        let words = Words::new(bytes, false);
        bytes.starts_with(b"MZ")
            && words
                .position(0x3c, 4)
                .is_ok_and(|at| words.number(at, 4) == Ok(0x4550))
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let words = Words::new(bytes, false);
        let signature = words.position(0x3c, 4)?;
        if signature < 0x40 {
            return Err(Malformed::at(
                0x3c,
                "a position behind the DOS header",
                signature.to_string(),
            ));
        }
        let header = signature + 4;
        let optional = header + 20;
        let optional_size = words.position(header + 16, 2)?;
        let table = inside(optional, optional_size, bytes.len())?.end;
        let wide = match words.number(optional, 2)? {
            0x10b => false,
            0x20b => true,
            other => return Err(Malformed::at(optional, "PE32 or PE32+", format!("{other:#x}"))),
        };
        let isa = isa(words.number(header, 2)?);
        let base = if wide {
            words.number(optional + 24, 8)?
        } else {
            words.number(optional + 28, 4)?
        };
        let sections = coff::sections(words, table, words.position(header + 2, 2)?)?;
        let directories = directories::read(words, optional, optional_size, wide)?;
        let fields = directories::fields(words, &directories, &sections)?;

        let mut regions = vec![
            Part::field("DOS header", Span::new(0, 0x3c), Role::Structure, Value::Raw),
            used("e_lfanew", Span::at(0x3c, 4), Role::Offset),
            Part::field("signature", Span::at(signature, 4), Role::Structure, Value::Raw),
            Part::group(
                "COFF header",
                Span::at(header, 20),
                Order::Fixed,
                coff::header(words, header, fields.hashed)?,
            ),
            Part::group(
                "optional header",
                Span::new(optional, table),
                Order::Fixed,
                optional_header(bytes, optional, table, &directories)?,
            ),
        ];
        regions.extend(stub(bytes, signature));
        let symbols = coff::symbols(words, header)?;
        for (i, section) in sections.iter().enumerate() {
            regions.push(section.header(i));
            let span = section.span(bytes.len())?;
            let inside: Vec<Part> = fields.take(span);
            regions.extend(section.parts(bytes, span, base, isa, symbols.of(i), inside));
        }
        regions.extend(symbols.parts);
        if let Some(certificates) = directories.certificates {
            let span = inside(certificates.start, certificates.len(), bytes.len())?;
            let role = if signatures(&bytes[span.start..span.end]) {
                Role::Signature
            } else {
                Role::Content
            };
            regions.push(Part::field("certificate table", span, role, Value::Raw));
        }
        Ok(Opened {
            format: "pe",
            order: Order::Fixed,
            parts: in_order(regions)?,
        })
    }
}

/// Whether a certificate table is nothing but `WIN_CERTIFICATE` entries filled by signed data: behind it, payloads have been hidden
/// that the signature of the file does not cover.
fn signatures(table: &[u8]) -> bool {
    let mut rest = table;
    while !rest.is_empty() {
        let words = Words::new(rest, false);
        let (Ok(length), Ok(0x0002)) = (words.position(0, 4), words.number(6, 2)) else {
            return false;
        };
        let padded = length.checked_next_multiple_of(8).unwrap_or(usize::MAX).min(rest.len());
        let Some(entry) = rest.get(8..length).and_then(|_| rest.get(8..padded)) else {
            return false;
        };
        // A DER sequence (X.690, 8.1.3) with two bytes of length, and zeros up to the alignment.
        let [0x30, 0x82, high, low, ..] = *entry else {
            return false;
        };
        let end = 4 + usize::from(u16::from_be_bytes([high, low]));
        if end > entry.len() || entry.len() - end >= 16 || entry[end..].iter().any(|&byte| byte != 0) {
            return false;
        }
        rest = &rest[padded..];
    }
    true
}

/// Linker version and checksum have fields of their own; the position of the certificates is the only directory that is one.
fn optional_header(
    bytes: &Blob,
    start: usize,
    end: usize,
    directories: &directories::Directories,
) -> Result<Vec<Part>, Malformed> {
    let words = Words::new(bytes, false);
    let mut fields = vec![Part::field(
        "linker version",
        Span::at(start + 2, 2),
        Role::Version,
        Value::Raw,
    )];
    if end >= start + 68 {
        let valid = words.number(start + 64, 4)? == u64::from(checksum(bytes, start + 64));
        fields.push(Part::field(
            "checksum",
            Span::at(start + 64, 4),
            Role::Checksum,
            Value::Derived { valid },
        ));
    }
    if let (Some(at), Some(_)) = (directories.certificates_at, directories.certificates) {
        fields.push(used("certificate table position", Span::at(at, 4), Role::Offset));
        fields.push(used("certificate table size", Span::at(at + 4, 4), Role::Size));
    }
    let mut parts = fill(Span::new(start, end), fields, Role::Structure);
    for (i, part) in parts.iter_mut().enumerate() {
        if part.name == "data" {
            part.name = format!("fields {i}").into();
        }
    }
    Ok(parts)
}

/// The DOS program, and Microsoft's list of the tools that made the objects (the "Rich" header).
fn stub(bytes: &Blob, end: usize) -> Vec<Part> {
    let stub = &bytes[0x40..end];
    let rich = memchr::memmem::rfind(stub, b"Rich").and_then(|rich| {
        let key: [u8; 4] = stub.get(rich + 4..rich + 8)?.try_into().ok()?;
        let mark: Vec<u8> = b"DanS".iter().zip(key).map(|(c, k)| c ^ k).collect();
        Some((memchr::memmem::find(&stub[..rich], &mark)?, rich + 8))
    });
    let part = |name: &'static str, from: usize, to: usize| {
        Part::field(name, Span::new(0x40 + from, 0x40 + to), Role::Content, Value::Raw)
    };
    match rich {
        Some((from, to)) => vec![
            part("DOS program", 0, from),
            part("Rich header", from, to),
            part("before the signature", to, stub.len()),
        ],
        None => vec![part("DOS program", 0, stub.len())],
    }
}

/// `CheckSum`: the sum of all 16-bit words with the carry added back, the field itself taken as zero, plus the file's length.
fn checksum(bytes: &[u8], field: usize) -> u32 {
    let mut sum = 0u64;
    for (i, pair) in bytes.chunks(2).enumerate() {
        if i * 2 == field || i * 2 == field + 2 {
            continue;
        }
        sum += u64::from(pair[0]) | u64::from(pair.get(1).copied().unwrap_or(0)) << 8;
    }
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    u32::try_from((sum + bytes.len() as u64) & 0xffff_ffff).unwrap_or_default()
}
