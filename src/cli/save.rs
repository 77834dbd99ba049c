//! Files that this program writes: whole or not at all.

use super::Error;
use repro::bytes::folder_of;
use std::{
    fs::{File, Permissions},
    io::{self, BufWriter, Write},
    os::unix::fs::{MetadataExt as _, PermissionsExt},
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
    let found = std::fs::metadata(path).ok();
    // An ordinary new file's permissions, to which the umask still applies; of one that is there nobody is to read the new text before.
    let new = if found.is_some() { 0o600 } else { 0o666 };
    let permissions: Permissions = PermissionsExt::from_mode(new);
    let mut file = tempfile::Builder::new()
        .permissions(permissions)
        .tempfile_in(folder_of(path))?;
    let mut out = BufWriter::with_capacity(1 << 16, file.as_file_mut());
    body(&mut out)?;
    out.flush()?;
    drop(out);
    let there = file.as_file();
    if let Some(found) = found {
        let owner = rustix::fs::Uid::from_raw(found.uid());
        let group = rustix::fs::Gid::from_raw(found.gid());
        // Who may not give files away is their owner now, for whom no program of another may run as it did. The mode comes behind it, for
        // a new owner costs set-user-ID.
        let mode = match rustix::fs::fchown(there, Some(owner), Some(group)) {
            Ok(()) => found.mode(),
            Err(rustix::io::Errno::PERM | rustix::io::Errno::INVAL) => found.mode() & 0o777,
            Err(error) => return Err(error.into()),
        };
        there.set_permissions(PermissionsExt::from_mode(mode & 0o7777))?;
        // What was there goes only when what takes its place is on the disk.
        there.sync_all()?;
    }
    file.persist(path).map(drop).map_err(|e| e.error)
}
