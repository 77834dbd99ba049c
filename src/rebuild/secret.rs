//! Secrets in what a build leaves: their bytes, their base64 and their hex, also inside compressed members.

use super::Error;
use crate::{
    diff::{self, Input, Options},
    model::SecretPlace,
};
use memchr::memmem;
use std::{collections::BTreeMap, fs, path::Path};

/// A value below this length is found everywhere.
const SHORTEST: usize = 4;
/// Symbols of an encoding that are decoded at once.
const CHUNK: usize = 1 << 20;

/// Secrets by name.
#[derive(Clone, Default)]
pub struct Secrets(Vec<(String, Vec<u8>)>);

/// A secret found in bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// `bytes`, `base64` or `hex`.
    pub form: &'static str,
    /// The secret's name.
    pub name: String,
}

/// An encoding by symbols of equal width.
struct Encoding {
    form: &'static str,
    /// Bits of a symbol.
    bits: usize,
    value: fn(u8) -> Option<u8>,
}

const ENCODINGS: [Encoding; 2] = [
    Encoding {
        form: "base64",
        bits: 6,
        value: |byte| match byte {
            b'A'..=b'Z' => Some(byte - b'A'),
            b'a'..=b'z' => Some(byte - b'a' + 26),
            b'0'..=b'9' => Some(byte - b'0' + 52),
            b'+' | b'-' => Some(62),
            b'/' | b'_' => Some(63),
            _ => None,
        },
    },
    Encoding {
        form: "hex",
        bits: 4,
        value: |byte| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            b'A'..=b'F' => Some(byte - b'A' + 10),
            _ => None,
        },
    },
];

