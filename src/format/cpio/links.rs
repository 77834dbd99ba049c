//! Hard links: entries of one device and inode, which a reader makes one file.

use super::header::{Entry, Type};
use std::collections::BTreeMap;

/// Device and inode.
type Node = (u64, u64, u64);

/// The files that have several names, each with a digest of these.
#[derive(Debug, Default)]
pub(super) struct Links(BTreeMap<Node, String>);

impl Links {
    pub(super) fn of(bytes: &[u8], entries: &[Entry]) -> Self {
        let mut names: BTreeMap<Node, Vec<&[u8]>> = BTreeMap::new();
        for entry in entries {
            if let Some(node) = node(entry) {
                names.entry(node).or_default().push(entry.path(bytes));
            }
        }
        let several = names.into_iter().filter(|(_, names)| names.len() > 1);
        Self(several.map(|(node, names)| (node, said(names))).collect())
    }

    /// Whether an entry is one of several names of a file.
    pub(super) fn has(&self, entry: &Entry) -> bool {
        self.around(entry).is_some()
    }

    /// All names of an entry's file, where it has several.
    pub(super) fn around(&self, entry: &Entry) -> Option<&str> {
        self.0.get(&node(entry)?).map(String::as_str)
    }
}

/// What readers compare; they do so only for files that say that they have several names.
fn node(entry: &Entry) -> Option<Node> {
    (entry.links > 1 && entry.kind() != Type::Folder).then_some((entry.device.0, entry.device.1, entry.inode))
}

/// The first name, and a digest of all of them: a long list would be repeated at each of its members.
fn said(mut names: Vec<&[u8]>) -> String {
    names.sort_unstable();
    let mut digest = blake3::Hasher::new();
    for name in &names {
        digest.update(name).update(&[0]);
    }
    let first = String::from_utf8_lossy(names[0]);
    let others = names.len() - 1;
    format!("{first} and {others} more, {}", digest.finalize().to_hex())
}
