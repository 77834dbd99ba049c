//! Minisign's files, <https://jedisct1.github.io/minisign/>: two lines, the second the base64 of a fixed layout.

use super::{Kind, MAKE, Password, encrypted};
use crate::bytes::Error;
use base64ct::{Base64, Encoding};
use ed25519_dalek::SigningKey;
use minisign::{PublicKey, SecretKey, SecretKeyBox};
use zeroize::Zeroizing;

/// Bytes of a secret key: three algorithms, salt, two limits, key number, key pair, checksum.
const SECRET: usize = 2 + 2 + 2 + 32 + 8 + 8 + 8 + 64 + 32;
/// Where the key pair lies in it.
const PAIR: usize = 2 + 2 + 2 + 32 + 8 + 8 + 8;
/// Bytes of a public key: algorithm, key number, key.
const PUBLIC: usize = 2 + 8 + 32;

/// A secret key from the text of its file.
pub(super) fn secret(text: &str, password: Password<'_>) -> Result<(SigningKey, Kind), Error> {
    let line = text.lines().nth(1).unwrap_or_default().trim();
    let raw = Zeroizing::new(Base64::decode_vec(line).map_err(|_| Error::malformed("the second line is not base64"))?);
    match raw.len() {
        SECRET => {}
        PUBLIC => return Err(Error::malformed("a public key: give the secret one, minisign.key")),
        other => {
            return Err(Error::malformed(format!(
                "a secret key of minisign has {SECRET} bytes, this has {other}"
            )));
        }
    }
    if raw.get(..2) != Some(b"Ed") {
        return Err(Error::malformed(format!("no ed25519 key of minisign: {MAKE}")));
    }
    let kept = |text: &str| SecretKeyBox::from(text.to_owned());
    let checked = raw
        .get(PAIR + 64..)
        .is_some_and(|checksum| checksum.iter().any(|byte| *byte != 0));
    let key = if raw.get(2..4) != Some(&[0, 0]) {
        let password = password().ok_or_else(encrypted)?;
        kept(text).into_secret_key(Some(String::clone(&password)))
    } else if checked {
        kept(text).into_unencrypted_secret_key()
    } else {
        // `minisign -G -W` writes no checksum; the two halves are checked below.
        SecretKey::from_bytes(&raw)
    };
    let key = key.map_err(|error| Error::malformed(&error).because(error))?;
    let raw = Zeroizing::new(key.to_bytes());
    let pair = raw
        .get(PAIR..PAIR + 64)
        .and_then(|pair| <&[u8; 64]>::try_from(pair).ok());
    let pair = pair.and_then(|pair| SigningKey::from_keypair_bytes(pair).ok());
    let pair = pair.ok_or_else(|| Error::malformed("the public half does not belong to the secret one"))?;
    Ok((pair, Kind::Minisign(Box::new(key))))
}

/// A public key from its line.
pub(super) fn public(line: &str) -> Result<[u8; 32], Error> {
    let wrong = || Error::malformed("no public key: give minisign's line, as RWQ…, or `ssh-ed25519 AAAA…`");
    let raw = PublicKey::from_base64(line).map_err(|_| wrong())?.to_bytes();
    let key = raw.strip_prefix(b"Ed").and_then(|raw| raw.get(8..));
    key.and_then(|key| key.try_into().ok()).ok_or_else(wrong)
}

/// A `.minisig`. Minisign hedges its signatures with randomness: two of the same bytes differ, and both are right.
pub(super) fn detached(key: &SecretKey, bytes: &[u8]) -> Result<String, Error> {
    let made = minisign::sign(
        None,
        key,
        bytes,
        Some("in-toto statement"),
        Some("signature of repro attest"),
    );
    made.map(|made| made.to_string())
        .map_err(|error| Error::failed(&error).because(error))
}
