//! The file of results: a line of JSON for each action that was done, so that a run that was stopped goes on where it was.

use super::super::blob::BlobId;
use crate::{
    bytes::Error,
    model::{RemoteAction, RemoteVerdict},
};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// What is known of actions from before, and where the others go.
#[derive(Default)]
pub(super) struct Kept {
    file: Option<(PathBuf, File)>,
    found: BTreeMap<String, RemoteAction>,
}

impl Kept {
    /// Reads what is there. A line at the end that was cut off is taken away; that action is made again, as is one that could not be checked.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let at = |error: std::io::Error| Error::at(path, &error);
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(at)?;
        let (mut found, mut end) = (BTreeMap::new(), 0);
        let mut lines = BufReader::new(&file);
        for number in 1.. {
            let mut line = Vec::new();
            if lines.read_until(b'\n', &mut line).map_err(at)? == 0 || !line.ends_with(b"\n") {
                break;
            }
            let told: RemoteAction = serde_json::from_slice(&line).map_err(|error| {
                let what = format!("is not the result of an action: {error}; give --results another file");
                Error::malformed(what).of(path).in_line(Some(number))
            })?;
            end += line.len() as u64;
            if told.verdict != RemoteVerdict::Unchecked {
                found.insert(told.action.clone(), told);
            }
        }
        file.set_len(end).map_err(at)?;
        file.seek(SeekFrom::End(0)).map_err(at)?;
        let file = Some((path.to_owned(), file));
        Ok(Self { file, found })
    }

    pub(super) fn found(&mut self, id: BlobId) -> Option<RemoteAction> {
        self.found.remove(&id.to_string())
    }

    pub(super) fn write(&mut self, found: &RemoteAction) -> Result<(), Error> {
        let Some((path, file)) = &mut self.file else {
            return Ok(());
        };
        let mut line = serde_json::to_vec(found).map_err(|error| Error::failed(&error).because(error))?;
        line.push(b'\n');
        file.write_all(&line).map_err(|error| Error::at(path, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(id: BlobId, verdict: RemoteVerdict) -> RemoteAction {
        let text = format!(
            r#"{{"action": "{id}", "label": "", "mnemonic": "", "command": [], "verdict": "{}", "reason": null, "steady": null, "outputs": [], "seconds": 0.5}}"#,
            verdict.word()
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_was_done_is_known_and_a_line_that_was_cut_off_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results");
        let ids = [b"a", b"b", b"c"].map(|bytes| BlobId::of(bytes));
        let mut kept = Kept::open(Some(&path)).unwrap();
        kept.write(&action(ids[0], RemoteVerdict::Reproducible)).unwrap();
        kept.write(&action(ids[1], RemoteVerdict::Unchecked)).unwrap();
        kept.write(&action(ids[2], RemoteVerdict::Unreproducible)).unwrap();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 5]).unwrap();
        let mut kept = Kept::open(Some(&path)).unwrap();
        assert!(kept.found(ids[0]).is_some());
        assert!(kept.found(ids[1]).is_none() && kept.found(ids[2]).is_none());
        kept.write(&action(ids[2], RemoteVerdict::Unreproducible)).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn another_file_is_not_overwritten() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "my letter\n").unwrap();
        assert!(Kept::open(Some(file.path())).is_err());
        assert_eq!(std::fs::read(file.path()).unwrap(), b"my letter\n");
    }
}
