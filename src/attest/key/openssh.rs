//! OpenSSH's files: PROTOCOL.key for secret keys, PROTOCOL.sshsig for signatures.

use super::{Kind, MAKE, Password, encrypted};
use crate::{attest::NAMESPACE, bytes::Error};
use ed25519_dalek::{Signer as _, SigningKey};
use ssh_key::{
    Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, Signature, SshSig,
    public::{Ed25519PublicKey, KeyData},
};
use zeroize::Zeroizing;

/// A secret key from the text of its file.
pub(super) fn secret(text: &str, password: Password<'_>) -> Result<(SigningKey, Kind), Error> {
    let head = text.trim_start().lines().next().unwrap_or_default();
    if !head.contains("OPENSSH PRIVATE KEY") {
        let what = head.trim_matches(['-', ' ']).trim_start_matches("BEGIN ");
        return Err(Error::malformed(format!(
            "{what:?} is not an ed25519 key in OpenSSH's format: {MAKE}"
        )));
    }
    let key = PrivateKey::from_openssh(text).map_err(|error| {
        Error::malformed(format!(
            "no ed25519 key that can be read ({error}); keys of security keys and other kinds can't be used: {MAKE}"
        ))
        .because(error)
    })?;
    let kind = key.algorithm();
    if kind != Algorithm::Ed25519 {
        return Err(Error::malformed(format!(
            "a key of kind {kind}; only ed25519 is used: {MAKE}"
        )));
    }
    let key = match key.is_encrypted() {
        true => key
            .decrypt(password().ok_or_else(encrypted)?.as_bytes())
            .map_err(|_| Error::refused("wrong password for that key, or the key is damaged"))?,
        false => key,
    };
    let pair = key
        .key_data()
        .ed25519()
        .ok_or_else(|| Error::malformed("no ed25519 key"))?;
    let signing = SigningKey::from_bytes(&Zeroizing::new(pair.private.to_bytes()));
    if signing.verifying_key().as_bytes() != &pair.public.0 {
        return Err(Error::malformed("the public half does not belong to the secret one"));
    }
    Ok((signing, Kind::OpenSsh))
}

/// A public key from its line.
pub(super) fn public(line: &str) -> Result<[u8; 32], Error> {
    let kind = line.split(' ').next().unwrap_or_default();
    if kind != "ssh-ed25519" {
        return Err(Error::malformed(format!(
            "a key of kind {kind:?}; only ssh-ed25519 is used"
        )));
    }
    let key = PublicKey::from_openssh(line).map_err(|error| {
        Error::malformed(&error)
            .because(error)
            .about("no public key of OpenSSH")
    })?;
    key.key_data()
        .ed25519()
        .map(|key| key.0)
        .ok_or_else(|| Error::malformed("no ed25519 key"))
}

/// An SSHSIG.
pub(super) fn detached(key: &SigningKey, bytes: &[u8]) -> Result<String, Error> {
    let failed = |error: ssh_key::Error| Error::failed(&error).because(error).about("the signature");
    let signed = SshSig::signed_data(NAMESPACE, HashAlg::Sha512, bytes).map_err(failed)?;
    let signature = Signature::new(Algorithm::Ed25519, key.sign(&signed).to_bytes().to_vec()).map_err(failed)?;
    let public = KeyData::Ed25519(Ed25519PublicKey(key.verifying_key().to_bytes()));
    SshSig::new(public, NAMESPACE, HashAlg::Sha512, signature)
        .and_then(|made| made.to_pem(LineEnding::LF))
        .map_err(failed)
}
