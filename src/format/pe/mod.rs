//! PE images (Microsoft's "PE Format"): headers, directories, sections, COFF symbols, DWARF of GNU's tools, certificates.

mod directories;
mod optional;
mod program;
mod space;
mod symbols;

use super::{
    Format,
    coff::{self, Section, isa},
    placed::Placed,
    sections::{Words, in_order, inside, time, used},
    structures::{need, refused},
};
use crate::model::{
    Blob, FormatId, Kind, Malformed, Of, Opened, Order, Part, Places, Pointer, Role, Space, Span, Value,
};
use goblin::pe::{
    certificate_table::{AttributeCertificate, AttributeCertificateType},
    header::{CoffHeader, DOS_STUB_OFFSET, DosHeader, PE_POINTER_OFFSET, SIZEOF_COFF_HEADER, SIZEOF_PE_MAGIC},
    optional_header::{MAGIC_32, MAGIC_64, SIZEOF_STANDARD_FIELDS_32, SIZEOF_STANDARD_FIELDS_64},
};
use program::Program;
use scroll::LE;
use std::sync::Arc;

/// Where the position of the PE header is, and what follows it.
const POINTER: usize = PE_POINTER_OFFSET as usize;
const STUB: usize = DOS_STUB_OFFSET as usize;

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
        DosHeader::parse(bytes).is_ok()
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        opened(bytes, None)
    }
    fn space(&self, bytes: &Blob) -> Option<Space> {
        with(bytes, space::space)?
    }
    fn links(&self, bytes: &Blob, space: &Space) -> Vec<Pointer> {
        with(bytes, |image| space::links(image, space)).unwrap_or_default()
    }
    fn open_at(&self, bytes: &Blob, places: &Arc<Places>, of: Of) -> Option<Opened> {
        let placed = Placed {
            places: places.clone(),
            of,
        };
        opened(bytes, Some(&placed)).ok()
    }
}

