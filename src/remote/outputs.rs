//! What an action has made: files by path, from what a server says of its result.

use super::{
    api::{ActionResult, Directory, Tree},
    blob::BlobId,
    download,
    link::Link,
};
use crate::bytes::Error;
use prost::Message as _;
use std::collections::BTreeMap;

/// Most files and folders of one result.
const MOST: usize = 1_000_000;
/// Most folders in one another.
const DEEP: usize = 200;
/// Largest description of a folder.
const LARGEST: u64 = 256 << 20;

/// One thing that an action has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// A file.
    File {
        /// Its bytes.
        id: BlobId,
        /// Whether it can be run.
        executable: bool,
    },
    /// A symbolic link, by its target.
    Link(String),
}

impl Output {
    /// SHA-256 of a file's bytes or of a link's target.
    pub fn sha256(&self) -> String {
        match self {
            Self::File { id, .. } => id.sha256(),
            Self::Link(target) => BlobId::of(target.as_bytes()).sha256(),
        }
    }

    /// Bytes of a file or of a link's target.
    pub fn size(&self) -> u64 {
        match self {
            Self::File { id, .. } => id.size(),
            Self::Link(target) => target.len() as u64,
        }
    }
}

/// All that an action has made, by path from its working folder.
pub type Outputs = BTreeMap<String, Output>;

/// Reads a result, and the folders that it names.
pub(super) async fn read(link: &Link, result: &ActionResult) -> Result<Outputs, Error> {
    let mut all = Outputs::new();
    for file in &result.output_files {
        let id = file.digest.as_ref().and_then(BlobId::told);
        let id = id.ok_or_else(|| link.about(malformed(&file.path, "has no digest")))?;
        let executable = file.is_executable;
        put(&mut all, file.path.clone(), Output::File { id, executable }).map_err(|error| link.about(error))?;
    }
    #[allow(deprecated, reason = "servers of version 2.0 say nothing else")]
    let old = result
        .output_file_symlinks
        .iter()
        .chain(&result.output_directory_symlinks);
    for symlink in result.output_symlinks.iter().chain(old) {
        let target = Output::Link(symlink.target.clone());
        put(&mut all, symlink.path.clone(), target).map_err(|error| link.about(error))?;
    }
    for folder in &result.output_directories {
        let wrong = |why| link.about(malformed(&folder.path, why));
        let id = folder.tree_digest.as_ref().and_then(BlobId::told);
        let id = id.ok_or_else(|| wrong("has no digest of a tree"))?;
        if id.size() > LARGEST {
            return Err(wrong("is a tree that is too large"));
        }
        let bytes = download::read(link, &[id]).await?.remove(&id);
        let bytes = bytes.ok_or_else(|| wrong("is a tree that the server does not have"))?;
        let tree = Tree::decode(bytes.as_slice()).map_err(|_| wrong("is not a tree"))?;
        flatten(&folder.path, &tree, &mut all).map_err(|error| link.about(error))?;
    }
    Ok(all)
}

fn malformed(path: &str, why: &str) -> Error {
    Error::malformed(format!("the result of the action: output {path:?} {why}"))
}

fn put(all: &mut Outputs, path: String, output: Output) -> Result<(), Error> {
    let plain = |part: &str| !matches!(part, "" | "." | "..");
    if !path.split('/').all(plain) || path.contains('\0') {
        return Err(malformed(&path, "does not lie below the working folder"));
    }
    if all.len() >= MOST {
        return Err(malformed(&path, "is one too many"));
    }
    all.insert(path, output);
    Ok(())
}

fn flatten(path: &str, tree: &Tree, all: &mut Outputs) -> Result<(), Error> {
    let children: BTreeMap<BlobId, &Directory> = tree
        .children
        .iter()
        .map(|child| (BlobId::of(&child.encode_to_vec()), child))
        .collect();
    let mut open: Vec<(String, &Directory, usize)> = tree.root.iter().map(|root| (path.to_owned(), root, 0)).collect();
    let mut count = 0;
    while let Some((path, folder, depth)) = open.pop() {
        count += 1;
        if depth > DEEP || count > MOST {
            return Err(malformed(&path, "has too many folders"));
        }
        let below = |name: &str| match name.is_empty() || name.contains('/') {
            true => Err(malformed(&path, "has an entry without a proper name")),
            false if path.is_empty() => Ok(name.to_owned()),
            false => Ok(format!("{path}/{name}")),
        };
        for file in &folder.files {
            let id = file.digest.as_ref().and_then(BlobId::told);
            let id = id.ok_or_else(|| malformed(&path, "has a file without a digest"))?;
            let executable = file.is_executable;
            put(all, below(&file.name)?, Output::File { id, executable })?;
        }
        for link in &folder.symlinks {
            put(all, below(&link.name)?, Output::Link(link.target.clone()))?;
        }
        for child in &folder.directories {
            let id = child.digest.as_ref().and_then(BlobId::told);
            let found = id.and_then(|id| children.get(&id));
            let found = found.ok_or_else(|| malformed(&path, "has a folder that is not in its tree"))?;
            open.push((below(&child.name)?, found, depth + 1));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::api::{DirectoryNode, FileNode, SymlinkNode};
    use super::*;

    fn file(name: &str) -> Directory {
        Directory {
            files: vec![FileNode {
                name: name.to_owned(),
                digest: Some(BlobId::of(b"x").tell()),
                ..FileNode::default()
            }],
            ..Directory::default()
        }
    }

    fn holding(name: &str, child: &Directory) -> Directory {
        Directory {
            directories: vec![DirectoryNode {
                name: name.to_owned(),
                digest: Some(BlobId::of(&child.encode_to_vec()).tell()),
            }],
            ..Directory::default()
        }
    }

    #[test]
    fn a_tree_becomes_paths() {
        let child = file("c");
        let mut root = holding("sub", &child);
        root.symlinks.push(SymlinkNode {
            name: "l".to_owned(),
            target: "sub/c".to_owned(),
            node_properties: None,
        });
        let tree = Tree {
            root: Some(root),
            children: vec![child],
        };
        let mut all = Outputs::new();
        flatten("out", &tree, &mut all).unwrap();
        assert_eq!(all.keys().collect::<Vec<_>>(), ["out/l", "out/sub/c"]);
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let of = |root: Directory| Tree {
            root: Some(root),
            children: Vec::new(),
        };
        for name in ["..", "", "a/b", ".", "/etc"] {
            assert!(
                flatten("out", &of(file(name)), &mut Outputs::new()).is_err(),
                "{name:?}"
            );
        }
        assert!(flatten("out", &of(holding("gone", &file("x"))), &mut Outputs::new()).is_err());
        let output = || Output::Link(String::new());
        for path in ["/abs", "../up", "", "a/../b"] {
            assert!(put(&mut Outputs::new(), path.to_owned(), output()).is_err(), "{path:?}");
        }
    }

    #[test]
    fn a_bomb_of_folders_is_defused() {
        // Each level names the one below ten times: 10^20 paths.
        let mut children = vec![file("x")];
        for _ in 0..20 {
            let last = children.last().unwrap().clone();
            let mut level = Directory::default();
            for name in 'a'..'k' {
                level.directories.extend(holding(&name.to_string(), &last).directories);
            }
            children.push(level);
        }
        let tree = Tree {
            root: children.pop(),
            children,
        };
        assert!(flatten("out", &tree, &mut Outputs::new()).is_err());
    }
}
