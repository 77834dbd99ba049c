//! Manifests: written by `repro hash`, verified by `repro check`.
//!
//! A manifest is a text list (`sha256sum`'s and `b3sum`'s lines), a tagged list (BSD lines) or JSON (see
//! `schemas/manifest.json`). A list holds regular files only; JSON holds everything, with kind, permissions,
//! link targets and a digest of each tree ([`tree`]).

pub mod expected;
pub mod json;
pub mod list;
pub mod tree;
pub mod verify;

use std::io;
use std::ops::Range;
use std::os::fd::BorrowedFd;

use crate::bytes::digest::Algorithm;
use crate::bytes::hash::{self, Ask, Failure, Hashed, Plan, Want};
use crate::bytes::security::Inherited;
use crate::bytes::walk::{self, Kind, Problem, Tree};
use crate::model::Meter;

/// Roots with everything in them, hashed.
pub struct Snapshot {
    pub tree: Tree,
    pub hashed: Hashed,
    pub algorithms: Vec<Algorithm>,
    pub options: walk::Options,
    /// What could not be walked or hashed, sorted by path. With any of these the manifest is incomplete.
    pub problems: Vec<Problem>,
}

impl Snapshot {
    /// Hashes the files of `tree`; with `metadata` all else is recorded too, which lists can't hold.
    pub fn take(
        base: BorrowedFd<'_>,
        mut tree: Tree,
        algorithms: &[Algorithm],
        options: &walk::Options,
        metadata: bool,
        meter: &Meter,
    ) -> Snapshot {
        let plan = Plan {
            base,
            algorithms,
            meter,
            cache: None,
            extras: metadata,
        };
        let mut hashed = hash::hash(&plan, tree.len(), |index, path| {
            let want = match tree.kind(index) {
                Kind::File => Want::File,
                _ if metadata => Want::Stat,
                _ => {
                    return Ask {
                        want: Want::Skip,
                        follow: false,
                    };
                }
            };
            tree.path(index, path);
            // The walk leaves a link a link where following it leads nowhere or round in circles.
            let follow = tree.kind(index) != Kind::Symlink && (options.follow || tree.is_root(index));
            Ask { want, follow }
        });
        let roots = (0..tree.len()).filter(|index| tree.is_root(*index));
        let inherited = Inherited::of(roots.map(|index| &hashed.extra(index).attributes));
        hashed.strip(&inherited);
        let mut problems = std::mem::take(&mut tree.problems);
        for (index, failure) in std::mem::take(&mut hashed.failures) {
            let mut path = Vec::new();
            tree.path(index, &mut path);
            problems.push(Problem {
                path,
                error: reason(failure),
            });
        }
        problems.sort_by(|a, b| a.path.cmp(&b.path));
        Snapshot {
            tree,
            hashed,
            algorithms: algorithms.to_vec(),
            options: options.clone(),
            problems,
        }
    }

    /// The entries of each root, the root itself first.
    pub fn roots(&self) -> Vec<Range<usize>> {
        let starts: Vec<usize> = (0..self.tree.len()).filter(|i| self.tree.is_root(*i)).collect();
        let ends = starts.iter().skip(1).copied().chain([self.tree.len()]);
        starts
            .iter()
            .copied()
            .zip(ends)
            .map(|(start, end)| start..end)
            .collect()
    }

    /// Whether something is known of entry `index`.
    fn known(&self, index: usize) -> bool {
        self.hashed.meta(index).kind().is_some()
    }

    /// Whether it holds no file.
    pub fn is_empty(&self) -> bool {
        !(0..self.tree.len()).any(|i| self.tree.kind(i) == Kind::File)
    }

    /// How many entries a list leaves out: links, and pipes, sockets or devices.
    pub fn not_in_lists(&self) -> (usize, usize) {
        let count = |f: fn(Kind) -> bool| (0..self.tree.len()).filter(|i| f(self.tree.kind(*i))).count();
        let links = count(|kind| kind == Kind::Symlink);
        (
            links,
            count(|kind| !matches!(kind, Kind::File | Kind::Dir | Kind::Symlink)),
        )
    }
}

fn reason(failure: Failure) -> io::Error {
    match failure {
        Failure::Io(error) => error,
        Failure::Changed => io::Error::other("changed while it was read"),
    }
}

/// Adds up the sizes of all files of `tree`, for a progress bar; files that can't be asked count as empty.
pub fn total_size(base: BorrowedFd<'_>, tree: &Tree, options: &walk::Options) -> u64 {
    let plan = Plan {
        base,
        algorithms: &[],
        meter: &Meter::default(),
        cache: None,
        extras: false,
    };
    let sizes = hash::hash(&plan, tree.len(), |index, path| {
        tree.path(index, path);
        let want = if tree.kind(index) == Kind::File {
            Want::Stat
        } else {
            Want::Skip
        };
        Ask {
            want,
            follow: options.follow || tree.is_root(index),
        }
    });
    (0..tree.len()).map(|index| sizes.meta(index).size).sum()
}
