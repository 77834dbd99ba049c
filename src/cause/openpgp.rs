//! Who made an OpenPGP signature (RFC 9580, 5.2), in binary or in armour.

use base64ct::{Base64, Encoding};

/// The tag of a signature packet.
const SIGNATURE: u8 = 2;
/// Subpackets that name the key.
const KEY_ID: u8 = 16;
const FINGERPRINT: u8 = 33;
const BEGIN: &str = "-----BEGIN PGP SIGNATURE-----";
const END: &str = "-----END PGP SIGNATURE-----";

/// The id of the key that made the signatures which fill the bytes; nothing where something else does, or where they are of several keys.
pub(super) fn issuer(bytes: &[u8]) -> Option<[u8; 8]> {
    let armoured = armour(bytes);
    let mut rest = armoured.as_deref().unwrap_or(bytes);
    let mut found = None;
    while !rest.is_empty() {
        let (body, behind) = packet(rest)?;
        let key = key(body)?;
        if found.is_some_and(|found| found != key) {
            return None;
        }
        (found, rest) = (Some(key), behind);
    }
    found
}

/// The bytes in an armour (6.2) that fills the text; its checksum is no part of them.
fn armour(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?.trim_end();
    let inside = text.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let inside = inside.replace('\r', "");
    let (_, body) = inside.split_once("\n\n")?;
    let lines = body.lines().filter(|line| !line.starts_with('='));
    Base64::decode_vec(&lines.collect::<String>()).ok()
}

/// The body of the signature packet that the bytes begin with (4.2), and what is behind it.
fn packet(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let (tag, length, rest) = match first & 0xc0 {
        0xc0 => {
            let (length, rest) = length(rest)?;
            (first & 0x3f, length, rest)
        }
        0x80 => {
            let width = 1usize << (first & 3);
            let number = rest.get(..width).filter(|_| width < 8)?;
            (
                first >> 2 & 15,
                number.iter().fold(0, |all, &b| all << 8 | usize::from(b)),
                &rest[width..],
            )
        }
        _ => return None,
    };
    (tag == SIGNATURE && length <= rest.len()).then(|| rest.split_at(length))
}

/// A length of one, two or five bytes, and what is behind it.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match *bytes {
        [a @ 0..192, ref rest @ ..] => Some((a.into(), rest)),
        [a @ 192..224, b, ref rest @ ..] => Some((((usize::from(a) - 192) << 8) + usize::from(b) + 192, rest)),
        [255, a, b, c, d, ref rest @ ..] => Some((u32::from_be_bytes([a, b, c, d]) as usize, rest)),
        _ => None,
    }
}

/// The key that a signature of version 3 or 4 names.
fn key(body: &[u8]) -> Option<[u8; 8]> {
    match body {
        [3, 5, _, _, _, _, _, key @ ..] => key.first_chunk().copied(),
        [4, _, _, _, rest @ ..] => {
            let (hashed, rest) = counted(rest)?;
            let (other, _) = counted(rest)?;
            named(hashed).or_else(|| named(other))
        }
        _ => None,
    }
}

/// So many bytes as two before them say, and what is behind these.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (count, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(u16::from_be_bytes(*count).into())
}

/// The key that one of the subpackets names: the id is the end of a fingerprint of version 4.
fn named(mut subpackets: &[u8]) -> Option<[u8; 8]> {
    while !subpackets.is_empty() {
        let (length, rest) = length(subpackets)?;
        let (subpacket, behind) = rest.split_at_checked(length)?;
        match subpacket.split_first() {
            Some((&KEY_ID, key)) if key.len() == 8 => return key.first_chunk().copied(),
            Some((&FINGERPRINT, [4, print @ ..])) if print.len() == 20 => return print.last_chunk().copied(),
            _ => subpackets = behind,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A signature of version 4 whose only subpacket names the key.
    const V4: &[u8] = &[0x88, 18, 4, 0, 1, 8, 0, 0, 0, 10, 9, 16, 1, 2, 3, 4, 5, 6, 7, 8];

    #[test]
    fn the_key_of_a_signature_that_fills_the_bytes() {
        assert_eq!(issuer(V4), Some([1, 2, 3, 4, 5, 6, 7, 8]));
        assert_eq!(issuer(&[V4, V4].concat()), Some([1, 2, 3, 4, 5, 6, 7, 8]));
        let armoured = format!("{BEGIN}\nComment: x\n\n{}\n=abcd\n{END}\n", Base64::encode_string(V4));
        assert_eq!(issuer(armoured.as_bytes()), Some([1, 2, 3, 4, 5, 6, 7, 8]));
        assert_eq!(issuer(&V4[..19]), None);
        assert_eq!(issuer(&[V4, b"more"].concat()), None);
        for end in 0..V4.len() {
            assert_eq!(issuer(&V4[..end]), None);
        }
    }
}
