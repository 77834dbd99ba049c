//! The keyring: who is trusted to rebuild, by which key, from when to when. TOML, made to be reviewed.

use super::{Error, date, key};
use crate::{bytes::settings::refused, model::EnvelopeState, notation::unseen};
use ed25519_dalek::VerifyingKey;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read as _,
    path::Path,
};
use toml::value::Datetime;

/// Largest keyring that is read, in bytes.
const LIMIT: u64 = 1 << 20;
/// Most keys.
const KEYS: usize = 1000;
/// Longest name, in bytes.
const NAME: usize = 100;

/// A keyring.
#[derive(Debug)]
pub struct Keyring {
    /// In the file's order.
    pub keys: Vec<Key>,
    /// What is wrong with it, but no reason to stop.
    pub notes: Vec<String>,
}

/// A key that a rebuilder signs with.
#[derive(Debug)]
pub struct Key {
    /// Whose it is.
    pub name: String,
    /// See [`key::id`].
    pub id: String,
    /// The key.
    pub key: VerifyingKey,
    /// First day, in days since 1970.
    pub from: Option<i64>,
    /// Last day, in days since 1970.
    pub until: Option<i64>,
    /// Why it is not trusted any more.
    pub revoked: Option<String>,
    /// Another name that has the same key.
    pub also: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default)]
    rebuilder: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    key: String,
    valid_from: Option<Datetime>,
    valid_until: Option<Datetime>,
    revoked: Option<String>,
}

impl Keyring {
    /// Reads a keyring.
    ///
    /// # Errors
    /// It can't be read, or something in it is not understood: the message has the line or the name.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let failed = |error: std::io::Error| Error::at(path, &error);
        let file = File::open(path).map_err(failed)?;
        let mut text = String::new();
        let size = file.take(LIMIT + 1).read_to_string(&mut text).map_err(failed)?;
        if size as u64 > LIMIT {
            return Err(Error::malformed(format!("larger than {LIMIT} bytes")).of(path));
        }
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads the text of a keyring; `file` is for messages.
    ///
    /// # Errors
    /// As [`Keyring::read`].
    pub fn parse(file: &str, text: &str) -> Result<Self, Error> {
        let read: Text = toml::from_str(text).map_err(|error| refused(file, text, &error))?;
        if read.rebuilder.is_empty() {
            let why = "no rebuilder: name each in a [[rebuilder]] with `name` and `key`";
            return Err(Error::malformed(why).of(file));
        }
        if read.rebuilder.len() > KEYS {
            return Err(Error::malformed(format!("more than {KEYS} keys")).of(file));
        }
        let mut keys: Vec<Key> = Vec::new();
        for entry in read.rebuilder {
            let about = |error: Error| error.about(format_args!("rebuilder {:?}", entry.name)).of(file);
            let wrong = |why: String| about(Error::malformed(why));
            name(&entry.name).map_err(about)?;
            let near = |key: &&Key| key.name != entry.name && key.name.to_lowercase() == entry.name.to_lowercase();
            if let Some(other) = keys.iter().find(near) {
                return Err(wrong(format!("too like {:?}: one of them must be renamed", other.name)));
            }
            let public = key::public(&entry.key).map_err(|error| about(error.about("key")))?;
            let day = |what: &str, given: Option<Datetime>| match given {
                None => Ok(None),
                Some(given) => date::day(&given.to_string())
                    .map(Some)
                    .ok_or_else(|| wrong(format!("{what}: give a day as 2027-01-31"))),
            };
            let found = Key {
                id: key::id(&public),
                from: day("valid_from", entry.valid_from)?,
                until: day("valid_until", entry.valid_until)?,
                key: public,
                revoked: entry.revoked.clone(),
                also: None,
                name: entry.name.clone(),
            };
            if keys.iter().any(|key| key.name == found.name && key.id == found.id) {
                return Err(wrong("the same key is there twice".to_owned()));
            }
            keys.push(found);
        }
        let notes = mark_shared(&mut keys);
        Ok(Self { keys, notes })
    }

    /// Who is in it.
    pub fn names(&self) -> BTreeSet<&str> {
        self.keys.iter().map(|key| key.name.as_str()).collect()
    }

    /// The key of an id. Only the key that an envelope names is tried: to try all would let anybody who can add a large envelope
    /// have us verify it by each.
    pub fn by_id(&self, id: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }
}

