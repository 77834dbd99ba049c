//! Digests: which there are, and several of them in one pass over the data.

use std::fmt;
use std::str::FromStr;

use sha2::Digest as _;

/// A digest algorithm. MD5 and SHA-1 are here to read old lists; they prove nothing against an attacker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// FIPS 180-4.
    Sha256,
    /// The BLAKE3 specification, 32 bytes of output, no key.
    Blake3,
    /// FIPS 180-4.
    Sha384,
    /// FIPS 180-4.
    Sha512,
    /// FIPS 180-4.
    Sha1,
    /// RFC 1321.
    Md5,
}

impl Algorithm {
    /// Every algorithm, in the order in which they are written.
    pub const ALL: [Algorithm; 6] = [
        Algorithm::Sha256,
        Algorithm::Blake3,
        Algorithm::Sha384,
        Algorithm::Sha512,
        Algorithm::Sha1,
        Algorithm::Md5,
    ];

    /// The name in options and JSON: `sha256`.
    pub fn id(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "sha256",
            Algorithm::Blake3 => "blake3",
            Algorithm::Sha384 => "sha384",
            Algorithm::Sha512 => "sha512",
            Algorithm::Sha1 => "sha1",
            Algorithm::Md5 => "md5",
        }
    }

    /// The name in BSD lines: `SHA256`.
    pub fn tag(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "SHA256",
            Algorithm::Blake3 => "BLAKE3",
            Algorithm::Sha384 => "SHA384",
            Algorithm::Sha512 => "SHA512",
            Algorithm::Sha1 => "SHA1",
            Algorithm::Md5 => "MD5",
        }
    }

    /// What it takes to make two files with one digest: a rank, not a measure.
    pub fn strength(self) -> u8 {
        match self {
            Algorithm::Md5 => 0,
            Algorithm::Sha1 => 1,
            Algorithm::Sha256 | Algorithm::Blake3 => 2,
            Algorithm::Sha384 => 3,
            Algorithm::Sha512 => 4,
        }
    }

    /// Length of the digest, in bytes.
    pub fn size(self) -> usize {
        match self {
            Algorithm::Sha256 | Algorithm::Blake3 => 32,
            Algorithm::Sha384 => 48,
            Algorithm::Sha512 => 64,
            Algorithm::Sha1 => 20,
            Algorithm::Md5 => 16,
        }
    }

    /// The digest of `bytes`.
    pub fn digest(self, bytes: &[u8]) -> Digest {
        if self == Algorithm::Blake3 {
            // Without the hasher's two kilobytes of state.
            return Digest::of(blake3::hash(bytes).as_bytes());
        }
        let mut hasher = Hasher::new(self);
        hasher.update(bytes);
        hasher.finish()
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        // `SHA-256` and OpenSSL's `SHA2-256` are the same.
        let plain = name.to_ascii_lowercase().replace("sha2-", "sha").replace('-', "");
        let found = Algorithm::ALL.into_iter().find(|a| a.id() == plain);
        found.ok_or_else(|| UnknownAlgorithm(name.to_owned()))
    }
}

/// A name that no algorithm bears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownAlgorithm(pub String);

impl fmt::Display for UnknownAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no digest algorithm is called {:?}", self.0)
    }
}

impl std::error::Error for UnknownAlgorithm {}

/// The result of one algorithm; as text it is lowercase hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    len: usize,
    bytes: [u8; 64],
}

impl Digest {
    /// From raw bytes; `None` if they are more than 64.
    pub fn new(raw: &[u8]) -> Option<Self> {
        (raw.len() <= 64).then(|| Digest::of(raw))
    }

    /// What an algorithm gave: never more than 64 bytes.
    fn of(raw: &[u8]) -> Self {
        let mut bytes = [0; 64];
        bytes[..raw.len()].copy_from_slice(raw);
        Digest { len: raw.len(), bytes }
    }

    /// From hexadecimal of either case.
    pub fn from_hex(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; 64];
        unhex(text, &mut bytes).map(|len| Digest { len, bytes })
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(128);
        hex(self.as_bytes(), &mut text);
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Appends lowercase hexadecimal.
pub fn hex(raw: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend(
        raw.iter()
            .flat_map(|&b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]),
    );
}

