//! The times of a source copy: pinned, but in the order that the originals had, because `make` goes by it.

use super::{super::Error, copy::set, walking};
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};
use walkdir::WalkDir;

/// Times that lie this close (in seconds) to the first of them are one time: a checkout or an unpacking.
const TOGETHER: i64 = 60;

/// Sets the times of everything below `root`, which still has the times of the originals; none is later than `newest`.
///
/// Files whose times lie within a minute of each other get one and the same time, those that lie apart get distinct
/// seconds in the original order. With `spread`, files of distinct seconds keep distinct seconds, and those of
/// one second, folder and suffix are told apart, by pairs backwards, so that neither the order by time nor its
/// reverse is that of the names. Folders and `.git` get `newest`.
///
/// # Errors
/// A time can't be set.
pub fn stamp(root: &Path, newest: i64, spread: bool) -> Result<(), Error> {
    let mut files: BTreeMap<i64, Vec<PathBuf>> = BTreeMap::new();
    let mut others = Vec::new();
    let mut linked = BTreeSet::new();
    for entry in WalkDir::new(root).sort_by_file_name() {
        let entry = entry.map_err(|error| walking(root, error))?;
        let metadata = fs::symlink_metadata(entry.path()).map_err(|error| Error::at(entry.path(), &error))?;
        let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
        if metadata.is_dir() || relative.iter().any(|name| name == ".git") {
            others.push(entry.into_path());
        } else if metadata.nlink() == 1 || linked.insert((metadata.dev(), metadata.ino())) {
            files.entry(metadata.mtime()).or_default().push(entry.into_path());
        }
    }
    let ranks = if spread { spread_out(files) } else { together(files) };
    let last = ranks.iter().map(|(_, rank)| *rank).max().unwrap_or(0);
    for (path, rank) in ranks {
        set(&path, newest - (last - rank), 0)?;
    }
    for path in others {
        set(&path, newest, 0)?;
    }
    Ok(())
}

fn together(files: BTreeMap<i64, Vec<PathBuf>>) -> Vec<(PathBuf, i64)> {
    let mut ranks = Vec::new();
    let (mut first, mut rank) = (None, -1);
    for (time, paths) in files {
        if first.is_none_or(|first: i64| time.saturating_sub(first) > TOGETHER) {
            first = Some(time);
            rank += 1;
        }
        ranks.extend(paths.into_iter().map(|path| (path, rank)));
    }
    ranks
}

fn spread_out(files: BTreeMap<i64, Vec<PathBuf>>) -> Vec<(PathBuf, i64)> {
    let mut ranks = Vec::new();
    let mut next = 0;
    for paths in files.into_values() {
        // What is made from each other seldom has one suffix, what is listed by time often has.
        let mut alike: BTreeMap<(PathBuf, OsString), Vec<PathBuf>> = BTreeMap::new();
        for path in paths {
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            let suffix = path.extension().unwrap_or_default().to_owned();
            alike.entry((folder, suffix)).or_default().push(path);
        }
        let longest = alike.values().map(Vec::len).max().unwrap_or(0) as i64;
        for mut group in alike.into_values() {
            group.reverse();
            for pair in group.chunks_mut(2) {
                pair.reverse();
            }
            ranks.extend(group.into_iter().zip(next..));
        }
        next += longest;
    }
    ranks
}
