//! embedded-signature

use super::{Advice, Case, Cause, openpgp};
use crate::model::{CauseId, Change, Evidence, Role, Side, Span, Value};
use cms::{
    cert::{
        CertificateChoices,
        x509::{Certificate, der::Decode, name::Name},
    },
    content_info::ContentInfo,
    signed_data::SignedData,
};

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
    fn variations(&self) -> &'static [&'static str] {
        &["random", "time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if !case.both() {
            return lone(case);
        }
        let (evidence, a, b) = if case.role == Role::Signature || jar(case) {
            (Evidence::whole(case), by(&case.a), by(&case.b))
        } else {
            let (x, y) = (appended(case, &case.a.unit)?, appended(case, &case.b.unit)?);
            let of = |unit: &[u8], span: Span| signer(unit.get(span.start..span.end - TRAILER - MAGIC.len())?);
            let (a, b) = (of(&case.a.unit, x), of(&case.b.unit, y));
            (Evidence::likely(vec![Change { a: x, b: y }])?, a, b)
        };
        // Nobody but the signer can make it again, so nothing is derived; a signer of another name made another artifact.
        let evidence = match (a, b) {
            (Some(a), Some(b)) if a == b => evidence,
            _ => evidence.hint(),
        };
        Some(
            match case.role == Role::Signature && case.survey.places.substance(case) {
                true => evidence.following(),
                false => evidence,
            },
        )
    }
}

/// A signature that only one side has: it adds nothing to what it signs.
fn lone(case: &Case<'_>) -> Option<Evidence> {
    let present = if case.a.present { &case.a } else { &case.b };
    let signature = case.role == Role::Presence && matches!(present.value, Value::Signed { .. });
    signature.then(|| Evidence::whole(case))
}

/// Who signed a side.
fn by(side: &Side) -> Option<Vec<Who>> {
    match &side.value {
        Value::Signed { by } => Some(by.iter().map(|part| who(part)).collect()),
        _ => signer(&side.unit),
    }
}

/// Somebody who signs.
#[derive(PartialEq)]
enum Who {
    /// The names of a certificate.
    Name(Name, Name),
    /// The id of an OpenPGP key.
    Key([u8; 8]),
    /// Something else.
    Other(Vec<u8>),
}

fn who(part: &[u8]) -> Who {
    match Certificate::from_der(part) {
        Ok(certificate) => {
            let known = certificate.tbs_certificate;
            Who::Name(known.issuer, known.subject)
        }
        Err(_) => Who::Other(part.to_vec()),
    }
}

/// A signature block of a jar, by its name.
fn jar(case: &Case<'_>) -> bool {
    let name = case.place().to_ascii_uppercase();
    let named = name.contains("META-INF/") && [".RSA", ".DSA", ".EC"].iter().any(|end| name.ends_with(end));
    named && case.name().is_empty() && case.role == Role::Content
}

/// Who signed; nothing unless a signature fills the bytes.
fn signer(bytes: &[u8]) -> Option<Vec<Who>> {
    let key = openpgp::issuer(bytes).map(|key| vec![Who::Key(key)]);
    key.or_else(|| certificates(bytes))
}

/// The names of the certificates that come along (RFC 5652, 5.1); none of a signature whose certificate its readers have.
fn certificates(bytes: &[u8]) -> Option<Vec<Who>> {
    // The table of a PE file: length, revision and kind before it, zeros up to eight bytes behind it.
    let bytes = match bytes.get(..8) {
        Some(&[a, b, c, d, 0, 2, 2, 0]) => {
            let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?;
            let padding = bytes.get(length..)?;
            let zeros = padding.len() < 8 && padding.iter().all(|&byte| byte == 0);
            zeros.then(|| bytes.get(8..length))??
        }
        _ => bytes,
    };
    let bare = bytes.len() - bytes.iter().rev().take(7).take_while(|&&byte| byte == 0).count();
    let info = ContentInfo::from_der(bytes).or_else(|_| ContentInfo::from_der(bytes.get(..bare).unwrap_or_default()));
    let data: SignedData = info.ok()?.content.decode_as().ok()?;
    if data.signer_infos.0.is_empty() {
        return None;
    }
    let names = data
        .certificates
        .iter()
        .flat_map(|set| set.0.iter())
        .map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => {
                let known = &certificate.tbs_certificate;
                Some(Who::Name(known.issuer.clone(), known.subject.clone()))
            }
            CertificateChoices::Other(_) => None,
        });
    names.collect()
}

const MAGIC: &[u8] = b"~Module signature appended~\n";
/// `struct module_signature`
const TRAILER: usize = 12;

/// What the kernel's sign-file puts behind a module: the signature, 12 bytes about it, and a magic line. Only behind a relocatable object: a
/// program may read what is behind its end.
fn appended(case: &Case<'_>, unit: &[u8]) -> Option<Span> {
    let container = case.survey.container(case)?;
    let module = |bytes: &[u8]| bytes.starts_with(b"\x7fELF") && matches!(bytes.get(16..18), Some([1, 0] | [0, 1]));
    if !module(&container.a) || !module(&container.b) {
        return None;
    }
    let end = unit.strip_suffix(MAGIC)?.len();
    let about = unit.get(end.checked_sub(TRAILER)?..end)?;
    let length = u32::from_be_bytes(about.get(8..12)?.try_into().ok()?);
    let start = end.checked_sub(TRAILER)?.checked_sub(usize::try_from(length).ok()?)?;
    Some(Span::new(start, unit.len()))
}
