//! Lists of lines, as `sha256sum`, `b3sum`, `shasum --tag` and the BSDs write and read them.
//!
//! A line is `DIGEST  NAME` (`DIGEST *NAME` is read too), or tagged, `SHA256 (NAME) = DIGEST`. In a name with a
//! backslash, newline or carriage return these are written `\\`, `\n`, `\r`, and the line starts with a backslash,
//! exactly as coreutils do it. Empty lines and lines that start with `#` are passed over.

use std::io::{self, BufRead, Read, Write};

use super::Snapshot;
use super::expected::{Malformed, Manifest, Row};
use crate::bytes::Error;
use crate::bytes::digest::{Algorithm, Digest, hex};
use crate::bytes::walk::Kind;

/// No line of a list is longer; a path has at most some thousand bytes.
const LONGEST_LINE: u64 = 1 << 20;

/// Writes the files of a snapshot by its first algorithm, as `sha256sum` would.
///
/// # Errors
/// Only what `out` gives.
pub fn write_text(snapshot: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    let Some(&algorithm) = snapshot.algorithms.first() else {
        return Ok(());
    };
    each_file(
        snapshot,
        |index, path, line| text_line(raw(snapshot, index, algorithm), path, line),
        out,
    )
}

/// Writes the files of a snapshot as tagged lines, one for each algorithm.
///
/// # Errors
/// Only what `out` gives.
pub fn write_tagged(snapshot: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    let each = |index, path: &[u8], line: &mut Vec<u8>| {
        for &algorithm in &snapshot.algorithms {
            tagged_line(algorithm, raw(snapshot, index, algorithm), path, line);
        }
    };
    each_file(snapshot, each, out)
}

fn raw(snapshot: &Snapshot, index: usize, algorithm: Algorithm) -> &[u8] {
    snapshot.hashed.digest(index, algorithm).unwrap_or_default()
}

fn each_file(
    snapshot: &Snapshot,
    mut write: impl FnMut(usize, &[u8], &mut Vec<u8>),
    out: &mut dyn Write,
) -> io::Result<()> {
    let (mut path, mut line) = (Vec::new(), Vec::new());
    for index in 0..snapshot.tree.len() {
        if snapshot.tree.kind(index) == Kind::File && snapshot.known(index) {
            snapshot.tree.path(index, &mut path);
            if path == b"-" {
                // A bare dash is standard input to every program that reads lists.
                path.splice(0..0, *b"./");
            }
            line.clear();
            write(index, &path, &mut line);
            out.write_all(&line)?;
        }
    }
    Ok(())
}

/// Appends `DIGEST  NAME` and a newline.
pub fn text_line(digest: &[u8], path: &[u8], line: &mut Vec<u8>) {
    start(path, line);
    hex(digest, line);
    line.extend(b"  ");
    escape(path, line);
    line.push(b'\n');
}

/// Appends `SHA256 (NAME) = DIGEST` and a newline.
pub fn tagged_line(algorithm: Algorithm, digest: &[u8], path: &[u8], line: &mut Vec<u8>) {
    start(path, line);
    line.extend(algorithm.tag().bytes());
    line.extend(b" (");
    escape(path, line);
    line.extend(b") = ");
    hex(digest, line);
    line.push(b'\n');
}

/// The leading backslash that says that the name is escaped.
fn start(path: &[u8], line: &mut Vec<u8>) {
    if path.iter().any(|b| matches!(b, b'\\' | b'\n' | b'\r')) {
        line.push(b'\\');
    }
}

fn escape(path: &[u8], line: &mut Vec<u8>) {
    for &b in path {
        match b {
            b'\\' => line.extend(b"\\\\"),
            b'\n' => line.extend(b"\\n"),
            b'\r' => line.extend(b"\\r"),
            b => line.push(b),
        }
    }
}

fn unescape(name: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(name.len());
    let mut bytes = name.iter();
    while let Some(&b) = bytes.next() {
        out.push(match b {
            b'\\' => match bytes.next()? {
                b'\\' => b'\\',
                b'n' => b'\n',
                b'r' => b'\r',
                _ => return None,
            },
            b => b,
        });
    }
    Some(out)
}

/// Reads a list. Lines that can't be understood are in [`Manifest::malformed`].
///
/// `untagged` is the algorithm of lines without a tag; `None` goes by the digest's length and notes when that is not
/// enough (`Manifest::unsure`). A line whose algorithm is weaker than `least` is not taken.
///
/// # Errors
/// What `input` gives, or a list larger than 4 GiB.
pub fn read(mut input: impl BufRead, untagged: Option<Algorithm>, least: Option<Algorithm>) -> io::Result<Manifest> {
    let mut manifest = Manifest::default();
    let (mut line, mut number, mut crlf) = (Vec::new(), 0, false);
    loop {
        line.clear();
        if input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(manifest);
        }
        number += 1;
        let mut malformed = |what: String| manifest.malformed.push(Malformed { line: number, what });
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if line.len() as u64 == LONGEST_LINE {
            malformed("longer than 1 MiB".to_owned());
            while input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? > 0 && line.last() != Some(&b'\n') {
                line.clear();
            }
            continue;
        }
        // A list from Windows shows on its first line; elsewhere a carriage return is part of the name.
        crlf = crlf || number == 1 && line.last() == Some(&b'\r');
        if crlf && line.last() == Some(&b'\r') {
            line.pop();
        }
        if line.is_empty() || line[0] == b'#' {
            continue;
        }
        match parse(&line, untagged) {
            Ok(parsed) if least.is_some_and(|least| parsed.algorithm.strength() < least.strength()) => {
                malformed(weaker(parsed.algorithm, least));
            }
            Ok(parsed) => {
                manifest.unsure |= parsed.unsure;
                let row = Row {
                    path: &parsed.path,
                    digests: &[(parsed.algorithm, parsed.digest)],
                    ..Row::default()
                };
                manifest.push(row)?;
            }
            Err(error) => malformed(error.to_string()),
        }
    }
}

