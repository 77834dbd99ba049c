//! Where bytes come from: small files are read, large ones mapped, decoded members kept in memory or spilled to a file.

use crate::model::{Blob, Malformed, Span, Storage};
use memmap2::Mmap;
use rayon::prelude::*;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{File, Metadata},
    io::{self, Read, Write},
    os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Files from this size on are mapped.
const MAP_FROM: u64 = 256 * 1024;
/// Decoded members from this size on go to a temporary file.
const SPILL_FROM: usize = 16 * 1024 * 1024;
/// Ranges below this size are not worth a system call to release.
const RELEASE_FROM: usize = 64 * 1024;
/// Bytes decoded at a time.
const CHUNK: usize = 128 * 1024;

struct Mapped(Mmap);

impl Storage for Mapped {
    fn bytes(&self) -> &[u8] {
        &self.0
    }
    fn release(&self, span: Span) {
        if span.len() >= RELEASE_FROM {
            let (start, length) = (span.start & !4095, span.len() & !4095);
            // SAFETY: the mapping is a read-only view of a file; dropped pages are read again from it with the same bytes.
            #[allow(unsafe_code)]
            let _ = unsafe {
                self.0
                    .unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, start, length)
            };
        }
    }
}

/// Opens a regular file, and nothing else.
///
/// # Errors
/// It can't be opened, or is something else.
pub fn open(path: &Path) -> io::Result<File> {
    // A FIFO would be waited for, and a terminal could become that of this process.
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    match metadata.is_file() {
        true => Ok(file),
        false if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        false => Err(io::Error::other("not a regular file")),
    }
}

/// The text of a regular file of at most so many bytes.
///
/// # Errors
/// As [`open`]; or it is larger, or not UTF-8.
pub fn text(path: &Path, most: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    // Not by the size that the system tells: it may grow.
    open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("larger than {most} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("not UTF-8"))
}

/// The bytes of a regular file.
///
/// # Errors
/// It is not there, is a folder, or can't be read.
pub fn load(path: &Path) -> io::Result<Blob> {
    load_watched(path, &Watch::default())
}

/// The bytes of a regular file; `watch` can tell later whether they are still its bytes.
///
/// # Errors
/// It can't be read, is something else, or changed while it was read.
pub(crate) fn load_watched(path: &Path, watch: &Watch) -> io::Result<Blob> {
    let mut file = open(path).map_err(|error| match error.kind() {
        io::ErrorKind::Other => io::Error::other("not a regular file; `-` is standard input"),
        _ => error,
    })?;
    let metadata = file.metadata()?;
    watch.note(path, &metadata);
    if metadata.len() >= MAP_FROM {
        return map(&file);
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    file.read_to_end(&mut bytes)?;
    match look(&file.metadata()?) == look(&metadata) {
        true => Ok(bytes.into()),
        false => Err(io::Error::other("changed while it was read")),
    }
}

/// Device, inode, size and both times.
type Look = (u64, u64, u64, (i64, i64), (i64, i64));

fn look(found: &Metadata) -> Look {
    let (modified, changed) = ((found.mtime(), found.mtime_nsec()), (found.ctime(), found.ctime_nsec()));
    (found.dev(), found.ino(), found.len(), modified, changed)
}

/// Files that were read, and what `stat` said of each before. A mapped file is read while it is compared, so only a second look at the end
/// tells that somebody wrote to it meanwhile. Not seen: what is written through a mapping to a page that was written before and that
/// the kernel has not saved since (that changes no time), and a clock that is set back.
#[derive(Debug, Default)]
pub struct Watch(Mutex<BTreeMap<Watched, Look>>);

/// Device, inode and path: numbers first, because paths of one tree take long to tell apart.
type Watched = (u64, u64, OsString);

impl Watch {
    fn note(&self, path: &Path, found: &Metadata) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let watched = (found.dev(), found.ino(), path.as_os_str().to_owned());
        seen.entry(watched).or_insert_with(|| look(found));
    }
    /// The files that are no longer what they were when they were first read.
    pub fn changed(&self) -> Vec<PathBuf> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let other = |((_, _, path), before): &(&Watched, &Look)| {
            std::fs::metadata(path).map_or(true, |now| look(&now) != **before)
        };
        let found = seen.par_iter().filter(other);
        let mut paths: Vec<PathBuf> = found.map(|((_, _, path), _)| path.into()).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }
}

fn map(file: &File) -> io::Result<Blob> {
    // SAFETY: the mapping is private to this process and only read. A file that someone shrinks while it is mapped can
    // end the process with SIGBUS, never give it other memory; a file that changes gives a wrong comparison, as reading would.
    #[allow(unsafe_code)]
    let mapped = unsafe { Mmap::map(file)? };
    Ok(Blob::new(Arc::new(Mapped(mapped))))
}

/// Takes decoded bytes, in memory up to a size, then in an unnamed temporary file; refuses more than its limit.
#[derive(Debug)]
pub struct Sink {
    memory: Vec<u8>,
    file: Option<File>,
    written: u64,
    limit: u64,
}

