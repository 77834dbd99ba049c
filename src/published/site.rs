//! What ecosystems share: the sandbox, and what clients have fetched, kept from one run to the next with its digests.

use super::{
    Error,
    lab::{Job, Lab, Made, OUT},
};
use crate::{
    bytes::digest::Algorithm,
    rebuild::{cache, source},
};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Where fetched files are kept below the user's cache folder.
const SHELF: &str = "rebuild";

/// Where everything is made.
pub(super) struct Site {
    /// The sandbox.
    pub lab: Lab,
    /// Whether what was fetched before is taken.
    pub cache: bool,
    /// What is to be known of what was fetched, each once.
    pub notes: RefCell<Vec<String>>,
}

/// A call of a client.
pub(super) struct Call<'c> {
    /// What it is for, in errors.
    pub what: &'c str,
    /// Commands; files go to `out/`.
    pub steps: Vec<Vec<String>>,
    /// Files of ours that it needs, by path.
    pub kit: Vec<(&'c str, Vec<u8>)>,
    /// A source that the client looks at; it lies in `tree/`.
    pub tree: Option<&'c Path>,
    /// Further variables.
    pub variables: BTreeMap<String, String>,
}

impl Site {
    /// Remembers what the report is to say.
    pub fn note(&self, text: String) {
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&text) {
            notes.push(text);
        }
    }

    /// What a client fetches, in a folder of its own: from the cache, where the same was asked before.
    ///
    /// # Errors
    /// The client failed, in its own words.
    pub fn fetch(&self, call: Call<'_>) -> Result<PathBuf, Error> {
        let to = self.lab.folder("fetched")?.join(OUT);
        let key = key(&call)?;
        if self.cache && cache::take(SHELF, &key, &to) {
            return Ok(to);
        }
        let folder = self.lab.folder("client")?;
        if let Some(tree) = call.tree {
            source::copy_tree(tree, &folder.join("tree"))?;
        }
        for (path, bytes) in &call.kit {
            put(&folder.join(path), bytes)?;
        }
        let made = self.lab.fetch(Job {
            steps: call.steps,
            source: &folder,
            variables: call.variables,
            artifacts: vec![OUT.to_owned()],
        })?;
        let made = whole(made, call.what)?;
        let from = made.path(OUT);
        cache::keep(SHELF, &key, &from);
        Ok(from)
    }

    /// The one file that a client fetches whose name ends so.
    ///
    /// # Errors
    /// As [`Site::fetch`], or there is none.
    pub fn fetch_one(&self, call: Call<'_>, endings: &[&str]) -> Result<PathBuf, Error> {
        let what = call.what.to_owned();
        let folder = self.fetch(call)?;
        let files = files(&folder)?;
        files
            .into_iter()
            .find(|path| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)))
            .ok_or_else(|| Error::not_found(format!("{what}: the client fetched nothing like it")))
    }
}

/// What a run has made, unless it failed.
fn whole(made: Made, what: &str) -> Result<Made, Error> {
    match made.failure() {
        Some(why) => Err(Error::failed(why).about(what)),
        None => Ok(made),
    }
}

/// The name of a call among what is kept: all that its answer depends on, but for the registry's state.
fn key(call: &Call<'_>) -> Result<String, Error> {
    let variables = super::lab::clients(call.variables.clone());
    let mut text = format!("{:?}", call.steps);
    for (name, value) in variables.iter().filter(|(name, _)| *name != "PATH") {
        text.push_str(&format!("\n{name}={value}"));
    }
    for (path, bytes) in &call.kit {
        text.push_str(&format!("\n{path} {}", Algorithm::Sha256.digest(bytes)));
    }
    if let Some(tree) = call.tree {
        text.push_str(&format!("\ntree {}", source::digest(tree)?));
    }
    Ok(Algorithm::Sha256.digest(text.as_bytes()).to_string())
}

/// Regular files right in a folder, sorted.
///
/// # Errors
/// It can't be read.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let at = |error| Error::at(folder, &error);
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(at)?
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    Ok(found)
}

/// Writes a file, with the folders on the way.
///
/// # Errors
/// It can't be written.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| Error::at(folder, &error))?;
    fs::write(path, bytes).map_err(|error| Error::at(path, &error))
}

/// Copies a file to a folder under its own name; a tree, as its files that count, under the name `tree`.
///
/// # Errors
/// It can't be copied.
pub(super) fn place(file: &Path, folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| Error::at(folder, &error))?;
    if file.is_dir() {
        return source::select(file, false)?.copy(&folder.join("tree"));
    }
    let to = folder.join(file.file_name().unwrap_or_default());
    fs::copy(file, &to).map(drop).map_err(|error| Error::at(file, &error))
}
