//! What a manifest says against what is there.

use std::collections::BTreeSet;
use std::io;
use std::os::fd::BorrowedFd;

use rayon::prelude::*;

use super::expected::{HAS_PERMISSIONS, HAS_SIZE, HAS_TARGET, Manifest, Stored};
use super::reason;
use crate::bytes::hash::{self, Ask, Extra, Failure, Hashed, Plan, StatCache, Want};
use crate::bytes::security::{self, Inherited};
use crate::bytes::walk::{self, Kind, Problem};
use crate::bytes::{plain, reach};
use crate::model::{CheckFinding as Finding, CheckReport, CheckWhat as What, Meter};
use crate::notation::{display, hex};

/// The answer of a check, by path; `extras`: they were looked for.
pub fn report(manifest: Manifest, name: String, mut findings: Vec<Finding>, extras: bool, strict: bool) -> CheckReport {
    findings.sort_by(|a, b| a.path.cmp(&b.path));
    findings.dedup();
    CheckReport {
        manifest: name,
        findings,
        checked: manifest.len(),
        extras,
        strict,
        incomplete: manifest.walk.as_ref().is_some_and(|walk| walk.incomplete),
        before_commit: false,
        malformed: manifest.malformed.into_iter().map(|m| (m.line, m.what)).collect(),
    }
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
        extras: manifest.walk.as_ref().is_some_and(|walk| walk.extras),
    };
    let follow = manifest.walk.as_ref().is_none_or(|walk| walk.options.follow);
    let roots = manifest.walk.as_ref().map_or(&[][..], |walk| &walk.roots);
    let mut found = hash::hash(&plan, manifest.rows.len(), |index, path| {
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
    if plan.extras {
        // A root that is missing is told as a row.
        let own: Vec<_> = roots
            .iter()
            .filter_map(|root| security::at(base, root, true).ok())
            .collect();
        found.strip(&Inherited::of(own.iter()));
    }
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
    if manifest.walk.is_none() {
        findings.extend(links(base, manifest));
    }
    findings
}

/// The links that a list's paths lead through. A list says nothing of links: `hash` writes only files that it met without following one,
/// unless it was told to.
fn links(base: BorrowedFd<'_>, manifest: &Manifest) -> Vec<Finding> {
    let leads = |path: &[u8]| reach(base, path, |at, rest| rustix::fs::readlinkat(at, rest, Vec::new())).ok();
    let finding = |path: &[u8], target: std::ffi::CString| Finding {
        path: path.to_vec(),
        what: What::Told {
            field: "link",
            expected: "a file that is not a link".to_owned(),
            found: display(target.as_bytes()),
        },
    };
    let one = |row: &Stored| {
        let path = manifest.path(row);
        leads(path).map(|target| finding(path, target))
    };
    let mut found: Vec<Finding> = manifest.rows.par_iter().filter_map(one).collect();
    let slashes = |path: &'_ [u8]| memchr::memchr_iter(b'/', path).filter(|at| *at > 0).collect::<Vec<_>>();
    let mut folders = BTreeSet::new();
    for row in &manifest.rows {
        let path = manifest.path(row);
        folders.extend(slashes(path).into_iter().filter_map(|at| path.get(..at)));
    }
    found.extend(folders.into_iter().filter_map(|path| Some(finding(path, leads(path)?))));
    found.dedup();
    found
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
            let text = |raw: &[u8]| format!("{} {}", algorithm.id(), hex(raw));
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
    if manifest.walk.as_ref().is_some_and(|walk| walk.extras) {
        extras_of(row, manifest.extra(row), found.extra(index), add);
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

/// What few entries have: all of it counts but holes, which a copy may make or fill.
fn extras_of(row: &Stored, expected: &Extra, found: &Extra, add: &mut impl FnMut(What)) {
    let text = |all: &security::Attributes, name: &[u8]| {
        let value = all.iter().find(|(key, _)| key == name);
        let said = value.map_or("none".to_owned(), |(_, value)| security::say(name, value));
        format!("{} {said}", display(name))
    };
    let both = expected.attributes.iter().chain(&found.attributes);
    for name in both.map(|(name, _)| name).collect::<BTreeSet<_>>() {
        let (expected, found) = (text(&expected.attributes, name), text(&found.attributes, name));
        if expected != found {
            let field = "attribute";
            add(What::Changed { field, expected, found });
        }
    }
    // Where only one side is set-ID, its mode says so.
    if let (Some(x), Some(y)) = (expected.owner, found.owner)
        && x != y
    {
        let text = |(user, group): (u32, u32)| format!("{user}:{group}");
        add(What::Changed {
            field: "owner",
            expected: text(x),
            found: text(y),
        });
    }
    if let (Some(x), Some(y)) = (expected.sparse, found.sparse)
        && x != y
        && row.kind == Some(Kind::File)
    {
        let text = |holes| if holes { "holes" } else { "no holes" }.to_owned();
        add(What::Told {
            field: "sparse",
            expected: text(x),
            found: text(y),
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
