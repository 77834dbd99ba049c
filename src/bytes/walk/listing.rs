//! What one folder holds, and the listings of all folders put together in order.

use std::io;

use super::{Kind, NO_PARENT, Problem, Tree};

/// One item of a folder. A folder in it is there twice: under its name, and under its name with a slash for what
/// is in it, so that sorting by bytes gives the order of whole paths (`a`, `a.b`, `a/b`).
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) name: u32,
    pub(super) len: u16,
    pub(super) kind: Kind,
    /// The listing to put here; none for the entry itself.
    pub(super) inside: Option<u32>,
}

#[derive(Default)]
pub(super) struct Listing {
    pub(super) names: Vec<u8>,
    pub(super) items: Vec<Item>,
}

impl Listing {
    pub(super) fn push(&mut self, name: &[u8], kind: Kind) -> io::Result<()> {
        let (start, len) = (u32::try_from(self.names.len()), u16::try_from(name.len()));
        let (Ok(start), Ok(len)) = (start, len) else {
            return Err(io::Error::from(io::ErrorKind::InvalidFilename));
        };
        self.names.extend(name);
        self.items.push(Item {
            name: start,
            len,
            kind,
            inside: None,
        });
        if kind == Kind::Dir {
            self.names.push(b'/');
        }
        Ok(())
    }

    pub(super) fn name(&self, item: Item) -> &[u8] {
        &self.names[item.name as usize..][..usize::from(item.len)]
    }

    /// Sorts, once each folder among the items has its second item, numbered from `first`.
    pub(super) fn finish(&mut self, first: u32) {
        let folders: Vec<Item> = self
            .items
            .iter()
            .filter(|item| item.kind == Kind::Dir)
            .copied()
            .collect();
        let inside = (first..).zip(folders).map(|(id, item)| Item {
            len: item.len + 1,
            inside: Some(id),
            ..item
        });
        self.items.extend(inside);
        let names = &self.names;
        let name = |item: &Item| &names[item.name as usize..][..usize::from(item.len)];
        self.items.sort_unstable_by(|a, b| name(a).cmp(name(b)));
        self.names.shrink_to_fit();
        self.items.shrink_to_fit();
    }
}

/// Puts the listings in order, freeing each once it is copied.
pub(super) fn flatten(
    roots: &[(&[u8], Kind)],
    mut listings: Vec<Listing>,
    problems: Vec<Problem>,
) -> Result<Tree, Problem> {
    let full = || Problem {
        path: b".".to_vec(),
        error: io::Error::other("more names than 4 GiB"),
    };
    let mut tree = Tree {
        names: Vec::new(),
        nodes: Vec::new(),
        problems,
    };
    tree.names
        .reserve_exact(listings.iter().map(|l| l.names.len()).sum::<usize>());
    tree.nodes
        .reserve_exact(roots.len() + listings.iter().map(|l| l.items.len()).sum::<usize>());
    let mut next_root = 0..;
    for &(path, kind) in roots {
        let len = u16::try_from(path.len()).map_err(|_| full())?;
        let root = tree.add(path, len, kind, NO_PARENT).ok_or_else(full)?;
        if kind != Kind::Dir {
            continue;
        }
        let listing = std::mem::take(&mut listings[next_root.next().unwrap_or_default()]);
        // For each open folder: its listing, how far that is copied, its node.
        let mut open = vec![(listing, 0, root)];
        // Folders whose contents are still to come. The order makes this a stack: whatever sorts between `a` and
        // `a/` starts with `a` and a byte below the slash, so its contents come before those of `a`.
        let mut waiting = Vec::new();
        while let Some((listing, at, node)) = open.last_mut() {
            let Some(&item) = listing.items.get(*at) else {
                open.pop();
                continue;
            };
            *at += 1;
            match item.inside {
                None => {
                    let added = tree
                        .add(listing.name(item), item.len, item.kind, *node)
                        .ok_or_else(full)?;
                    if item.kind == Kind::Dir {
                        waiting.push(added);
                    }
                }
                Some(id) => {
                    let listing = std::mem::take(&mut listings[id as usize]);
                    open.push((listing, 0, waiting.pop().unwrap_or(root)));
                }
            }
        }
    }
    Ok(tree)
}
