//! TOML that people write: `repro.toml`, read within limits, and what is wrong with such a text, by its line.

use super::{Error, source::text};
use std::{io, path::Path};

/// Name of the file, at the root of a source tree.
pub const FILE: &str = "repro.toml";
/// No such file is larger, in bytes.
const LIMIT: u64 = 1 << 20;

/// The text of the `repro.toml` of a folder; `None` where there is none.
///
/// # Errors
/// It can't be read, is no regular file, is too large, or is not UTF-8.
pub fn read(folder: &Path) -> Result<Option<String>, Error> {
    let path = folder.join(FILE);
    match text(&path, LIMIT) {
        // A link that leads nowhere is a mistake, and no repository without settings.
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err() => Ok(None),
        text => text.map(Some).map_err(|error| Error::at(&path, &error)),
    }
}

/// The line of a place in a text, from 1 on.
pub fn line(text: &str, at: usize) -> usize {
    text.get(..at).map_or(1, |before| before.matches('\n').count() + 1)
}

/// What is wrong with the text of a TOML file, and in which line.
pub fn refused(file: &str, text: &str, error: &toml::de::Error) -> Error {
    let place = error.span().map(|span| format!(":{}", line(text, span.start)));
    let what = error.message().replace('\n', "; ");
    Error::new(format!("{file}{}: {what}", place.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[track_caller]
    fn refuses(folder: &Path, says: &str) {
        let error = read(folder).unwrap_err().to_string();
        assert_eq!(error, format!("{}: {says}", folder.join(FILE).display()));
    }

    #[test]
    fn only_a_small_regular_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let (at, path) = (folder.path(), folder.path().join(FILE));
        assert_eq!(read(at).unwrap(), None);
        fs::create_dir(&path).unwrap();
        refuses(at, "is a directory");
        fs::remove_dir(&path).unwrap();
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        refuses(at, "not a regular file");
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("nowhere", &path).unwrap();
        refuses(at, "No such file or directory");
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        refuses(at, "not a regular file");
        fs::remove_file(&path).unwrap();
        let full = "#".repeat(1 << 20);
        fs::write(&path, &full).unwrap();
        assert_eq!(read(at).unwrap(), Some(full.clone()));
        fs::write(&path, full + "#").unwrap();
        refuses(at, "larger than 1048576 bytes");
        fs::write(&path, b"a = \"\xff\"").unwrap();
        refuses(at, "not UTF-8");
    }
}
