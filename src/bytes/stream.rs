//! What can be read once only: a pipe that somebody named, or standard input. A pipe that is found inside a folder is never opened.

use super::source::Sink;
use crate::model::Blob;
use std::{
    fs::{File, Metadata},
    io::{self, Read},
    os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Bytes of a stream that are kept: one that does not end is refused before it has filled every disk.
const MOST: u64 = 64 << 30;

/// A pipe, or standard input by any of its names.
#[derive(Clone, Debug)]
pub struct Stream {
    path: PathBuf,
    stdin: bool,
    /// Device and inode.
    id: Option<(u64, u64)>,
}

impl Stream {
    /// The stream that a path names: `-`, a FIFO, the pipe behind `<(…)`, `/dev/stdin` unless that is a file. Nothing for what can be read
    /// again.
    pub fn named(path: &Path) -> Option<Self> {
        let input = rustix::fs::fstat(io::stdin()).ok();
        let input = input.map(|found| (found.st_dev, found.st_ino));
        if path == Path::new("-") {
            return Some(Self::new(path, true, input));
        }
        let found = path.metadata().ok()?;
        let id = Some((found.dev(), found.ino()));
        let stdin = id == input && !found.is_file() && !found.is_dir();
        (stdin || is_pipe(&found)).then(|| Self::new(path, stdin, id))
    }

    fn new(path: &Path, stdin: bool, id: Option<(u64, u64)>) -> Self {
        let path = path.to_owned();
        Self { path, stdin, id }
    }

    /// Whether both are one: what one of them has read the other would lack.
    pub fn is(&self, other: &Self) -> bool {
        self.stdin && other.stdin || self.id.is_some() && self.id == other.id
    }

    /// Its reader; of a pipe once somebody writes to it.
    ///
    /// # Errors
    /// It can't be opened, or is no pipe any more.
    pub fn open(&self) -> io::Result<Box<dyn Read>> {
        if self.stdin {
            return Ok(Box::new(io::stdin().lock()));
        }
        // Should a terminal have taken its place, that does not become ours.
        let file = File::options()
            .read(true)
            .custom_flags(libc::O_NOCTTY)
            .open(&self.path)?;
        match is_pipe(&file.metadata()?) {
            true => Ok(Box::new(file)),
            false => Err(io::Error::other("changed before it was read")),
        }
    }

    /// All of it, in memory or in a temporary file without a name.
    ///
    /// # Errors
    /// As [`Stream::open`]; or it can't be read, or is too long.
    pub fn load(&self) -> io::Result<Blob> {
        kept(&mut *self.open()?, MOST)
    }
}

fn is_pipe(found: &Metadata) -> bool {
    found.file_type().is_fifo()
}

/// All that comes, if it is at most so many bytes.
fn kept(reader: &mut dyn Read, most: u64) -> io::Result<Blob> {
    let mut sink = Sink::new(most);
    match io::copy(reader, &mut sink) {
        Err(_) if sink.overrun() => Err(io::Error::other(format!("more than {most} bytes came"))),
        Err(error) => Err(error),
        Ok(_) => sink.finish().map_err(|error| io::Error::other(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::kept;

    #[test]
    fn a_stream_may_be_as_long_as_is_allowed() {
        assert_eq!(&kept(&mut &b"12345"[..], 5).unwrap()[..], b"12345");
        let error = kept(&mut std::io::repeat(0), 5).unwrap_err();
        assert_eq!(error.to_string(), "more than 5 bytes came");
    }
}
