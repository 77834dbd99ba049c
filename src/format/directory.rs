//! A folder on disk: one entry a path, sorted by its bytes. Modes and link targets are compared; times and owners of the checkout are not.

use crate::{
    bytes::source,
    model::{Blob, Content, Decode, Malformed, Opened, Order, Part, Role, Span, Value},
};
use std::{
    fs, io,
    os::unix::{
        ffi::OsStrExt,
        fs::{FileTypeExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

#[derive(Debug)]
struct File(PathBuf);

impl Decode for File {
    fn decode(&self, _stored: &Blob, _limit: u64) -> Result<Blob, Malformed> {
        // The path stays out of the message: a report holds no absolute path.
        source::load(&self.0).map_err(|error| Malformed {
            found: error.kind().to_string().into(),
            ..Malformed::limit("a readable file")
        })
    }
}

/// A listing of the folder as bytes (for each path: name, kind, mode, link target, each closed by NUL), and its parts.
pub fn open(root: &Path) -> io::Result<(Blob, Opened)> {
    let mut listing = Vec::new();
    let mut parts = Vec::new();
    for entry in walkdir::WalkDir::new(root)
        .min_depth(1)
        .sort_by(|x, y| x.file_name().cmp(y.file_name()))
    {
        let entry = entry?;
        let name = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let metadata = fs::symlink_metadata(entry.path())?;
        let kind = metadata.file_type();
        let start = listing.len();
        let mut fields = Vec::new();
        let mut put = |field: &'static str, bytes: &[u8], role, value| {
            let from = listing.len();
            listing.extend_from_slice(bytes);
            fields.push(Part::field(field, Span::new(from, listing.len()), role, value));
            listing.push(0);
        };
        put("name", name.as_os_str().as_bytes(), Role::Name, Value::Raw);
        let word = match kind {
            _ if kind.is_file() => "file",
            _ if kind.is_dir() => "folder",
            _ if kind.is_symlink() => "symlink",
            _ if kind.is_fifo() => "FIFO",
            _ if kind.is_socket() => "socket",
            _ => "device",
        };
        put("kind", word.as_bytes(), Role::Structure, Value::Raw);
        if kind.is_symlink() {
            put(
                "target",
                fs::read_link(entry.path())?.as_os_str().as_bytes(),
                Role::String,
                Value::Raw,
            );
        } else {
            let mode = metadata.permissions().mode() & 0o7777;
            put("mode", format!("{mode:04o}").as_bytes(), Role::Mode, Value::Mode(mode));
        }
        let end = listing.len();
        if kind.is_file() {
            fields.push(Part::member(
                "",
                Span::at(end, 0),
                Content::External(Box::new(File(entry.path().to_owned()))),
            ));
        }
        parts.push(Part::group(
            name.to_string_lossy().into_owned(),
            Span::new(start, end),
            Order::Fixed,
            fields,
        ));
    }
    Ok((
        listing.into(),
        Opened {
            format: "directory",
            order: Order::Members,
            parts,
        },
    ))
}
