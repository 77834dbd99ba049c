//! Files that this program writes: whole or not at all.

use super::Error;
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    os::unix::fs::MetadataExt as _,
    path::Path,
};

/// Writes a file. A device or pipe is written to; a file gets a finished new one in its place.
pub fn save(path: &Path, body: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let special = std::fs::metadata(path).is_ok_and(|found| !found.is_file());
    let written = if special {
        write_through(path, body)
    } else {
        // Where a link leads, not in its place.
        replace(&std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()), body)
    };
    match written {
        // As with standard output, a reader that has gone away changes nothing about the outcome.
        Err(error) if special && error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| Error::at(path.display(), error)),
    }
}

fn write_through(path: &Path, body: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(File::options().write(true).open(path)?);
    body(&mut out)?;
    out.flush()
}

/// Writes beside a file and puts that in its place, so that nobody sees half of it. Mode and owner stay those of the file that was there.
pub fn replace(path: &Path, body: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    // An ordinary new file's permissions: the umask still applies.
    let new = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    let mut file = tempfile::Builder::new().permissions(new).tempfile_in(folder)?;
    let mut out = BufWriter::with_capacity(1 << 16, file.as_file_mut());
    body(&mut out)?;
    out.flush()?;
    drop(out);
    let there = file.as_file();
    if let Ok(found) = std::fs::metadata(path) {
        let owner = rustix::fs::Uid::from_raw(found.uid());
        let group = rustix::fs::Gid::from_raw(found.gid());
        // Who may not give files away is their owner now. The mode comes behind it, for a new owner costs set-user-ID.
        match rustix::fs::fchown(there, Some(owner), Some(group)) {
            Err(rustix::io::Errno::PERM) | Ok(()) => {}
            Err(error) => return Err(error.into()),
        }
        there.set_permissions(found.permissions())?;
        // What was there goes only when what takes its place is on the disk.
        there.sync_all()?;
    }
    file.persist(path).map(drop).map_err(|e| e.error)
}
