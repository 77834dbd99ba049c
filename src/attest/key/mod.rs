//! Ed25519 keys, as minisign and OpenSSH keep them.

mod minisign;
mod openssh;

use super::Error;
use crate::bytes::digest::Algorithm;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use std::{
    fs::File,
    io::{self, Read as _},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};
use zeroize::Zeroizing;

/// Largest key file that is read, in bytes.
const LIMIT: u64 = 64 << 10;
/// What to do when a key is of no use.
const MAKE: &str = "make one with `minisign -G` or `ssh-keygen -t ed25519`";

/// A secret key. It is wiped from memory when it goes.
pub struct Signer {
    key: SigningKey,
    id: String,
    kind: Kind,
}

enum Kind {
    /// The crate's own form, which makes minisign's signatures.
    Minisign(Box<::minisign::SecretKey>),
    OpenSsh,
}

/// Gives the password; only asked of a key that is encrypted.
pub type Password<'a> = &'a dyn Fn() -> Option<Zeroizing<String>>;

impl Signer {
    /// Reads a secret key: minisign's or OpenSSH's, encrypted or not. The second part is a warning.
    ///
    /// # Errors
    /// It can't be read, is no ed25519 key, or the password is wrong or not there. No message holds a part of a key or password.
    pub fn read(path: &Path, password: Password<'_>) -> Result<(Self, Option<String>), Error> {
        let failed = |error: io::Error| Error::at(path, &error);
        let file = File::open(path).map_err(failed)?;
        let found = file.metadata().map_err(failed)?;
        let mode = found.permissions().mode() & 0o777;
        let warning = (found.is_file() && mode & 0o077 != 0).then(|| {
            format!(
                "{}: others can use this key (mode {mode:04o}): chmod 600 it",
                path.display()
            )
        });
        // Room for all of it, so that no shorter copy is left behind in memory.
        let mut text = Zeroizing::new(String::with_capacity(LIMIT as usize + 1));
        let size = file
            .take(LIMIT + 1)
            .read_to_string(&mut text)
            .map_err(|error| match error.kind() {
                io::ErrorKind::InvalidData => {
                    Error::malformed(format!("not text, so not a secret key: {MAKE}")).of(path)
                }
                _ => failed(error),
            })?;
        if size as u64 > LIMIT {
            return Err(Error::malformed("too large for a secret key").of(path));
        }
        let signer = Self::parse(&text, password).map_err(|error| error.of(path))?;
        Ok((signer, warning))
    }

    fn parse(text: &str, password: Password<'_>) -> Result<Self, Error> {
        let (key, kind) = if text.starts_with("untrusted comment:") {
            minisign::secret(text, password)?
        } else if text.trim_start().starts_with("-----BEGIN") {
            openssh::secret(text, password)?
        } else {
            return Err(Error::malformed(format!(
                "neither a secret key of minisign nor one of OpenSSH: {MAKE}"
            )));
        };
        let id = id(&key.verifying_key());
        Ok(Self { key, id, kind })
    }

    /// The key's id, see [`id`].
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The signature of some bytes, by RFC 8032.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign(bytes).to_bytes()
    }

    /// A signature of a file that the key's own tools verify: what its name ends in, and its text.
    ///
    /// # Errors
    /// The signature can't be made.
    pub fn detached(&self, bytes: &[u8]) -> Result<(&'static str, String), Error> {
        match &self.kind {
            Kind::Minisign(secret) => minisign::detached(secret, bytes).map(|text| ("minisig", text)),
            Kind::OpenSsh => openssh::detached(&self.key, bytes).map(|text| ("sig", text)),
        }
    }
}

/// Reads a public key: the line of minisign's `.pub` file, or `ssh-ed25519 AAAA… comment`.
///
/// # Errors
/// It is neither, or a key that verifies anything.
pub fn public(line: &str) -> Result<VerifyingKey, Error> {
    let line = line.trim();
    let raw = match line.split_once(' ') {
        Some(_) => openssh::public(line)?,
        None => minisign::public(line)?,
    };
    let key = VerifyingKey::from_bytes(&raw).map_err(|_| Error::malformed("no point of the curve"))?;
    match key.is_weak() {
        true => Err(Error::malformed("of small order: anybody can sign for it")),
        false => Ok(key),
    }
}

/// A key's id: SHA-256 over the key's canonical JSON, in hex. That is what securesystemslib calls it, too.
pub fn id(key: &VerifyingKey) -> String {
    let mut public = Vec::new();
    crate::bytes::digest::hex(key.as_bytes(), &mut public);
    let public = String::from_utf8_lossy(&public);
    let json = format!(r#"{{"keytype":"ed25519","keyval":{{"public":"{public}"}},"scheme":"ed25519"}}"#);
    Algorithm::Sha256.digest(json.as_bytes()).to_string()
}

/// Whether a key made a signature; the strict rules, by which only one encoding is a signature.
pub fn verifies(key: &VerifyingKey, bytes: &[u8], signature: &[u8]) -> bool {
    Signature::from_slice(signature).is_ok_and(|signature| key.verify_strict(bytes, &signature).is_ok())
}

/// What to say of an encrypted key without a password.
fn encrypted() -> Error {
    Error::usage("the key is encrypted: give its password with --password-file, or in REPRO_KEY_PASSWORD")
}
