//! Finds envelopes, in the order of their names, and says of each whose word it is.

use super::{
    Error, dsse, key,
    keyring::{Key, Keyring},
    statement::{self, Statement, sha256},
};
use crate::{bytes::source, model::EnvelopeState};
use rayon::prelude::*;
use std::{
    fs,
    io::{self, BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};
use walkdir::WalkDir;

/// Most envelopes of one verification.
const ENVELOPES: usize = 10_000;
/// Most bytes of them all, without those that are too large to be read.
const TOTAL: u64 = 1 << 30;
/// Folders inside each other.
const DEPTH: usize = 8;

/// An envelope, and what it holds or why it does not count.
pub(super) struct Found {
    /// Path below the folder; with a line's number if there are many in a file.
    pub file: String,
    /// What became of it.
    pub what: Result<Checked, Refusal>,
}

/// A statement that a trusted key has signed.
pub(super) struct Checked {
    /// Whose key.
    pub rebuilder: String,
    /// SHA-256 of the statement.
    pub payload: String,
    /// What it says.
    pub statement: Statement,
}

/// Why an envelope does not count, for any artifact.
pub(super) struct Refusal {
    pub state: EnvelopeState,
    pub why: String,
    /// Whose key, if that is known.
    pub rebuilder: Option<String>,
}

/// All envelopes of a folder or file, keys judged by a day since 1970; and how many other files there are.
pub(super) fn gather(path: &Path, keyring: &Keyring, today: i64) -> Result<(Vec<Found>, usize), Error> {
    let (files, others) = files(path)?;
    let count = AtomicUsize::new(0);
    let read: Vec<Result<Vec<Found>, Error>> = files
        .par_iter()
        .map(|file| {
            let found = envelopes(file, keyring, today)?;
            // Counted while they are read: thousands of files of thousands of lines must not all be in memory first.
            within(count.fetch_add(found.len(), Ordering::Relaxed) + found.len(), path)?;
            Ok(found)
        })
        .collect();
    let mut found = Vec::new();
    for envelopes in read {
        found.extend(envelopes?);
    }
    Ok((found, others))
}

fn within(count: usize, path: &Path) -> Result<(), Error> {
    match count > ENVELOPES {
        true => Err(Error::refused(format!("more than {ENVELOPES} envelopes")).of(path)),
        false => Ok(()),
    }
}

fn no_more(bytes: u64, path: &Path) -> Result<(), Error> {
    match bytes > TOTAL {
        true => Err(Error::refused(format!("more than {TOTAL} bytes of envelopes")).of(path)),
        false => Ok(()),
    }
}

/// A file that may hold envelopes.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    name: String,
    path: PathBuf,
    /// Whether it is to be read. A link is not, so that a folder can't make us read what lies elsewhere.
    regular: bool,
}

/// Files that may hold envelopes, by name.
fn files(path: &Path) -> Result<(Vec<Candidate>, usize), Error> {
    let found = fs::metadata(path).map_err(|error| Error::at(path, &error))?;
    if !found.is_dir() {
        if !found.is_file() {
            return Err(Error::usage("neither a folder nor a file").of(path));
        }
        no_more(found.len(), path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let only = Candidate {
            name,
            path: path.to_owned(),
            regular: true,
        };
        return Ok((vec![only], 0));
    }
    let (mut files, mut others, mut total) = (Vec::new(), 0, 0);
    for entry in WalkDir::new(path).min_depth(1).max_depth(DEPTH + 1) {
        let entry = entry.map_err(|error| {
            let at = error.path().unwrap_or(path).to_owned();
            let told = error.io_error().map(|error| Error::at(&at, error));
            told.unwrap_or_else(|| Error::refused(&error).because(error).of(at))
        })?;
        if entry.depth() > DEPTH {
            return Err(Error::refused(format!(
                "more than {DEPTH} folders inside each other: put the envelopes nearer to {}",
                path.display()
            ))
            .of(entry.path()));
        }
        if entry.file_type().is_dir() {
            continue;
        }
        let name = entry.path().strip_prefix(path).unwrap_or(entry.path());
        let name = name.to_string_lossy().into_owned();
        let lower = name.to_ascii_lowercase();
        let holds = lower.ends_with(".json") || lower.ends_with(".jsonl");
        if holds {
            let size = entry.metadata().map_or(0, |found| found.len());
            total += if size > dsse::LIMIT && !lines(&name) { 0 } else { size };
            no_more(total, path)?;
            files.push(Candidate {
                name,
                regular: entry.file_type().is_file(),
                path: entry.into_path(),
            });
            within(files.len(), path)?;
        } else if !detached(&name) {
            others += 1;
        }
    }
    files.sort();
    Ok((files, others))
}

/// Whether a file is what `attest --detached` writes beside an envelope.
fn detached(name: &str) -> bool {
    let signed = name.strip_suffix(".minisig").or_else(|| name.strip_suffix(".sig"));
    signed.is_some_and(statement_file)
}

/// Whether a file is a bare statement by its name. By its name only: an envelope of that name is read.
fn statement_file(name: &str) -> bool {
    name.ends_with(".statement.json")
}

/// Whether a file has an envelope a line.
fn lines(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".jsonl")
}

