//! The tree digest: one digest for everything in a root, whatever the root is called and wherever it lies.
//!
//! It is the digest, by the algorithm it is named for, of one record for each entry, the root's own included, sorted
//! by the bytes of the path. A record is
//!
//! ```text
//! KIND SP MODE SP DIGEST SP PATH NUL
//! ```
//!
//! - `KIND`: `f` file, `d` folder, `l` symbolic link, `p` pipe, `s` socket, `c` or `b` device.
//! - `MODE`: permission bits with set-user-ID, set-group-ID and sticky, four octal digits; `0777` for a link.
//! - `DIGEST`: lowercase hexadecimal, by the same algorithm: of a file's bytes, of a link's target; for a device of
//!   `MAJOR:MINOR` in decimal; for anything else `-`.
//! - `PATH`: relative to the root, its bytes as they are, without `./`; the root itself is `.` and comes first.
//!
//! Two trees have the same digest if and only if names, kinds, permissions, contents and targets are the same. Owners,
//! times, extended attributes, holes in sparse files, and which names are hard links of one another don't count; a manifest's entries
//! have what of these grants something, and `check` sees it.
//!
//! Test vectors (`tests/fast/manifest/json.rs` also makes a digest with `find` and `sha256sum`): an empty folder of mode
//! 0755 is one record, `d 0755 - .` and a NUL:
//!
//! ```
//! use repro::bytes::digest::Algorithm;
//! let empty = Algorithm::Sha256.digest(b"d 0755 - .\0").to_string();
//! assert_eq!(empty, "4368905ae7f1161867031db8fb1105752bb6a29ee03ff56f72647714be6f5dc9");
//! ```

use std::ops::Range;

use super::Snapshot;
use crate::bytes::digest::{Algorithm, Digest, Hasher, hex};
use crate::bytes::walk::Kind;

/// The tree digest of one root by one algorithm.
pub fn digest(snapshot: &Snapshot, root: Range<usize>, algorithm: Algorithm) -> Digest {
    let mut hasher = Hasher::new(algorithm);
    let (mut top, mut path, mut record) = (Vec::new(), Vec::new(), Vec::new());
    snapshot.tree.path(root.start, &mut top);
    let prefix = match top.as_slice() {
        b"." => 0,
        b"/" => 1,
        _ => top.len() + 1,
    };
    for index in root.clone().filter(|index| snapshot.known(*index)) {
        let meta = snapshot.hashed.meta(index);
        let kind = meta.kind().unwrap_or(Kind::File);
        record.extend([letter(kind), b' ']);
        let mode = if kind == Kind::Symlink {
            0o777
        } else {
            meta.permissions()
        };
        record.extend(format!("{mode:04o} ").bytes());
        match kind {
            Kind::File | Kind::Symlink => hex(snapshot.hashed.digest(index, algorithm).unwrap_or(b""), &mut record),
            Kind::CharDevice | Kind::BlockDevice => {
                hex(algorithm.digest(device(meta.size).as_bytes()).as_bytes(), &mut record);
            }
            _ => record.push(b'-'),
        }
        record.push(b' ');
        if index == root.start {
            record.push(b'.');
        } else {
            snapshot.tree.path(index, &mut path);
            record.extend(&path[prefix.min(path.len())..]);
        }
        record.push(0);
        if record.len() > 1 << 16 {
            hasher.update(&record);
            record.clear();
        }
    }
    hasher.update(&record);
    hasher.finish()
}

fn letter(kind: Kind) -> u8 {
    match kind {
        Kind::File => b'f',
        Kind::Dir => b'd',
        Kind::Symlink => b'l',
        Kind::Fifo => b'p',
        Kind::Socket => b's',
        Kind::CharDevice => b'c',
        Kind::BlockDevice => b'b',
    }
}

/// A device number as `MAJOR:MINOR`.
pub fn device(number: u64) -> String {
    format!("{}:{}", rustix::fs::major(number), rustix::fs::minor(number))
}
