//! Texts signed with OpenPGP in the clear, and signatures in armour of their own (RFC 9580, 6 and 7): the text by itself, the signature as
//! a signature.

use super::Format;
use crate::model::{Blob, Content, FormatId, Kind, Malformed, Opened, Order, Part, Role, Span, Value};
use memchr::memmem;

/// A signed text, or a signature.
pub struct Pgp;

const MESSAGE: &[u8] = b"-----BEGIN PGP SIGNED MESSAGE-----\n";
const SIGNATURE: &[u8] = b"-----BEGIN PGP SIGNATURE-----\n";
const END: &[u8] = b"\n-----END PGP SIGNATURE-----\n";

impl Format for Pgp {
    fn id(&self) -> FormatId {
        "pgp"
    }
    fn kind(&self) -> Kind {
        Kind::Data
    }
    fn detect(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(MESSAGE) || bytes.starts_with(SIGNATURE)
    }
    fn open(&self, bytes: &Blob) -> Result<Opened, Malformed> {
        let mut parts = Vec::new();
        let mut at = 0;
        if bytes.starts_with(MESSAGE) {
            // Headers end with an empty line; the last line's end is none of the message.
            let head =
                memmem::find(bytes, b"\n\n").ok_or_else(|| Malformed::truncated(bytes.len(), "an empty line"))? + 2;
            let end = memmem::rfind(bytes, SIGNATURE).filter(|&end| end > head && bytes[end - 1] == b'\n');
            at = end.ok_or_else(|| Malformed::truncated(bytes.len(), "a signature behind the message"))?;
            parts.push(Part::field("armour", Span::new(0, head), Role::Structure, Value::Raw));
            parts.push(Part::wrapped(Span::new(head, at - 1), "", Content::Stored));
            parts.push(Part::field(
                "end of message",
                Span::at(at - 1, 1),
                Role::Structure,
                Value::Raw,
            ));
        }
        let end = memmem::find(&bytes[at..], END).map(|length| at + length + END.len());
        let end = end.ok_or_else(|| Malformed::truncated(bytes.len(), "the end of the signature"))?;
        parts.push(Part::field(
            "signature",
            Span::new(at, end),
            Role::Signature,
            Value::Raw,
        ));
        Ok(Opened {
            format: "pgp",
            order: Order::Fixed,
            parts,
        })
    }
}
