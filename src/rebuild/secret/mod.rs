//! Secrets in what a build leaves: in the forms of [`Secrets::forms`], also inside compressed members.

mod letters;
mod symbols;

use super::{Error, artifacts};
use crate::model::SecretPlace;
use letters::LONG;
use std::{collections::BTreeMap, fs, path::Path};
use symbols::ENCODINGS;

/// A value below this length is found everywhere.
const SHORTEST: usize = 4;
/// Secrets by name.
#[derive(Clone, Default)]
pub struct Secrets(Vec<(String, Vec<u8>)>);

/// What came of the search of an artifact.
#[derive(Default)]
pub(crate) struct Searched {
    /// Secrets, by name.
    pub found: Vec<(String, SecretPlace)>,
    /// What could not be searched, and why.
    pub left: Vec<String>,
}

/// A secret found in bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// One of [`Secrets::forms`].
    pub form: &'static str,
    /// The secret's name.
    pub name: String,
}

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

    /// The forms in which a value is looked for.
    pub fn forms(value: &str) -> Vec<&'static str> {
        let always = ["bytes", "utf-16", "url", "base64", "base32", "hex"];
        let long = ["reversed", "other case", "over lines"];
        let long = long.into_iter().filter(|_| value.len() >= LONG);
        always.into_iter().chain(long).collect()
    }

    /// Every place where a secret stands, sorted.
    pub fn search(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (name, value) in &self.0 {
            letters::search(bytes, name, &String::from_utf8_lossy(value), &mut hits);
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

    /// Secrets in one file or link below `root`, in its name too; addresses begin with its path. Compressed members are looked into.
    ///
    /// # Errors
    /// A file can't be read.
    pub(crate) fn search_artifact(&self, root: &Path, path: &str) -> Result<Searched, Error> {
        if self.is_empty() {
            return Ok(Searched::default());
        }
        let failed = |error: std::io::Error| Error::io(&error).about(format_args!("artifact {}", self.redact(path)));
        let mut all = Searched::default();
        let mut note = |inside: &str, bytes: &[u8]| {
            let address = if inside.is_empty() {
                path.to_owned()
            } else {
                format!("{path}/{inside}")
            };
            for hit in self.search(bytes) {
                let place = SecretPlace {
                    address: self.redact(&address),
                    offset: hit.start as u64,
                    form: hit.form,
                };
                all.found.push((hit.name, place));
            }
        };
        note("", path.as_bytes());
        let left = artifacts::visit(&root.join(path), &mut note).map_err(failed)?;
        let told = left.into_iter().map(|left| match left.address.is_empty() {
            true => format!("{path}: {}", left.reason),
            false => format!("{path}/{}: {}", left.address, left.reason),
        });
        all.left = told.map(|text| self.redact(&text)).collect();
        Ok(all)
    }

    /// Puts something that may be shown in the place of a file in which a secret was found, under a name that may be shown; that name. What it
    /// is differs as the files do.
    ///
    /// # Errors
    /// The folder can't be written to.
    pub(crate) fn seal(&self, root: &Path, path: &str, digest: &str) -> Result<String, Error> {
        let shown = self.redact(path);
        let mut name = shown.clone();
        let mut number = 1;
        while name != path && fs::symlink_metadata(root.join(&name)).is_ok() {
            number += 1;
            name = format!("{shown} ({number})");
        }
        let (from, to) = (root.join(path), root.join(&name));
        fs::remove_file(&from).map_err(|error| Error::at(&to, &error))?;
        let written = fs::create_dir_all(to.parent().unwrap_or(root));
        let written = written.and_then(|()| fs::write(&to, format!("\0secret\0{digest}\0")));
        written.map_err(|error| Error::at(&to, &error))?;
        Ok(name)
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
    use super::{symbols::CHUNK, *};
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
    fn forms_of_letters() {
        assert_eq!(
            forms("HUNTER2! Hunter2! hunter2?"),
            [("other case", 0, 8), ("other case", 9, 17)]
        );
        assert_eq!(forms("!2retnuh"), [("reversed", 0, 8)]);
        assert_eq!(forms("hunt\\\r\n\t er2!"), [("over lines", 0, 13)]);
        assert_eq!(forms("hunt\n\ner2!"), []);
        assert_eq!(forms("q=hunter2%21&"), [("url", 2, 12)]);
        assert_eq!(forms("%68unter2! %6unter2! %"), [("url", 0, 10)]);
        assert_eq!(secrets("a b c").search(b"a+b%20c")[0].form, "url");
        let wide: Vec<u8> = "hunter2!".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(secrets("hunter2!").search(&wide)[0].form, "utf-16");
        // base32 of `hunter2!` and of `a hunter2!`.
        assert_eq!(forms("NB2W45DFOIZCC==="), [("base32", 0, 13)]);
        assert_eq!(forms("mfqw45dfoizccnb2w45dfoizcc"), [("base32", 13, 26)]);
        // A short one has fewer forms.
        assert!(secrets("pass").search(b"PASS ssap pa\nss").is_empty());
        assert_eq!(Secrets::forms("pass").len() + 3, Secrets::forms("hunter2!").len());
    }

    #[test]
    fn what_holds_a_secret_is_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = secrets("hunter2!");
        for name in ["hunter2!/a", "[secret TOKEN]/b"] {
            let at = folder.path().join(name);
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            fs::write(at, "hunter2!").unwrap();
        }
        let found = secrets.search_artifact(folder.path(), "hunter2!/a").unwrap().found;
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|(_, place)| place.address == "[secret TOKEN]/a"));
        let name = secrets.seal(folder.path(), "hunter2!/a", "12").unwrap();
        assert_eq!(name, "[secret TOKEN]/a");
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), b"\0secret\x0012\0");
        assert!(!folder.path().join("hunter2!/a").exists());
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
        let found = secrets("hunter2!")
            .search_artifact(folder.path(), "log.gz")
            .unwrap()
            .found;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), found[0].1.offset), ("TOKEN", 13));
        assert!(found[0].1.address.starts_with("log.gz"), "{}", found[0].1.address);
        assert!(
            secrets("hunter3!")
                .search_artifact(folder.path(), "log.gz")
                .unwrap()
                .found
                .is_empty()
        );
    }
}
