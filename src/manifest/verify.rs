//! What a manifest says against what is there.

use std::io;
use std::os::fd::BorrowedFd;

use super::{display, reason};
use crate::bytes::digest::{Algorithm, Digest};
use crate::bytes::hash::{self, Ask, Failure, Hashed, Meter, Plan, Want};
use crate::bytes::plain;
use crate::bytes::walk::{self, Kind, Problem};

/// A line or entry that could not be understood.
#[derive(Debug)]
pub struct Malformed {
    /// Counted from 1; in JSON, the entry's number.
    pub line: usize,
    pub what: String,
}

/// What a manifest says of one path.
#[derive(Debug, Default)]
pub struct Row<'a> {
    pub path: &'a [u8],
    pub kind: Option<Kind>,
    pub permissions: Option<u32>,
    pub size: Option<u64>,
    pub target: Option<&'a [u8]>,
    pub digests: &'a [(Algorithm, Digest)],
}

/// A row as it is kept: 40 bytes, its variable parts in one buffer.
struct Stored {
    start: u32,
    path: u32,
    target: u32,
    size: u64,
    permissions: u16,
    kind: Option<Kind>,
    digests: u8,
    has: u8,
}

const HAS_SIZE: u8 = 1;
const HAS_PERMISSIONS: u8 = 2;
const HAS_TARGET: u8 = 4;

/// A manifest that was read.
#[derive(Default)]
pub struct Manifest {
    data: Vec<u8>,
    rows: Vec<Stored>,
    pub malformed: Vec<Malformed>,
    /// A list's digests could be SHA-256 or BLAKE3; they are taken as SHA-256 so far.
    pub unsure: bool,
    /// JSON only: how the tree was walked.
    pub walk: Option<Walked>,
}

/// How a JSON manifest's tree was walked, so that the same entries are looked for again.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    pub roots: Vec<Vec<u8>>,
    pub options: walk::Options,
    /// What its writer could not read.
    pub incomplete: bool,
}

impl Manifest {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a row.
    ///
    /// # Errors
    /// More than 4 GiB of names and digests.
    pub fn push(&mut self, row: &Row<'_>) -> io::Result<()> {
        let full = |_| io::Error::other("manifest larger than 4 GiB");
        let target = row.target.unwrap_or_default();
        let mut stored = Stored {
            start: u32::try_from(self.data.len()).map_err(full)?,
            path: u32::try_from(row.path.len()).map_err(full)?,
            target: u32::try_from(target.len()).map_err(full)?,
            size: row.size.unwrap_or(0),
            permissions: (row.permissions.unwrap_or(0) & 0o7777) as u16,
            kind: row.kind,
            digests: 0,
            has: u8::from(row.size.is_some()) * HAS_SIZE
                + u8::from(row.permissions.is_some()) * HAS_PERMISSIONS
                + u8::from(row.target.is_some()) * HAS_TARGET,
        };
        self.data.extend(row.path);
        self.data.extend(target);
        for (bit, algorithm) in Algorithm::ALL.into_iter().enumerate() {
            if let Some((_, digest)) = row.digests.iter().find(|(a, _)| *a == algorithm) {
                stored.digests |= 1 << bit;
                self.data.extend(digest.as_bytes());
            }
        }
        self.rows.push(stored);
        Ok(())
    }

    fn path(&self, row: &Stored) -> &[u8] {
        &self.data[row.start as usize..][..row.path as usize]
    }

    fn target(&self, row: &Stored) -> Option<&[u8]> {
        let start = row.start as usize + row.path as usize;
        (row.has & HAS_TARGET != 0).then(|| &self.data[start..][..row.target as usize])
    }