/// Why a digest is not taken.
pub(super) fn weaker(found: Algorithm, least: Option<Algorithm>) -> String {
    let least = least.map_or("", Algorithm::id);
    format!(
        "a {} digest proves less than {least}, which --algorithm asks for",
        found.id()
    )
}

struct Line {
    path: Vec<u8>,
    algorithm: Algorithm,
    digest: Digest,
    unsure: bool,
}

fn parse(line: &[u8], untagged: Option<Algorithm>) -> Result<Line, Error> {
    let (escaped, line) = match line.strip_prefix(b"\\") {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let (name, algorithm, digest, unsure) = tagged(line)
        .or_else(|| text(line, untagged))
        .ok_or_else(|| Error::malformed("not a digest line"))?;
    let name = if escaped {
        unescape(name).ok_or_else(|| Error::malformed("escape other than \\\\, \\n or \\r"))?
    } else {
        name.to_vec()
    };
    if name.is_empty() || name.contains(&0) {
        return Err(Error::malformed("no file can have this name"));
    }
    let digest = Digest::from_hex(digest).filter(|d| d.as_bytes().len() == algorithm.size());
    let digest = digest.ok_or_else(|| Error::malformed("the digest is not hexadecimal of the algorithm's length"))?;
    let path = if name == b"./-" { b"-".to_vec() } else { name };
    Ok(Line {
        path,
        algorithm,
        digest,
        unsure,
    })
}

type Parts<'a> = (&'a [u8], Algorithm, &'a [u8], bool);

/// `SHA256 (NAME) = DIGEST`; OpenSSL leaves both spaces out.
fn tagged(line: &[u8]) -> Option<Parts<'_>> {
    let open = memchr::memchr(b'(', line)?;
    let algorithm = std::str::from_utf8(&line[..open])
        .ok()?
        .trim_end_matches(' ')
        .parse()
        .ok()?;
    let rest = &line[open + 1..];
    let equals = memchr::memrchr(b'=', rest)?;
    let name = rest[..equals]
        .strip_suffix(b") ")
        .or_else(|| rest[..equals].strip_suffix(b")"))?;
    Some((name, algorithm, rest[equals + 1..].trim_ascii_start(), false))
}

/// `DIGEST  NAME` or `DIGEST *NAME`.
fn text(line: &[u8], untagged: Option<Algorithm>) -> Option<Parts<'_>> {
    let digits = line.iter().position(|&b| b == b' ')?;
    let name = line[digits..]
        .strip_prefix(b"  ")
        .or_else(|| line[digits..].strip_prefix(b" *"))?;
    let digest = line[..digits]
        .iter()
        .all(u8::is_ascii_hexdigit)
        .then_some(&line[..digits])?;
    let by_length = || Algorithm::ALL.into_iter().find(|a| a.size() * 2 == digits);
    let unsure = untagged.is_none() && digits == 64;
    Some((name, untagged.or_else(by_length)?, digest, unsure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive() {
        for name in [
            &b"plain"[..],
            b"a\\b",
            b"n\nl",
            b"c\rr",
            b"\xff\xfe",
            b" lead",
            b"*star",
            b") = x",
            b"(",
            b"\\n",
        ] {
            let digest = Algorithm::Sha256.digest(name);
            let (mut plain, mut tag) = (Vec::new(), Vec::new());
            text_line(digest.as_bytes(), name, &mut plain);
            tagged_line(Algorithm::Blake3, digest.as_bytes(), name, &mut tag);
            for (line, algorithm) in [(plain, Algorithm::Sha256), (tag, Algorithm::Blake3)] {
                let parsed = parse(&line[..line.len() - 1], None).ok();
                let parsed = parsed.map(|p| (p.path, p.algorithm, p.digest));
                assert_eq!(parsed, Some((name.to_vec(), algorithm, digest)));
            }
        }
    }

    #[test]
    fn other_writers() {
        let md5 = "900150983cd24fb0d6963f7d28e17f72";
        for line in [
            format!("{md5} *abc"),
            format!("MD5 (abc) = {md5}"),
            format!("MD5(abc)= {}", md5.to_uppercase()),
        ] {
            let parsed = parse(line.as_bytes(), None).map(|p| (p.path, p.algorithm));
            assert_eq!(parsed.ok(), Some((b"abc".to_vec(), Algorithm::Md5)));
        }
    }

    #[test]
    fn bad_lines_are_named() {
        let text = "nonsense\n\n# note\nSHA256 (a) = 12\n\\900150983cd24fb0d6963f7d28e17f72  a\\q\n12345  x\n";
        let manifest = read(text.as_bytes(), None, None).expect("reads");
        let lines: Vec<usize> = manifest.malformed.iter().map(|m| m.line).collect();
        assert_eq!(lines, [1, 4, 5, 6]);
        let long = [
            b"x".repeat(3 << 20),
            b"\nMD5 (a) = 900150983cd24fb0d6963f7d28e17f72\n".to_vec(),
        ]
        .concat();
        let manifest = read(&long[..], None, None).expect("reads");
        assert_eq!((manifest.malformed.len(), manifest.len()), (1, 1));
    }
}
