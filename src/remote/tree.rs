//! A folder as a server keeps it: a message for each folder, which names what is in it by digests.

use super::{
    api::{Directory, DirectoryNode, FileNode, SymlinkNode},
    blob::{BlobId, Pieces},
    outputs::{Output, Outputs},
};
use crate::bytes::Error;
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Component, Path},
};

/// What is in a folder, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Folder(BTreeMap<String, Node>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    File(BlobId, bool),
    Link(String),
    Folder(Folder),
}

impl Folder {
    /// The folder at a path below this one, which is made.
    pub(super) fn below(&mut self, path: &str) -> Result<&mut Folder, Error> {
        let mut at = self;
        for part in Path::new(path).components() {
            let Component::Normal(name) = part else {
                return Err(Error::usage(format!("{path:?} is not a path below the input root")));
            };
            let name = named(Path::new(name))?;
            let node = at.0.entry(name).or_insert_with(|| Node::Folder(Folder::default()));
            let Node::Folder(next) = node else {
                return Err(Error::usage(format!("{path:?} leads through a file")));
            };
            at = next;
        }
        Ok(at)
    }

    pub(super) fn file(&mut self, name: &str, id: BlobId, executable: bool) {
        self.0.insert(name.to_owned(), Node::File(id, executable));
    }

    /// Takes in a file of this machine under another path.
    pub(super) fn put(&mut self, at: &str, from: &Path, pieces: &mut Pieces) -> Result<(), Error> {
        let (folder, name) = at.rsplit_once('/').unwrap_or(("", at));
        let node = taken(from, pieces)?;
        self.below(folder)?.0.insert(name.to_owned(), node);
        Ok(())
    }

    /// Files and links below a path (which ends with a slash), by path from there.
    pub(super) fn files(&self, below: &str) -> Outputs {
        let mut all = Outputs::new();
        self.list("", &mut all);
        let inner = |(path, output): (String, Output)| Some((path.strip_prefix(below)?.to_owned(), output));
        all.into_iter().filter_map(inner).collect()
    }

    fn list(&self, path: &str, all: &mut Outputs) {
        for (name, node) in &self.0 {
            let path = format!("{path}{name}");
            match node {
                Node::Folder(folder) => folder.list(&format!("{path}/"), all),
                Node::Link(target) => drop(all.insert(path, Output::Link(target.clone()))),
                Node::File(id, executable) => {
                    let (id, executable) = (*id, *executable);
                    all.insert(path, Output::File { id, executable });
                }
            }
        }
    }

    /// Takes in all that lies in a folder of this machine.
    pub(super) fn read(&mut self, from: &Path, pieces: &mut Pieces) -> Result<(), Error> {
        let at = |error: std::io::Error| Error::at(from, &error);
        for entry in fs::read_dir(from).map_err(at)? {
            let entry = entry.map_err(at)?;
            let (name, path) = (entry.file_name(), entry.path());
            let name = named(Path::new(&name)).map_err(|error| error.of(&path))?;
            self.0.insert(name, taken(&path, pieces)?);
        }
        Ok(())
    }

    /// Makes the messages of this folder and those below it; gives the name of its own.
    pub(super) fn encode(&self, pieces: &mut Pieces) -> BlobId {
        let mut message = Directory::default();
        for (name, node) in &self.0 {
            let name = name.clone();
            match node {
                Node::File(id, is_executable) => message.files.push(FileNode {
                    name,
                    digest: Some(id.tell()),
                    is_executable: *is_executable,
                    node_properties: None,
                }),
                Node::Link(target) => message.symlinks.push(SymlinkNode {
                    name,
                    target: target.clone(),
                    node_properties: None,
                }),
                Node::Folder(folder) => message.directories.push(DirectoryNode {
                    name,
                    digest: Some(folder.encode(pieces).tell()),
                }),
            }
        }
        pieces.message(&message)
    }
}

/// A file, a link or a folder of this machine.
fn taken(path: &Path, pieces: &mut Pieces) -> Result<Node, Error> {
    let found = fs::symlink_metadata(path).map_err(|error| Error::at(path, &error))?;
    if found.is_dir() {
        let mut folder = Folder::default();
        folder.read(path, pieces)?;
        Ok(Node::Folder(folder))
    } else if found.is_symlink() {
        let target = fs::read_link(path).map_err(|error| Error::at(path, &error))?;
        Ok(Node::Link(named(&target).map_err(|error| error.of(path))?))
    } else if found.is_file() {
        Ok(Node::File(pieces.file(path)?, found.permissions().mode() & 0o100 != 0))
    } else {
        Err(Error::refused("is neither a file, a folder nor a link, and nothing else can be sent").of(path))
    }
}

fn named(name: &Path) -> Result<String, Error> {
    let text = name.to_str().map(str::to_owned);
    text.ok_or_else(|| {
        Error::refused(format!(
            "{} is not UTF-8, and the API knows no other names",
            name.display()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_folder_is_the_same_message_wherever_it_lies() {
        let make = |names: &[&str]| {
            let folder = tempfile::tempdir().unwrap();
            for name in names {
                fs::write(folder.path().join(name), name).unwrap();
            }
            fs::create_dir(folder.path().join("sub")).unwrap();
            symlink("../b", folder.path().join("sub/link")).unwrap();
            let (mut tree, mut pieces) = (Folder::default(), Pieces::default());
            tree.below("at").unwrap().read(folder.path(), &mut pieces).unwrap();
            (tree.encode(&mut pieces), pieces.0.len())
        };
        assert_eq!(make(&["a", "b"]), make(&["b", "a"]));
        assert_eq!(make(&["a", "b"]).1, 5, "two files and three folders");
        assert_ne!(make(&["a"]).0, make(&["b"]).0);
    }

    #[test]
    fn nothing_leads_out_of_the_root() {
        let mut root = Folder::default();
        assert!(root.below("../x").is_err() && root.below("/x").is_err());
        root.file("x", BlobId::of(b""), false);
        assert!(root.below("x/y").is_err());
    }
}
