//! DSSE envelopes (v1.0.0 of the specification): a payload, what it is, and who signed both.

use super::{
    Error, PAYLOAD_TYPE,
    key::Signer,
    strict::{self, Object},
};
use crate::{model::EnvelopeState, notation::clip};
use base64ct::{Base64, Base64Url, Encoding};
use serde::Deserialize;

/// Largest envelope that is read, in bytes.
pub const LIMIT: u64 = 16 << 20;
/// Most signatures of one envelope.
const SIGNATURES: usize = 8;

/// Characters of a text from elsewhere that a message holds.
const SHORT: usize = 120;

/// An envelope that was read; nothing of it is verified.
#[derive(Debug)]
pub struct Envelope {
    /// The payload's bytes.
    pub payload: Vec<u8>,
    /// What is signed: the payload and its type.
    pub signed: Vec<u8>,
    /// In the envelope's order.
    pub signatures: Vec<Signature>,
}

/// A signature, and which key is said to have made it. `keyid` is how a key is found, never a reason to believe.
#[derive(Debug)]
pub struct Signature {
    /// May be empty.
    pub keyid: String,
    /// As it stands there.
    pub bytes: Vec<u8>,
}

#[derive(Deserialize)]
struct Raw {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<Object<RawSignature>>,
}

#[derive(Deserialize)]
struct RawSignature {
    keyid: Option<String>,
    sig: String,
}

/// Why an envelope does not count.
pub type Refused = (EnvelopeState, String);

/// What is signed: "DSSEv1", then length and bytes of the type and of the payload.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

/// An envelope of an in-toto statement, as one line of JSON.
///
/// # Errors
/// It can't be written as JSON.
pub fn sign(payload: &[u8], signer: &Signer) -> Result<String, Error> {
    let signature = signer.sign(&pae(PAYLOAD_TYPE, payload));
    let envelope = serde_json::json!({
        "payloadType": PAYLOAD_TYPE,
        "payload": Base64::encode_string(payload),
        "signatures": [{"keyid": signer.id(), "sig": Base64::encode_string(&signature)}],
    });
    serde_json::to_string(&envelope)
        .map(|line| line + "\n")
        .map_err(|error| Error::failed(&error).because(error).about("the envelope"))
}

/// Reads an envelope of an in-toto statement.
///
/// # Errors
/// It is none: malformed, truncated, or of another payload.
pub fn read(bytes: &[u8]) -> Result<Envelope, Refused> {
    let malformed = |why: String| (EnvelopeState::Malformed, why);
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(format!("not UTF-8: {error}")))?;
    if text.trim_ascii().is_empty() {
        return Err((EnvelopeState::Truncated, "it is empty".to_owned()));
    }
    let Object(raw): Object<Raw> = strict::read(text).map_err(|error| {
        let state = match error.is_eof() {
            true => EnvelopeState::Truncated,
            false => EnvelopeState::Malformed,
        };
        (state, format!("no DSSE envelope: {}", cut(&error.to_string())))
    })?;
    if raw.payload_type != PAYLOAD_TYPE {
        return Err((
            EnvelopeState::WrongPayloadType,
            format!("its payload is {:?}, not {PAYLOAD_TYPE:?}", cut(&raw.payload_type)),
        ));
    }
    if raw.signatures.is_empty() || raw.signatures.len() > SIGNATURES {
        let count = raw.signatures.len();
        return Err(malformed(format!("{count} signatures, not 1 to {SIGNATURES}")));
    }
    let payload = decode(&raw.payload).ok_or_else(|| malformed("`payload` is not canonical base64".to_owned()))?;
    let signatures = raw.signatures.into_iter().map(|Object(signature)| {
        let bytes = decode(&signature.sig).ok_or_else(|| malformed("`sig` is not canonical base64".to_owned()))?;
        Ok(Signature {
            keyid: signature.keyid.unwrap_or_default(),
            bytes,
        })
    });
    Ok(Envelope {
        signatures: signatures.collect::<Result<_, Refused>>()?,
        signed: pae(&raw.payload_type, &payload),
        payload,
    })
}

/// Standard or URL-safe base64, with padding, of which there is only one way to write the same bytes.
fn decode(text: &str) -> Option<Vec<u8>> {
    let bytes = Base64::decode_vec(text).or_else(|_| Base64Url::decode_vec(text)).ok()?;
    (Base64::encode_string(&bytes) == text || Base64Url::encode_string(&bytes) == text).then_some(bytes)
}

/// A text from elsewhere, short enough for a message.
pub(super) fn cut(text: &str) -> String {
    clip(text, SHORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_as_the_specification_has_it() {
        // The example of the protocol's page.
        let signed = pae("http://example.com/HelloWorld", b"hello world");
        assert_eq!(signed, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
    }

    #[test]
    fn base64_has_one_way_to_write_it() {
        assert_eq!(decode("aGk="), Some(b"hi".to_vec()));
        assert_eq!(decode("_-8="), Some(vec![0xff, 0xef]));
        assert_eq!(decode("/+8="), Some(vec![0xff, 0xef]));
        for text in ["aGl=", "aGk", "aGk==", "aG k=", "aGk=\n", "/-8=", "a"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
