//! Where bytes come from: small files are read, large ones mapped, decoded members kept in memory or spilled to a file.

use crate::model::{Blob, Malformed, Span, Storage};
use memmap2::Mmap;
use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
    sync::Arc,
};

/// Files from this size on are mapped.
const MAP_FROM: u64 = 256 * 1024;
/// Decoded members from this size on go to a temporary file.
const SPILL_FROM: usize = 16 * 1024 * 1024;
/// Ranges below this size are not worth a system call to release.
const RELEASE_FROM: usize = 1024 * 1024;

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

/// The bytes of a regular file.
pub fn load(path: &Path) -> io::Result<Blob> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    if metadata.len() >= MAP_FROM {
        return map(&file);
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    file.read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

/// All of standard input.
pub fn load_stdin() -> io::Result<Blob> {
    let mut sink = Sink::new(u64::MAX);
    io::copy(&mut io::stdin().lock(), &mut sink)?;
    sink.finish().map_err(|error| io::Error::other(error.to_string()))
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
    pub fn overrun(&self) -> bool {
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
    /// Copies all of `reader`; `what` names the encoding in errors.
    pub fn fill(mut self, reader: &mut dyn Read, what: &'static str) -> Result<Blob, Malformed> {
        match io::copy(reader, &mut self) {
            Ok(_) => self.finish(),
            Err(_) if self.overrun() => Err(self.refused()),
            Err(error) => Err(Malformed::at(0, what, error.to_string())),
        }
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
            return Err(io::Error::other("over the limit of decoded bytes"));
        }
        self.memory.extend_from_slice(bytes);
        if self.memory.len() >= SPILL_FROM {
            if self.file.is_none() {
                self.file = Some(tempfile::tempfile()?);
            }
            if let Some(file) = &mut self.file {
                file.write_all(&self.memory)?;
            }
            self.memory.clear();
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
