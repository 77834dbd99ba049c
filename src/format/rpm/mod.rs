//! RPM packages, version 3 and 4 of their format: a lead, a header of signatures, the main header by its tags, and the payload. rpm's
//! manual, "RPM V4 Package format" and "RPM tags".

mod check;
mod data;
mod header;
mod tags;

use super::Format;
use crate::model::{Blob, Content, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use check::{Check, Payload};
use header::Header;
use std::sync::Arc;

/// An .rpm file.
pub struct Rpm;

const MAGIC: &[u8] = b"\xed\xab\xee\xdb";
const LEAD: usize = 96;

impl Format for Rpm {
    fn id(&self) -> FormatId {
        "rpm"
    }
    fn kind(&self) -> Kind {
        Kind::Package
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let signature = Header::read(bytes, LEAD, tags::SIGNATURE)?;
        // The main header begins at a multiple of eight.
        let from = signature.span.end;
        let main = Header::read(bytes, from + (8 - (from - LEAD) % 8) % 8, tags::MAIN)?;
        let payload = Span::new(main.span.end, bytes.len());
        let padding = Span::new(from, main.span.start);
        let valid = padding.of(bytes).iter().all(|&b| b == 0);
        let check = Check::of(bytes, &signature, &main);
        let decoder = Payload {
            package: bytes.clone(),
            check: check.clone(),
        };
        Ok(Opened {
            format: "rpm",
            order: Order::Fixed,
            parts: vec![
                Part::group("lead", Span::new(0, LEAD), Order::Fixed, lead()),
                group("signature", signature, check.clone()),
                Part::field("padding", padding, Role::Padding, Value::Derived { valid }),
                group("header", main, check),
                Part::member("payload", payload, Content::Encoded(Box::new(decoder))),
            ],
        })
    }
}

/// What `file` reads of a package; rpm itself takes its magic number only.
fn lead() -> Vec<Part> {
    let field = |name, from, to, role| Part::field(name, Span::new(from, to), role, Value::Raw);
    vec![
        field("magic", 0, 4, Role::Structure),
        field("version", 4, 6, Role::Structure),
        field("type", 6, 8, Role::Structure),
        field("architecture", 8, 10, Role::Structure),
        field("name", 10, 76, Role::Name),
        field("system", 76, 78, Role::Structure),
        field("signature type", 78, 80, Role::Structure),
        field("reserved", 80, 96, Role::Structure),
    ]
}

fn group(name: &'static str, header: Header, check: Check) -> Part {
    let (span, header) = (header.span, Arc::new(header));
    Part::lazy(name, span, Order::Fixed, move |bytes| {
        check.hold(bytes)?;
        Ok(data::parts(bytes, &header, &check))
    })
}
