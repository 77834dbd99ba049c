//! A folder on disk: one entry a path, sorted by its bytes. Kinds, modes, link targets and whatever grants something are compared.
//!
//! That is: device numbers, owners of set-ID files, capabilities and other `security.*` attributes, access control lists. Times and other
//! owners of the checkout are not compared.

use crate::{
    bytes::{
        security::{self, Inherited},
        source::{self, Watch},
        walk::Kind,
    },
    model::{Blob, Content, Decode, Malformed, Opened, Order, Part, Role, Span, Value},
};
use rustix::fs::CWD;
use std::{
    fs, io,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
    sync::Arc,
};

#[derive(Debug)]
struct File {
    path: PathBuf,
    watch: Arc<Watch>,
}

impl Decode for File {
    fn decode(&self, _stored: &Blob, _limit: u64) -> Result<Blob, Malformed> {
        // The path stays out of the message: a report holds no absolute path.
        source::load_watched(&self.path, &self.watch).map_err(|error| Malformed {
            found: match error.kind() {
                io::ErrorKind::Other => error.to_string(),
                kind => kind.to_string(),
            }
            .into(),
            ..Malformed::limit("a readable file")
        })
    }
}

/// What is written of one entry, field by field.
struct Fields<'l> {
    listing: &'l mut Vec<u8>,
    parts: Vec<Part>,
}

impl Fields<'_> {
    fn put(&mut self, name: &'static str, bytes: &[u8], role: Role, value: Value) {
        let from = self.listing.len();
        self.listing.extend_from_slice(bytes);
        let span = Span::new(from, self.listing.len());
        self.parts.push(Part::field(name, span, role, value));
        self.listing.push(0);
    }
    /// What not every entry has: with its NUL, so that nothing else differs where one side has none. No cause takes a structure.
    fn grant(&mut self, name: String, text: String) {
        let from = self.listing.len();
        self.listing.extend_from_slice(text.as_bytes());
        self.listing.push(0);
        let span = Span::new(from, self.listing.len());
        let part = Part::field(name, span, Role::Structure, Value::Text(text));
        self.parts.push(part);
    }
}

fn word(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(Kind::File) => "file",
        Some(Kind::Dir) => "folder",
        Some(Kind::Symlink) => "symlink",
        Some(Kind::Fifo) => "FIFO",
        Some(Kind::Socket) => "socket",
        Some(Kind::CharDevice) => "character device",
        Some(Kind::BlockDevice) => "block device",
        None => "unknown",
    }
}

/// A listing of the folder as bytes, and its parts. For each path, each closed by NUL: name, kind, mode or link target; of a device its number; of a
/// set-ID file user and group; and each attribute with a slash before its name, as no path here begins.
pub fn open(root: &Path, watch: &Arc<Watch>) -> io::Result<(Blob, Opened)> {
    let mut listing = Vec::new();
    let mut parts = Vec::new();
    let own = security::at(CWD, root.as_os_str().as_bytes(), true)?;
    let inherited = Inherited::of([&own].into_iter());
    for entry in walkdir::WalkDir::new(root)
        .min_depth(1)
        .sort_by(|x, y| x.file_name().cmp(y.file_name()))
    {
        let entry = entry?;
        let name = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let start = listing.len();
        let mut fields = Fields {
            listing: &mut listing,
            parts: Vec::new(),
        };
        let kind = fields.describe(entry.path(), name, &inherited)?;
        let mut fields = fields.parts;
        let end = listing.len();
        if kind == Some(Kind::File) {
            let file = File {
                path: entry.path().to_owned(),
                watch: Arc::clone(watch),
            };
            fields.push(Part::member("", Span::at(end, 0), Content::External(Box::new(file))));
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

impl Fields<'_> {
    fn describe(&mut self, path: &Path, name: &Path, inherited: &Inherited) -> io::Result<Option<Kind>> {
        let metadata = fs::symlink_metadata(path)?;
        let kind = Kind::of_mode(metadata.mode());
        let mode = metadata.mode() & 0o7777;
        let device = matches!(kind, Some(Kind::CharDevice | Kind::BlockDevice));
        self.put("name", name.as_os_str().as_bytes(), Role::Name, Value::Raw);
        self.put("kind", word(kind).as_bytes(), Role::Structure, Value::Raw);
        if kind == Some(Kind::Symlink) {
            let target = fs::read_link(path)?;
            self.put("target", target.as_os_str().as_bytes(), Role::Link, Value::Raw);
        } else {
            // No umask made a device node, and who may write to one decides what it is worth.
            let value = if device { Value::Raw } else { Value::Mode(mode) };
            self.put("mode", format!("{mode:04o}").as_bytes(), Role::Mode, value);
        }
        // Always there, so that the bytes before it have one name whatever follows.
        let here = Span::at(self.listing.len(), 0);
        self.parts
            .push(Part::field("rights", here, Role::Structure, Value::Raw));
        if device {
            let number = metadata.rdev();
            let number = format!("{}:{}", rustix::fs::major(number), rustix::fs::minor(number));
            self.grant("device number".to_owned(), number);
        }
        if matches!(kind, Some(Kind::File | Kind::Dir)) && mode & 0o6000 != 0 {
            // Whoever runs the file has this user's or group's rights; what is made in the folder is the group's.
            self.grant("user".to_owned(), metadata.uid().to_string());
            self.grant("group".to_owned(), metadata.gid().to_string());
        }
        let told = |error: io::Error| {
            let name = name.display();
            io::Error::new(error.kind(), format!("{name}: extended attributes: {error}"))
        };
        let mut attributes = security::at(CWD, path.as_os_str().as_bytes(), false).map_err(told)?;
        inherited.strip(&mut attributes);
        for (key, value) in attributes {
            let name = String::from_utf8_lossy(&key).into_owned();
            // Its bytes too, should the name not be text.
            let text = format!("/{}={}", key.escape_ascii(), security::say(&key, &value));
            self.grant(name, text);
        }
        Ok(kind)
    }
}
