//! What a manifest says against what is there.

use std::io;
use std::os::fd::BorrowedFd;

use super::expected::{HAS_PERMISSIONS, HAS_SIZE, HAS_TARGET, Manifest, Stored};
use super::{display, reason};
use crate::bytes::hash::{self, Ask, Failure, Hashed, Meter, Plan, StatCache, Want};
use crate::bytes::plain;
use crate::bytes::walk::{self, Kind, Problem};

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
/// Digests come from `cache` where it has them.
pub fn verify(base: BorrowedFd<'_>, manifest: &Manifest, meter: &Meter, cache: Option<&StatCache>) -> Vec<Finding> {
    let algorithms = manifest.algorithms();
    let plan = Plan {
        base,
        algorithms: &algorithms,
        meter,
        cache,
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
        (Kind::File | Kind::Symlink, Some((algorithm, expected)))
            if kind == Kind::File || row.has & HAS_TARGET == 0 =>
        {
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
