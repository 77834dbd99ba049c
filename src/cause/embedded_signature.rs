//! embedded-signature

use super::{Advice, Cause, Survey};
use crate::model::{CauseId, Change, Confidence, Difference, Evidence, Role, Span};

/// Signatures over the rest of an artifact.
pub struct EmbeddedSignature;

impl Cause for EmbeddedSignature {
    fn id(&self) -> CauseId {
        "embedded-signature"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A signature is part of the artifact.",
            why: "Signatures over changed bytes change, most schemes draw a number for each, and only the holder of the key can make them.",
            fix: "compare the artifacts without their signatures; make the detached signature an input of the build",
            references: &["https://reproducible-builds.org/docs/embedded-signatures/"],
        }
    }
    fn examine(&self, difference: &Difference, survey: &Survey) -> Option<Evidence> {
        let evidence = if difference.role == Role::Signature {
            Evidence::whole(difference)
        } else if difference.both() && certificate(difference) {
            Evidence::whole(difference).with(Confidence::Likely)
        } else {
            appended(difference)?
        };
        Some(
            if survey.places.substance(difference) && difference.role == Role::Signature {
                evidence.following()
            } else {
                evidence
            },
        )
    }
}

/// A signature block of a jar: PKCS #7 signed data (RFC 2315, 9.1) under its name.
fn certificate(difference: &Difference) -> bool {
    let name = difference.place().to_ascii_uppercase();
    let named = name.contains("META-INF/") && [".RSA", ".DSA", ".EC"].iter().any(|end| name.ends_with(end));
    let signed = |unit: &[u8]| {
        unit.first() == Some(&0x30)
            && unit
                .get(..24.min(unit.len()))
                .is_some_and(|head| memchr::memmem::find(head, SIGNED_DATA).is_some())
    };
    named && difference.name().is_empty() && signed(&difference.a.unit) && signed(&difference.b.unit)
}

/// Object identifier 1.2.840.113549.1.7.2.
const SIGNED_DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// What the kernel's sign-file puts behind a module: the signature, 12 bytes about it, and a magic line (`struct module_signature`).
fn appended(difference: &Difference) -> Option<Evidence> {
    const MAGIC: &[u8] = b"~Module signature appended~\n";
    let of = |unit: &[u8]| -> Option<Span> {
        let end = unit.strip_suffix(MAGIC)?.len();
        let about = unit.get(end.checked_sub(12)?..end)?;
        let length = u32::from_be_bytes(about.get(8..12)?.try_into().ok()?);
        let start = end.checked_sub(12)?.checked_sub(usize::try_from(length).ok()?)?;
        Some(Span::new(start, unit.len()))
    };
    let claim = Change {
        a: of(&difference.a.unit)?,
        b: of(&difference.b.unit)?,
    };
    Evidence::likely(vec![claim])
}