/// Decodes hexadecimal into the start of `out`; `None` if it is odd, too long or no hexadecimal.
fn unhex(text: &[u8], out: &mut [u8]) -> Option<usize> {
    let (pairs, []) = text.as_chunks::<2>() else {
        return None;
    };
    let out = out.get_mut(..pairs.len())?;
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    for (byte, [high, low]) in out.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(pairs.len())
}

/// Decodes hexadecimal of any length.
pub fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0; text.len() / 2];
    unhex(text, &mut out).map(|_| out)
}

/// Whether a text is so many lower-case hexadecimal digits.
pub fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// One running digest.
#[derive(Clone)]
pub enum Hasher {
    Sha256(sha2::Sha256),
    Blake3(Box<blake3::Hasher>),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
    Sha1(sha1::Sha1),
    Md5(md5::Md5),
}

impl Hasher {
    /// Starts with no input.
    pub fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Hasher::Sha256(sha2::Sha256::new()),
            Algorithm::Blake3 => Hasher::Blake3(Box::new(blake3::Hasher::new())),
            Algorithm::Sha384 => Hasher::Sha384(sha2::Sha384::new()),
            Algorithm::Sha512 => Hasher::Sha512(sha2::Sha512::new()),
            Algorithm::Sha1 => Hasher::Sha1(sha1::Sha1::new()),
            Algorithm::Md5 => Hasher::Md5(md5::Md5::new()),
        }
    }

    /// Takes more input.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Sha256(h) => h.update(bytes),
            Hasher::Blake3(h) => {
                h.update(bytes);
            }
            Hasher::Sha384(h) => h.update(bytes),
            Hasher::Sha512(h) => h.update(bytes),
            Hasher::Sha1(h) => h.update(bytes),
            Hasher::Md5(h) => h.update(bytes),
        }
    }

    /// The digest of the input so far.
    pub fn finish(self) -> Digest {
        match self {
            Hasher::Sha256(h) => Digest::of(&h.finalize()),
            Hasher::Blake3(h) => Digest::of(h.finalize().as_bytes()),
            Hasher::Sha384(h) => Digest::of(&h.finalize()),
            Hasher::Sha512(h) => Digest::of(&h.finalize()),
            Hasher::Sha1(h) => Digest::of(&h.finalize()),
            Hasher::Md5(h) => Digest::of(&h.finalize()),
        }
    }
}

impl std::io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors() {
        // FIPS 180-4 and RFC 1321 examples; BLAKE3's of the empty input from its test_vectors.json.
        let abc = |a: Algorithm| a.digest(b"abc").to_string();
        assert_eq!(
            abc(Algorithm::Sha256),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(abc(Algorithm::Sha1), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(abc(Algorithm::Md5), "900150983cd24fb0d6963f7d28e17f72");
        assert!(abc(Algorithm::Sha384).starts_with("cb00753f45a35e8b"));
        assert!(abc(Algorithm::Sha512).starts_with("ddaf35a193617aba"));
        let empty = Algorithm::Blake3.digest(b"").to_string();
        assert_eq!(
            empty,
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
        );
    }

    #[test]
    fn lengths_and_names_agree() {
        for a in Algorithm::ALL {
            assert_eq!(a.digest(b"").as_bytes().len(), a.size());
            assert_eq!(a.id().parse::<Algorithm>(), Ok(a));
            assert_eq!(a.tag().parse::<Algorithm>(), Ok(a));
        }
        assert_eq!("SHA-256".parse::<Algorithm>(), Ok(Algorithm::Sha256));
        assert!("crc32".parse::<Algorithm>().is_err());
    }

    #[test]
    fn hexadecimal_both_ways() {
        let d = Algorithm::Md5.digest(b"x");
        assert_eq!(Digest::from_hex(d.to_string().to_uppercase().as_bytes()), Some(d));
        assert_eq!(Digest::from_hex(b"abc"), None);
        assert_eq!(Digest::from_hex(b"zz"), None);
        assert_eq!(Digest::from_hex(&[b'0'; 130]), None);
        assert_eq!(from_hex(b"00fF"), Some(vec![0, 255]));
    }
}