/// An image, for what asks how it is laid out.
fn with<T>(bytes: &Blob, ask: impl FnOnce(&space::Image<'_>) -> T) -> Option<T> {
    let head = Head::read(bytes).ok()?;
    let sections = coff::sections(bytes, head.table, &head.coff).ok()?;
    Some(ask(&head.image(bytes, &sections)))
}

/// The headers.
struct Head {
    signature: usize,
    header: usize,
    optional: usize,
    optional_size: usize,
    table: usize,
    coff: CoffHeader,
    wide: bool,
    base: u64,
}

impl Head {
    fn image<'i>(&self, bytes: &'i Blob, sections: &'i [Section]) -> space::Image<'i> {
        space::Image {
            bytes,
            sections,
            base: self.base,
            isa: isa(self.coff.machine),
            wide: self.wide,
        }
    }
    fn read(bytes: &Blob) -> Result<Self, Malformed> {
        let words = Words::new(bytes, false);
        let dos = DosHeader::parse(bytes).map_err(refused(0, "a DOS header"))?;
        let signature = dos.pe_pointer as usize;
        if signature < STUB {
            return Err(Malformed::at(
                POINTER,
                "a position behind the DOS header",
                signature.to_string(),
            ));
        }
        let header = signature + SIZEOF_PE_MAGIC;
        let optional = header + SIZEOF_COFF_HEADER;
        let coff: CoffHeader = need(bytes, header, LE, "a COFF header")?;
        let optional_size = usize::from(coff.size_of_optional_header);
        let table = inside(optional, optional_size, bytes.len())?.end;
        let wide = match need(bytes, optional, LE, "an optional header")? {
            MAGIC_32 => false,
            MAGIC_64 => true,
            other => return Err(Malformed::at(optional, "PE32 or PE32+", format!("{other:#x}"))),
        };
        // The Windows fields begin with it. An optional header may end early, which goblin refuses.
        let base = if wide {
            words.number(optional + SIZEOF_STANDARD_FIELDS_64, 8)?
        } else {
            words.number(optional + SIZEOF_STANDARD_FIELDS_32, 4)?
        };
        Ok(Self {
            signature,
            header,
            optional,
            optional_size,
            table,
            coff,
            wide,
            base,
        })
    }
}

/// The parts of an image, with addresses as places where these are known.
fn opened(bytes: &Blob, placed: Option<&Placed>) -> Result<Opened, Malformed> {
    let head = Head::read(bytes)?;
    let &Head {
        signature,
        header,
        optional,
        optional_size,
        table,
        ref coff,
        wide,
        base,
    } = &head;
    let isa = isa(coff.machine);
    let sections = coff::sections(bytes, table, coff)?;
    let image = head.image(bytes, &sections);
    let program = Program::of(&image, coff::strings(bytes, coff), placed);
    let directories = directories::read(bytes, optional, optional_size, wide)?;
    let fields = directories::fields(bytes, &directories, &sections)?;

    let mut regions = vec![
        Part::field("DOS header", Span::new(0, POINTER), Role::Structure, Value::Raw),
        used("e_lfanew", Span::new(POINTER, STUB), Role::Offset),
        Part::field("signature", Span::new(signature, header), Role::Structure, Value::Raw),
        coff::header(coff, header, fields.hashed),
        Part::group(
            "optional header",
            Span::new(optional, table),
            Order::Fixed,
            optional::parts(bytes, Span::new(optional, table), wide, &directories),
        ),
    ];
    regions.extend(stub(bytes, signature));
    let symbols = coff::symbols(bytes, coff)?;
    for (i, section) in sections.iter().enumerate() {
        regions.push(section.header(i, placed.map(|placed| (placed, base))));
        let span = section.span(bytes.len())?;
        let inside: Vec<Part> = fields.take(span);
        let parts = section.parts(bytes, span, base, isa, symbols.of(i), inside);
        let parts = program::read(&program, i, parts);
        regions.extend(match placed {
            Some(placed) => space::placed(placed, &image, section, parts),
            None => parts,
        });
    }
    let table = |part: Part| symbols::table(&program, part.span, &sections, base, sections.len());
    regions.extend(symbols.table.map(table));
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

/// Whether a certificate table is nothing but `WIN_CERTIFICATE` entries filled by signed data: behind it, payloads have been hidden
/// that the signature of the file does not cover.
fn signatures(table: &[u8]) -> bool {
    let mut at = 0;
    while at < table.len() {
        let start = at;
        let Ok(entry) = AttributeCertificate::parse(table, &mut at) else {
            return false;
        };
        // A DER sequence (X.690, 8.1.3) with two bytes of length, and zeros up to the alignment.
        let [0x30, 0x82, high, low, ..] = *entry.certificate else {
            return false;
        };
        let head = entry.length as usize - entry.certificate.len();
        let end = start + head + 4 + usize::from(u16::from_be_bytes([high, low]));
        let rest = table.get(end..at.min(table.len())).filter(|rest| rest.len() < 16);
        let signed = entry.certificate_type == AttributeCertificateType::PkcsSignedData;
        if !signed || rest.is_none_or(|rest| rest.iter().any(|&byte| byte != 0)) {
            return false;
        }
    }
    true
}

/// The DOS program, and Microsoft's list of the tools that made the objects (the "Rich" header).
fn stub(bytes: &Blob, end: usize) -> Vec<Part> {
    let stub = &bytes[STUB..end];
    let rich = memchr::memmem::rfind(stub, b"Rich").and_then(|rich| {
        let key: [u8; 4] = stub.get(rich + 4..rich + 8)?.try_into().ok()?;
        let mark: Vec<u8> = b"DanS".iter().zip(key).map(|(c, k)| c ^ k).collect();
        Some((memchr::memmem::find(&stub[..rich], &mark)?, rich + 8))
    });
    let part = |name: &'static str, from: usize, to: usize| {
        Part::field(name, Span::new(STUB + from, STUB + to), Role::Content, Value::Raw)
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