impl Key {
    /// Why the key is not to be trusted on a day, for what it signed on another.
    pub fn trouble(&self, today: i64, signed: Option<i64>) -> Option<(EnvelopeState, String)> {
        if let Some(other) = &self.also {
            return Some((
                EnvelopeState::KeyUnderTwoNames,
                format!(
                    "the keyring has this key for {:?} and for {other:?}: one party can't be two",
                    self.name
                ),
            ));
        }
        if let Some(reason) = &self.revoked {
            return Some((EnvelopeState::KeyRevoked, format!("the key is revoked: {reason}")));
        }
        if let Some(until) = self.until.filter(|until| today > *until) {
            return Some((
                EnvelopeState::KeyExpired,
                format!("the key was valid until {}", date::written(until)),
            ));
        }
        let from = self.from?;
        (today < from || signed.is_some_and(|signed| signed < from)).then(|| {
            (
                EnvelopeState::KeyNotYetValid,
                format!("the key is valid from {}", date::written(from)),
            )
        })
    }
}

/// Marks the keys that stand under two names, and says so.
fn mark_shared(keys: &mut [Key]) -> Vec<String> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for key in keys.iter() {
        names.entry(key.id.clone()).or_default().push(key.name.clone());
    }
    let mut notes = Vec::new();
    for key in keys.iter_mut() {
        let shared = names.get(&key.id).map_or(&[][..], Vec::as_slice);
        key.also = shared.iter().find(|name| **name != key.name).cloned();
    }
    for names in names.values().filter(|names| names.len() > 1) {
        notes.push(format!(
            "keyring: {} have the same key, so none of them counts by it",
            names
                .iter()
                .map(|name| format!("{name:?}"))
                .collect::<Vec<_>>()
                .join(" and ")
        ));
    }
    notes.sort();
    notes
}

fn name(name: &str) -> Result<(), Error> {
    if name.is_empty() || name.trim() != name {
        return Err(Error::malformed(
            "a name must not be empty, nor begin or end with a space",
        ));
    }
    if name.len() > NAME || name.chars().any(unseen) {
        return Err(Error::malformed(
            "a name has at most 100 bytes, and no control characters or such as are not seen",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";
    const B: &str = "RWTx8KiQOu5jh0aWEF3E7Q79LcU3lIcPpqFmOkm61U3lBFeC46dtT4Cx";

    fn entry(name: &str, key: &str, more: &str) -> String {
        format!("[[rebuilder]]\nname = \"{name}\"\nkey = \"{key}\"\n{more}\n")
    }

    #[test]
    fn both_kinds_of_keys_are_read() {
        let text = entry("a", A, "valid_from = 2026-01-01\nvalid_until = 2026-12-31") + &entry("b", B, "");
        let ring = Keyring::parse("keys", &text).unwrap();
        assert_eq!(ring.names().into_iter().collect::<Vec<_>>(), ["a", "b"]);
        fn day(text: &str) -> i64 {
            date::day(text).unwrap()
        }
        let state = |today, signed: Option<&str>| Some(ring.keys[0].trouble(day(today), signed.map(day))?.0);
        assert_eq!(state("2026-06-01", None), None);
        assert_eq!(state("2026-12-31", Some("2026-01-01")), None);
        assert_eq!(state("2027-01-01", None), Some(EnvelopeState::KeyExpired));
        assert_eq!(state("2025-12-31", None), Some(EnvelopeState::KeyNotYetValid));
        assert_eq!(
            state("2026-06-01", Some("2025-12-31")),
            Some(EnvelopeState::KeyNotYetValid)
        );
    }

    #[test]
    fn a_key_under_two_names_is_noted_and_marked() {
        let ring = Keyring::parse("keys", &(entry("a", A, "") + &entry("b", A, "") + &entry("c", B, ""))).unwrap();
        assert_eq!(ring.notes.len(), 1);
        let shared: Vec<Option<&str>> = ring.keys.iter().map(|key| key.also.as_deref()).collect();
        assert_eq!(shared, [Some("b"), Some("a"), None]);
    }

    #[test]
    fn what_is_no_keyring_is_refused() {
        // The identity point, for which anybody can sign.
        let weak = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let rsa = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ==";
        for (text, says) in [
            (String::new(), "no rebuilder"),
            (
                "[[rebuilder]]\nname = \"a\"\n".to_owned(),
                "keys:1: missing field `key`",
            ),
            (entry("a", A, "trust = true"), "unknown field `trust`"),
            (entry("a", "RWQ", ""), "no public key"),
            (entry("a", rsa, ""), "only ssh-ed25519"),
            (entry("a", weak, ""), "anybody can sign"),
            (entry("a", A, "valid_until = 12:00:00"), "give a day"),
            (entry("", A, ""), "must not be empty"),
            (entry(" a", A, ""), "must not be empty"),
            (entry("a\\n", A, ""), "nor begin or end"),
            (entry("a", A, "") + &entry("a", A, ""), "is there twice"),
            (entry("a", A, "") + &entry("A", B, ""), "too like \"a\""),
            (entry("jörg", A, "") + &entry("JÖRG", B, ""), "too like \"jörg\""),
            (entry("a\u{200b}", A, ""), "not seen"),
        ] {
            let error = Keyring::parse("keys", &text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}\nnot {says}");
        }
    }
}
