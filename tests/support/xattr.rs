//! Extended attributes for tests, by the system's own calls: no tool has to be there.

use rustix::fs::XattrFlags;
use std::path::Path;

/// A file capability: CAP_SETUID, permitted and effective.
pub const SETUID: &[u8] = b"\x01\0\0\x02\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// Sets an attribute, which must succeed.
pub fn set(path: &Path, name: &str, value: &[u8]) {
    let done = rustix::fs::lsetxattr(path, name, value, XattrFlags::empty());
    done.unwrap_or_else(|error| panic!("{}: {name}: {error}", path.display()));
}

/// An access control list: owner rw-, user 1000 as given, group r--, mask rwx, others r--.
pub fn acl(rights: u16) -> Vec<u8> {
    let entries = [
        (1_u16, 6_u16, u32::MAX),
        (2, rights, 1000),
        (4, 4, u32::MAX),
        (16, 7, u32::MAX),
        (32, 4, u32::MAX),
    ];
    let mut value = 2_u32.to_le_bytes().to_vec();
    for (tag, bits, id) in entries {
        value.extend([tag.to_le_bytes(), bits.to_le_bytes()].concat());
        value.extend(id.to_le_bytes());
    }
    value
}

/// Whether these tests may set file capabilities and make device nodes.
pub fn root() -> bool {
    rustix::process::geteuid().is_root()
}