    fn digests(&self, row: &Stored) -> impl Iterator<Item = (Algorithm, &[u8])> {
        let mut at = row.start as usize + row.path as usize + row.target as usize;
        let there = Algorithm::ALL
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| row.digests & 1 << bit != 0);
        there.map(move |(_, algorithm)| {
            let here = at;
            at += algorithm.size();
            (algorithm, &self.data[here..at])
        })
    }

    /// The algorithms that are needed to verify it.
    pub fn algorithms(&self) -> Vec<Algorithm> {
        let set = self.rows.iter().fold(0, |set, row| set | row.digests);
        Algorithm::ALL
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| set & 1 << bit != 0)
            .map(|(_, a)| a)
            .collect()
    }

    /// Sorts the rows by path, as everything below needs it, and makes one of a list's lines for one path.
    ///
    /// # Errors
    /// More than 4 GiB of names and digests.
    pub fn sort(&mut self) -> io::Result<()> {
        let data = &self.data;
        let path = |row: &Stored| &data[row.start as usize..][..row.path as usize];
        self.rows.sort_by(|a, b| path(a).cmp(path(b)));
        let rows = std::mem::take(&mut self.rows);
        self.rows.reserve_exact(rows.len());
        for row in rows {
            // Two digests by the same algorithm contradict or repeat each other: both are verified.
            let same = self.rows.last().is_some_and(|last| {
                row.kind.is_none() && last.digests & row.digests == 0 && self.path(last) == self.path(&row)
            });
            let Some(last) = self.rows.pop_if(|_| same) else {
                self.rows.push(row);
                continue;
            };
            let path = self.path(&row).to_vec();
            let both = self.digests(&last).chain(self.digests(&row));
            let digests: Vec<_> = both.filter_map(|(a, raw)| Some((a, Digest::new(raw)?))).collect();
            self.push(&Row {
                path: &path,
                digests: &digests,
                ..Row::default()
            })?;
        }
        Ok(())
    }

    /// Drops the rows that `keep` refuses, by path and whether it is known to be a folder.
    pub fn retain(&mut self, keep: impl Fn(&[u8], bool) -> bool) {
        let data = &self.data;
        let path = |row: &Stored| &data[row.start as usize..][..row.path as usize];
        self.rows.retain(|row| keep(path(row), row.kind == Some(Kind::Dir)));
    }

    fn lists(&self, path: &[u8]) -> bool {
        self.rows.binary_search_by(|row| self.path(row).cmp(path)).is_ok()
    }

    /// The deepest folder that has every listed path in it; `None` if there are no rows.
    pub fn common_folder(&self) -> Option<Vec<u8>> {
        let first = self.path(self.rows.first()?);
        let mut len = folder_len(first);
        for row in &self.rows {
            let path = self.path(row);
            while len > 0 && !(path.get(..len) == first.get(..len) && folder_len(path) >= len) {
                len = folder_len(&first[..len - 1]);
            }
        }
        Some(walk::normalise(&first[..len]))
    }

    /// Adds up the sizes of the files that are there, for a progress bar.
    pub fn total_size(&self, base: BorrowedFd<'_>) -> u64 {
        let plan = Plan {
            base,
            algorithms: &[],
            meter: &Meter::default(),
        };
        let sizes = hash::hash(&plan, self.rows.len(), |index, path| {
            path.clear();
            path.extend(self.path(&self.rows[index]));
            Ask {
                want: Want::Stat,
                follow: true,
            }
        });
        let files = (0..self.rows.len()).filter(|i| sizes.meta(*i).kind() == Some(Kind::File));
        files.map(|index| sizes.meta(index).size).sum()
    }

    /// Decides between SHA-256 and BLAKE3 for a list that could be either: the one by which some file verifies.
    pub fn settle(&mut self, base: BorrowedFd<'_>) {
        if !std::mem::take(&mut self.unsure) {
            return;
        }
        let plan = Plan {
            base,
            algorithms: &[Algorithm::Sha256, Algorithm::Blake3],
            meter: &Meter::default(),
        };
        for row in self.rows.iter().filter(|row| row.digests == 1).take(16) {
            let found = hash::hash(&plan, 1, |_, path| {
                path.clear();
                path.extend(self.path(row));
                Ask {
                    want: Want::Probe,
                    follow: true,
                }
            });
            let expected = self.digests(row).next().map(|(_, digest)| digest);
            if expected == found.digest(0, Algorithm::Sha256) {
                return;
            }
            if expected == found.digest(0, Algorithm::Blake3) {
                // The same length, so only the name of what is stored changes.
                self.rows
                    .iter_mut()
                    .filter(|row| row.digests == 1)
                    .for_each(|row| row.digests = 2);
                return;
            }
        }
    }
}

/// Length of the folder part of a path, with its slash.
fn folder_len(path: &[u8]) -> usize {
    memchr::memrchr(b'/', path).map_or(0, |at| at + 1)
}

/// One way in which a path is not as the manifest says.
#[derive(Debug, PartialEq, Eq)]
pub enum What {
    /// `field` is `content`, `size`, `type`, `target` or `device`.
    Changed {
        field: &'static str,
        expected: String,
        found: String,
    },
    Missing,
    Extra,
    /// Permissions, four octal digits; `granted`: a set-user-ID or set-group-ID bit is new.
    Mode {
        expected: String,
        found: String,
        granted: bool,
    },
    Unreadable(String),
}

/// A path that is not as the manifest says.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    pub path: Vec<u8>,
    pub what: What,
}

