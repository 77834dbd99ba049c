//! Where a working tree's repository is, and what of it a copy of the tree needs.

use super::{
    super::Error,
    index::{self, Index},
};
use crate::bytes::source;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Name of the folder in a repository that is ours. Builds do not see it.
pub(super) const OURS: &str = "repro";

/// The folder in which this program may keep something beside the objects of the repository that `folder` lies in.
pub fn own_folder(folder: &Path) -> Option<PathBuf> {
    let repository = folder.ancestors().find_map(Repository::at)?;
    Some(repository.common.join(OURS))
}

/// The repository of a working tree.
#[derive(Debug)]
pub(super) struct Repository {
    /// The folder with this working tree's HEAD and index.
    pub own: PathBuf,
    /// The folder with objects, refs and config; another one for a linked working tree.
    pub common: PathBuf,
    /// `.git` is a file that names `own`.
    pub(crate) by_file: bool,
}

impl Repository {
    /// The repository whose working tree has its top at `folder`.
    pub fn at(folder: &Path) -> Option<Self> {
        let dot = folder.join(".git");
        let kind = fs::symlink_metadata(&dot).ok()?;
        let own = if kind.is_file() {
            let text = text(&dot).ok()?;
            folder.join(text.strip_prefix("gitdir:")?.trim())
        } else {
            dot
        };
        if !own.join("HEAD").exists() {
            return None;
        }
        let common = match text(&own.join("commondir")) {
            Ok(text) => own.join(text.trim()),
            Err(_) => own.clone(),
        };
        Some(Self {
            own,
            common,
            by_file: !kind.is_dir(),
        })
    }

    /// What is tracked; nothing when nothing was ever added.
    ///
    /// # Errors
    /// It can't be read, or is not an index of git.
    pub fn index(&self) -> Result<Index, Error> {
        let config = text(&self.common.join("config")).unwrap_or_default();
        let sha256 = setting(&config, "extensions", "objectformat").is_some_and(|v| v.eq_ignore_ascii_case("sha256"));
        let id = if sha256 { 32 } else { 20 };
        let Some(mut found) = self.read("index", id)? else {
            return Ok(Index::default());
        };
        if let Some(shared) = found.shared.take()
            && let Some(base) = self.read(&shared, id)?
        {
            // What the base lists and the index has deleted is tracked no more, but then it is rarely on disk.
            found.files.extend(base.files);
            found.modules.extend(base.modules);
        }
        Ok(found)
    }

    fn read(&self, name: &str, id: usize) -> Result<Option<Index>, Error> {
        let path = self.own.join(name);
        let bytes = match source::load(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::at(&path, &error)),
        };
        let index = index::read(&bytes, id);
        let explain = |why: Error| Error::malformed(format!("git's index {why}; try --all-files")).of(&path);
        index.map(Some).map_err(explain)
    }

    /// The configuration, without the line that says where the working tree is.
    ///
    /// # Errors
    /// It can't be read.
    pub fn config(&self) -> Result<Vec<u8>, Error> {
        let path = self.common.join("config");
        let text = match text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::at(&path, &error)),
        };
        let mut section = String::new();
        let kept = text.split_inclusive('\n').filter(|line| {
            header(line, &mut section);
            !(section == "core" && key(line).is_some_and(|(name, _)| name == "worktree"))
        });
        Ok(kept.collect::<String>().into_bytes())
    }
}

/// A file of a repository: a pipe in its place is not waited for.
fn text(path: &Path) -> io::Result<String> {
    source::text(path, u64::MAX)
}

/// Notes the section that a line begins.
fn header(line: &str, section: &mut String) {
    if let Some(name) = line.trim().strip_prefix('[').and_then(|rest| rest.split(']').next()) {
        *section = name.trim().to_ascii_lowercase();
    }
}

fn key(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.split_once('=')?;
    Some((name.trim().to_ascii_lowercase(), value.trim()))
}

/// A value of git's configuration; sections with a subsection are not looked at.
fn setting<'t>(text: &'t str, wanted: &str, name: &str) -> Option<&'t str> {
    let mut section = String::new();
    let mut found = None;
    for line in text.lines() {
        header(line, &mut section);
        if let Some((key, value)) = key(line)
            && section == wanted
            && key == name
        {
            found = Some(value);
        }
    }
    found
}