impl Secrets {
    /// Takes names and values.
    ///
    /// # Errors
    /// A value is too short to be looked for.
    pub fn new(values: &BTreeMap<String, String>) -> Result<Self, Error> {
        if let Some((name, _)) = values.iter().find(|(_, value)| value.len() < SHORTEST) {
            return Err(Error::refused(format!(
                "secret {name}: its value has fewer than {SHORTEST} bytes, which would be found everywhere; hand it over with --env"
            )));
        }
        let all = values
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into_bytes()));
        Ok(Self(all.collect()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every place where a secret stands, sorted.
    pub fn search(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (name, value) in &self.0 {
            hits.extend(memmem::find_iter(bytes, value).map(|start| Hit {
                start,
                end: start + value.len(),
                form: "bytes",
                name: name.clone(),
            }));
        }
        if !self.is_empty() {
            for encoding in &ENCODINGS {
                self.encoded(bytes, encoding, &mut hits);
            }
        }
        hits.sort();
        hits.dedup();
        hits
    }

    /// Decodes every run of an encoding's symbols, from each position in a group, over line breaks and the spaces after them.
    fn encoded(&self, bytes: &[u8], encoding: &Encoding, hits: &mut Vec<Hit>) {
        let longest = self.0.iter().map(|(_, value)| value.len()).max().unwrap_or(0);
        // What is kept of a full chunk holds any secret that began in it and has not ended.
        let kept = (longest * 8).div_ceil(encoding.bits) + 8;
        let mut run: Vec<(u8, usize)> = Vec::new();
        let mut indented = false;
        for (at, &byte) in bytes.iter().enumerate() {
            if let Some(value) = (encoding.value)(byte) {
                indented = false;
                run.push((value, at));
                if run.len() >= CHUNK + kept {
                    self.decoded(&run, encoding, hits);
                    run.drain(..CHUNK);
                }
            } else if matches!(byte, b'\n' | b'\r') {
                indented = true;
            } else if !(indented && matches!(byte, b' ' | b'\t')) {
                self.decoded(&run, encoding, hits);
                run.clear();
                indented = false;
            }
        }
        self.decoded(&run, encoding, hits);
    }

    fn decoded(&self, run: &[(u8, usize)], encoding: &Encoding, hits: &mut Vec<Hit>) {
        let shortest = self.0.iter().map(|(_, value)| value.len()).min().unwrap_or(0);
        if run.len() * encoding.bits < shortest * 8 {
            return;
        }
        // Four symbols of base64 are three bytes, two of hex are one.
        for phase in 0..if encoding.bits == 6 { 4 } else { 2 } {
            let symbols = run.get(phase..).unwrap_or_default();
            let mut raw = Vec::with_capacity(symbols.len() * encoding.bits / 8 + 1);
            let (mut bits, mut held) = (0u32, 0);
            for (value, _) in symbols {
                bits = bits << encoding.bits | u32::from(*value);
                held += encoding.bits;
                if held >= 8 {
                    held -= 8;
                    raw.push((bits >> held & 0xff) as u8);
                }
            }
            for (name, value) in &self.0 {
                for found in memmem::find_iter(&raw, value) {
                    let first = found * 8 / encoding.bits;
                    let last = ((found + value.len()) * 8).div_ceil(encoding.bits) - 1;
                    if let (Some(first), Some(last)) = (symbols.get(first), symbols.get(last)) {
                        hits.push(Hit {
                            start: first.1,
                            end: last.1 + 1,
                            form: encoding.form,
                            name: name.clone(),
                        });
                    }
                }
            }
        }
    }

    /// Secrets in one file or link below `root`, by name; addresses begin with `path`. Compressed members are looked into.
    ///
    /// # Errors
    /// A file can't be read.
    pub(crate) fn search_artifact(&self, root: &Path, path: &str) -> Result<Vec<(String, SecretPlace)>, Error> {
        let failed = |error: std::io::Error| Error::io(&error).about(format_args!("artifact {path}"));
        let file = root.join(path);
        let mut found = Vec::new();
        let mut note = |inside: &str, bytes: &[u8]| {
            for hit in self.search(bytes) {
                let place = SecretPlace {
                    address: if inside.is_empty() {
                        path.to_owned()
                    } else {
                        format!("{path}/{inside}")
                    },
                    offset: hit.start as u64,
                    form: hit.form,
                };
                found.push((hit.name, place));
            }
        };
        note("", path.as_bytes());
        if fs::symlink_metadata(&file).map_err(failed)?.is_symlink() {
            use std::os::unix::ffi::OsStrExt;
            note("", fs::read_link(&file).map_err(failed)?.as_os_str().as_bytes());
        } else {
            let input = Input::open(&file).map_err(failed)?;
            diff::members(&input, &Options::default(), &mut note);
        }
        Ok(found)
    }

    /// The text with `[secret NAME]` in place of every secret. To be used before a text is cut, which could leave half a secret.
    pub(crate) fn redact(&self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut out = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for hit in self.search(bytes) {
            if hit.start >= done {
                out.extend_from_slice(&bytes[done..hit.start]);
                out.extend_from_slice(format!("[secret {}]", hit.name).as_bytes());
            }
            done = done.max(hit.end);
        }
        out.extend_from_slice(&bytes[done..]);
        String::from_utf8_lossy(&out).into_owned()
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn secrets(value: &str) -> Secrets {
        Secrets::new(&BTreeMap::from([("TOKEN".to_owned(), value.to_owned())])).unwrap()
    }

    fn forms(text: &str) -> Vec<(&'static str, usize, usize)> {
        let hits = secrets("hunter2!").search(text.as_bytes());
        hits.into_iter().map(|hit| (hit.form, hit.start, hit.end)).collect()
    }

    #[test]
    fn every_form() {
        assert_eq!(forms("key=hunter2!;"), [("bytes", 4, 12)]);
        assert_eq!(forms("hunter2"), []);
        assert_eq!(
            forms("68756e7465723221 68756E7465723221"),
            [("hex", 0, 16), ("hex", 17, 33)]
        );
        // base64 of `hunter2!`, `ahunter2!b` and `abhunter2!cd`, and of the second one broken into lines.
        assert_eq!(forms("aHVudGVyMiE="), [("base64", 0, 11)]);
        assert_eq!(forms("x: YWh1bnRlcjIhYg=="), [("base64", 4, 15)]);
        assert_eq!(forms("YWJodW50ZXIyIWNk"), [("base64", 2, 14)]);
        assert_eq!(forms("YWh1bn\r\n  RlcjIhYg=="), [("base64", 1, 16)]);
        // Url-safe alphabet.
        let hits = secrets("~~~?>>>").search(b"fn5-Pz4-Pg fn5+Pz4+Pg");
        assert_eq!(hits.len(), 2);
    }

    #[test]
    fn long_runs_are_cut_without_losing_one() {
        let mut text = "A".repeat(CHUNK - 3);
        text.push_str("aHVudGVyMiE");
        text.push_str(&"A".repeat(CHUNK));
        assert_eq!(secrets("hunter2!").search(text.as_bytes()).len(), 1);
    }

    #[test]
    fn short_ones_are_refused_and_values_never_shown() {
        let error = Secrets::new(&BTreeMap::from([("PIN".to_owned(), "123".to_owned())])).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("secret PIN: its value has fewer than 4 bytes")
        );
        assert_eq!(format!("{:?}", secrets("hunter2!")), r#"["TOKEN"]"#);
    }

    #[test]
    fn redacted_text_has_no_secret() {
        let text = "a hunter2! b aHVudGVyMiE= c 68756e7465723221\n";
        let clean = secrets("hunter2!").redact(text);
        assert_eq!(clean, "a [secret TOKEN] b [secret TOKEN]= c [secret TOKEN]\n");
    }

    #[test]
    fn compressed_members_are_looked_into() {
        let folder = tempfile::tempdir().unwrap();
        let file = fs::File::create(folder.path().join("log.gz")).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::best());
        gzip.write_all(b"one\npassword hunter2!\n").unwrap();
        gzip.finish().unwrap();
        let found = secrets("hunter2!").search_artifact(folder.path(), "log.gz").unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), found[0].1.offset), ("TOKEN", 13));
        assert!(found[0].1.address.starts_with("log.gz"), "{}", found[0].1.address);
        assert!(
            secrets("hunter3!")
                .search_artifact(folder.path(), "log.gz")
                .unwrap()
                .is_empty()
        );
    }
}