/// The envelopes of a file: one, or one a line.
fn envelopes(candidate: &Candidate, keyring: &Keyring, today: i64) -> Result<Vec<Found>, Error> {
    let Candidate { name, path, regular } = candidate;
    let failed = |error: io::Error| Error::at(path, &error);
    let refused = |file: String, state, why: String| Found {
        file,
        what: Err(Refusal {
            state,
            why,
            rebuilder: None,
        }),
    };
    if !regular {
        let why = "a link or no file, so not read".to_owned();
        return Ok(vec![refused(name.clone(), EnvelopeState::Unread, why)]);
    }
    let mut file = BufReader::new(source::open(path).map_err(failed)?.take(TOTAL));
    let lines = lines(name);
    let (mut found, mut bytes) = (Vec::new(), Vec::new());
    for number in 1.. {
        bytes.clear();
        let mut part = file.by_ref().take(dsse::LIMIT + 1);
        let read = match lines {
            true => part.read_until(b'\n', &mut bytes),
            false => part.read_to_end(&mut bytes),
        };
        if read.map_err(failed)? == 0 && number > 1 {
            break;
        }
        let file_name = match lines {
            true => format!("{name}:{number}"),
            false => name.clone(),
        };
        if bytes.len() as u64 > dsse::LIMIT {
            let why = format!("larger than {} bytes, so not read", dsse::LIMIT);
            found.push(refused(file_name, EnvelopeState::TooLarge, why));
            if !bytes.ends_with(b"\n") {
                file.skip_until(b'\n').map_err(failed)?;
            }
        } else if !(lines && bytes.trim_ascii().is_empty()) {
            let what = check(&bytes, keyring, today);
            let malformed = matches!(&what, Err(refusal) if refusal.state == EnvelopeState::Malformed);
            if !(statement_file(name) && malformed) {
                found.push(Found { file: file_name, what });
            }
        }
        within(found.len(), path)?;
        if !lines {
            break;
        }
    }
    Ok(found)
}

/// Whose word an envelope is, and whether it still holds. The signature comes first: nothing unsigned is interpreted.
fn check(bytes: &[u8], keyring: &Keyring, today: i64) -> Result<Checked, Refusal> {
    let unsigned = |(state, why)| Refusal {
        state,
        why,
        rebuilder: None,
    };
    let envelope = dsse::read(bytes).map_err(unsigned)?;
    let claimed = envelope
        .signatures
        .iter()
        .filter_map(|s| Some((keyring.by_id(&s.keyid)?, &s.bytes)));
    let signers: Vec<&Key> = claimed
        .clone()
        .filter(|(key, signature)| key::verifies(&key.key, &envelope.signed, signature))
        .map(|(key, _)| key)
        .collect();
    let Some(first) = signers.first() else {
        let claimed = claimed.map(|(key, _)| key).next();
        return Err(unsigned(match claimed {
            Some(key) => (
                EnvelopeState::BadSignature,
                format!(
                    "it names the key of {:?}, which did not sign this: it was changed, or is forged",
                    key.name
                ),
            ),
            None => (EnvelopeState::UnknownKey, "no key of the keyring signed it".to_owned()),
        }));
    };
    let by = |name: &str, (state, why): (EnvelopeState, String)| Refusal {
        state,
        why,
        rebuilder: Some(name.to_owned()),
    };
    let statement = statement::read(&envelope.payload);
    let signed = statement
        .as_ref()
        .ok()
        .and_then(|s| s.finished)
        .map(super::date::day_of);
    // Of several signatures, the one that counts is by the key that the statement was made for.
    let bound = statement.as_ref().ok().map(|statement| statement.signer.as_str());
    let key = signers
        .iter()
        .find(|key| Some(key.id.as_str()) == bound)
        .unwrap_or(first);
    if let Some(trouble) = key.trouble(today, signed) {
        return Err(by(&key.name, trouble));
    }
    let statement = statement.map_err(|why| by(&key.name, why))?;
    if key.id != statement.signer {
        let whose = keyring.by_id(&statement.signer).map_or_else(
            || "another key".to_owned(),
            |owner| format!("the key of {:?}", owner.name),
        );
        return Err(by(
            &key.name,
            (
                EnvelopeState::Replayed,
                format!("its statement was made for {whose}, and signed anew"),
            ),
        ));
    }
    Ok(Checked {
        rebuilder: key.name.clone(),
        payload: sha256(&envelope.payload),
        statement,
    })
}