/// Compares every row with what is at its path, relative to `base`; the findings are sorted by path.
///
/// Lists are verified as `sha256sum -c` does it, through symbolic links; a JSON manifest says where links were
/// followed.
pub fn verify(base: BorrowedFd<'_>, manifest: &Manifest, meter: &Meter) -> Vec<Finding> {
    let algorithms = manifest.algorithms();
    let plan = Plan {
        base,
        algorithms: &algorithms,
        meter,
    };
    let follow = manifest.walk.as_ref().is_none_or(|walk| walk.options.follow);
    let roots = manifest.walk.as_ref().map_or(&[][..], |walk| &walk.roots);
    let found = hash::hash(&plan, manifest.rows.len(), |index, path| {
        let row = &manifest.rows[index];
        path.clear();
        path.extend(manifest.path(row));
        let root = roots.iter().any(|root| root == path);
        let follow = row.kind != Some(Kind::Symlink) && (follow || root);
        let want = if matches!(row.kind, None | Some(Kind::File)) {
            Want::Probe
        } else {
            Want::Stat
        };
        Ask { want, follow }
    });
    let mut findings = Vec::new();
    let mut failures = found.failures.iter().peekable();
    for (index, row) in manifest.rows.iter().enumerate() {
        let failure = failures.next_if(|(at, _)| *at == index).map(|(_, failure)| failure);
        let path = manifest.path(row);
        // Several lines for one path, as of a tagged list, give the same finding once.
        let mut add = |what| {
            let finding = Finding {
                path: path.to_vec(),
                what,
            };
            if findings.last() != Some(&finding) {
                findings.push(finding);
            }
        };
        match failure {
            Some(failure) => add(failed(failure)),
            None => compare(manifest, row, &found, index, &mut add),
        }
    }
    findings
}

fn failed(failure: &Failure) -> What {
    match failure {
        Failure::Io(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => What::Missing,
            _ => What::Unreadable(plain(error)),
        },
        Failure::Changed => What::Unreadable(reason(Failure::Changed).to_string()),
    }
}

fn compare(manifest: &Manifest, row: &Stored, found: &Hashed, index: usize, add: &mut impl FnMut(What)) {
    let meta = found.meta(index);
    let (expected_kind, kind) = (row.kind.unwrap_or(Kind::File), meta.kind());
    let Some(kind) = kind.filter(|kind| *kind == expected_kind) else {
        let found = kind.map_or("unknown", Kind::id).to_owned();
        return add(What::Changed {
            field: "type",
            expected: expected_kind.id().to_owned(),
            found,
        });
    };
    let changed = |field, expected: String, found: String| What::Changed { field, expected, found };
    let wrong = manifest
        .digests(row)
        .find(|(algorithm, digest)| found.digest(index, *algorithm) != Some(*digest));
    match (kind, wrong) {
        (Kind::File, Some((algorithm, expected))) => {
            let text = |raw: &[u8]| {
                let mut out = format!("{} ", algorithm.id()).into_bytes();
                crate::bytes::digest::hex(raw, &mut out);
                String::from_utf8_lossy(&out).into_owned()
            };
            let found = found.digest(index, algorithm).unwrap_or_default();
            add(changed("content", text(expected), text(found)));
        }
        (Kind::File, None) if row.has & HAS_SIZE != 0 && row.size != meta.size => {
            add(changed("size", row.size.to_string(), meta.size.to_string()));
        }
        (Kind::Symlink, _) => {
            let (expected, found) = (manifest.target(row), found.target(index));
            if expected.is_some() && expected != found {
                let text = |target: Option<&[u8]>| display(target.unwrap_or_default());
                add(changed("target", text(expected), text(found)));
            }
        }
        (Kind::CharDevice | Kind::BlockDevice, _) if row.has & HAS_SIZE != 0 && row.size != meta.size => {
            add(changed(
                "device",
                super::tree::device(row.size),
                super::tree::device(meta.size),
            ));
        }
        _ => {}
    }
    if row.has & HAS_PERMISSIONS != 0 && kind != Kind::Symlink && u32::from(row.permissions) != meta.permissions() {
        let octal = |mode: u32| format!("{mode:04o}");
        let granted = meta.permissions() & !u32::from(row.permissions) & 0o6000 != 0;
        add(What::Mode {
            expected: octal(row.permissions.into()),
            found: octal(meta.permissions()),
            granted,
        });
    }
}

/// What is in `roots` and not in the manifest. Lists name files only, so only files count against a list.
///
/// # Errors
/// A root that can't be walked.
pub fn extras(
    base: BorrowedFd<'_>,
    manifest: &Manifest,
    roots: &[Vec<u8>],
    options: &walk::Options,
) -> Result<Vec<Finding>, Problem> {
    let tree = walk::walk(base, roots, options)?;
    let mut findings = Vec::new();
    let mut path = Vec::new();
    for index in 0..tree.len() {
        let counts = manifest.walk.is_some() || tree.kind(index) == Kind::File;
        if counts && !tree.is_root(index) {
            tree.path(index, &mut path);
            if !manifest.lists(&path) {
                findings.push(Finding {
                    path: path.clone(),
                    what: What::Extra,
                });
            }
        }
    }
    for problem in tree.problems {
        findings.push(Finding {
            path: problem.path,
            what: What::Unreadable(plain(&problem.error)),
        });
    }
    Ok(findings)
}