impl Sink {
    /// A sink for at most `limit` bytes.
    pub fn new(limit: u64) -> Self {
        Self {
            memory: Vec::new(),
            file: None,
            written: 0,
            limit,
        }
    }
    /// True when a write was refused.
    pub(crate) fn overrun(&self) -> bool {
        self.written > self.limit
    }
    /// Everything written.
    pub fn finish(mut self) -> Result<Blob, Malformed> {
        let Some(mut file) = self.file.take() else {
            return Ok(self.memory.into());
        };
        let done = file
            .write_all(&self.memory)
            .and_then(|()| file.flush())
            .and_then(|()| map(&file));
        done.map_err(|error| Malformed::limit(format!("room for a temporary file ({error})")))
    }
    /// Makes room for this many bytes at once; a wrong number costs time, nothing else.
    pub(crate) fn expecting(mut self, size: u64) -> Self {
        self.memory.reserve_exact(
            usize::try_from(size.min(self.limit)).map_or(SPILL_FROM, |n| n.saturating_add(1).min(SPILL_FROM)),
        );
        self
    }
    /// Copies all of `reader`; `what` names the encoding in errors.
    pub fn fill(mut self, reader: &mut dyn Read, what: &'static str) -> Result<Blob, Malformed> {
        match self.copy(reader) {
            Ok(()) => self.finish(),
            Err(_) if self.overrun() => Err(self.refused()),
            Err(error) if error.kind() == io::ErrorKind::OutOfMemory => {
                Err(Malformed::limit(format!("{what} ({error})")))
            }
            Err(error) => Err(Malformed::at(0, what, error.to_string())),
        }
    }
    /// Reads straight into the memory that is kept, then chunk by chunk into the file.
    fn copy(&mut self, reader: &mut dyn Read) -> io::Result<()> {
        let mut filled = self.memory.len();
        while filled < SPILL_FROM && self.file.is_none() {
            if filled == self.memory.len() {
                let room = self.memory.capacity().max(filled * 2).clamp(CHUNK, SPILL_FROM);
                self.memory.resize(room.max(filled), 0);
            }
            let n = retried(reader, &mut self.memory[filled..])?;
            filled += n;
            self.written += n as u64;
            if n == 0 || self.overrun() {
                self.memory.truncate(filled);
                return if n == 0 { Ok(()) } else { Err(over()) };
            }
        }
        self.spill()?;
        let mut chunk = vec![0; CHUNK];
        loop {
            let n = retried(reader, &mut chunk)?;
            if n == 0 {
                return Ok(());
            }
            self.written += n as u64;
            if self.overrun() {
                return Err(over());
            }
            if let Some(file) = &mut self.file {
                file.write_all(&chunk[..n])?;
            }
        }
    }
    /// Moves what is in memory to the file.
    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.write_all(&self.memory)?;
        self.memory.clear();
        Ok(())
    }
    /// The error of an overrun.
    pub fn refused(&self) -> Malformed {
        Malformed::limit(format!("at most {} decoded bytes", self.limit))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written += bytes.len() as u64;
        if self.overrun() {
            return Err(over());
        }
        self.memory.extend_from_slice(bytes);
        if self.memory.len() >= SPILL_FROM {
            self.spill()?;
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn over() -> io::Error {
    io::Error::other("over the limit of decoded bytes")
}

fn retried(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Decodes pieces that follow each other, each of a known length, in parallel; a piece that is shorter or longer fails.
pub fn gather<R: Read + Send>(pieces: Vec<(u64, R)>, limit: u64, what: &'static str) -> Result<Blob, Malformed> {
    let total = pieces
        .iter()
        .try_fold(0u64, |sum, piece| sum.checked_add(piece.0))
        .filter(|&total| total <= limit);
    let Some(total) = total else {
        return Err(Malformed::limit(format!("at most {limit} decoded bytes")));
    };
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::OutOfMemory => Malformed::limit(format!("{what} ({error})")),
        _ => Malformed::at(0, what, error.to_string()),
    };
    if total < SPILL_FROM as u64 {
        // Below the spill size, so it fits a usize.
        let mut memory = vec![0; total as usize];
        let mut rest = memory.as_mut_slice();
        let mut jobs = Vec::with_capacity(pieces.len());
        for (length, reader) in pieces {
            let (here, behind) = rest.split_at_mut(length as usize);
            jobs.push((here, reader));
            rest = behind;
        }
        jobs.into_par_iter()
            .try_for_each(|(here, mut reader)| reader.read_exact(here).and_then(|()| ended(&mut reader)))
            .map_err(failed)?;
        return Ok(memory.into());
    }
    let unable = |error: io::Error| Malformed::limit(format!("room for a temporary file ({error})"));
    let file = tempfile::tempfile().map_err(unable)?;
    let mut at = 0;
    let mut jobs = Vec::with_capacity(pieces.len());
    for (length, reader) in pieces {
        jobs.push((at, length, reader));
        at += length;
    }
    jobs.into_par_iter().try_for_each(|(at, length, mut reader)| {
        let mut chunk = vec![0; CHUNK];
        let mut done = 0;
        while done < length {
            let room = usize::try_from(length - done).map_or(CHUNK, |left| left.min(CHUNK));
            let n = retried(&mut reader, &mut chunk[..room]).map_err(failed)?;
            if n == 0 {
                return Err(failed(io::ErrorKind::UnexpectedEof.into()));
            }
            file.write_all_at(&chunk[..n], at + done).map_err(unable)?;
            done += n as u64;
        }
        ended(&mut reader).map_err(failed)
    })?;
    map(&file).map_err(unable)
}

/// The reader has no more bytes; reading up to here lets a decoder check its checksums.
fn ended(reader: &mut dyn Read) -> io::Result<()> {
    match retried(reader, &mut [0])? {
        0 => Ok(()),
        _ => Err(io::Error::other("more decoded bytes than announced")),
    }
}
