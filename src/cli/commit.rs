//! `check --before-commit`: what git knows of a lock file, and what was locked here.

use super::{Error, warn};
use repro::{
    bytes::{digest::is_hex, plain, source::text},
    model::CheckFinding,
    policy::{
        Found,
        commit::{self, Known, seal},
        lock::Lock,
    },
    rebuild::source::own_folder,
    settings::Repository,
};
use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// How many artifacts are remembered, the newest: 650 kB.
const REMEMBERED: usize = 10_000;
/// Largest memory that is read, in bytes.
const LIMIT: u64 = 1 << 20;
/// What a commit can follow or take in: its parent, and what is merged, picked or taken back.
const BEFORE: [&str; 5] = ["HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD", "REVERT_HEAD^"];

/// What a hook says of a lock file in place of what was found.
pub(super) fn judge(
    lock: &Lock,
    file: &Path,
    root: &Path,
    found: Vec<CheckFinding>,
    require_built: bool,
) -> Result<Vec<CheckFinding>, Error> {
    let repository = Repository::read(root)?;
    let before = before(file);
    if before.is_none() {
        warn(format!(
            "{}: git does not tell what was committed before, so nothing is said of what changed in it",
            file.display()
        ));
    }
    let locked = memory(repository.root()).and_then(|path| remembered(&path));
    let known = Known {
        before,
        locked: locked.into_iter().flatten().collect(),
        command: repository.command()?,
        require_built,
    };
    Ok(commit::judge(lock, found, &known))
}

/// Notes in the repository's own folder what was locked, for a commit that comes without the artifacts.
pub(super) fn remember(root: &Path, found: &Found) {
    let Some(path) = memory(root) else { return };
    let folder = path.parent().unwrap_or(root);
    let Some(mut all) = remembered(&path) else {
        warn(format!("{}: is not what `repro lock` writes there", path.display()));
        return;
    };
    let seals = found
        .iter()
        .filter_map(|(path, one)| Some(seal(path, one.as_ref().ok()?)));
    let new: BTreeSet<String> = seals.collect();
    let old: BTreeSet<&String> = all.iter().collect();
    if new.iter().all(|seal| old.contains(seal)) {
        return;
    }
    all.retain(|seal| !new.contains(seal));
    all.extend(new);
    let start = all.len().saturating_sub(REMEMBERED);
    let kept = all.get(start..).unwrap_or_default();
    let done = fs::create_dir_all(folder)
        .and_then(|()| super::replace(&path, |out| kept.iter().try_for_each(|seal| writeln!(out, "{seal}"))));
    // The next commit then asks for the artifacts, no more.
    done.unwrap_or_else(|error| {
        warn(format!(
            "{}: what was locked is not remembered: {}",
            path.display(),
            plain(&error)
        ));
    });
}

fn memory(root: &Path) -> Option<PathBuf> {
    Some(own_folder(root)?.join("locked"))
}

/// What was locked here, the newest last; none if something else lies there: a repository may come out of an archive.
fn remembered(path: &Path) -> Option<Vec<String>> {
    let linked = |path: &Path| path.symlink_metadata().is_ok_and(|found| found.is_symlink());
    if linked(path) || path.parent().is_some_and(linked) {
        return None;
    }
    match text(path, LIMIT) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Vec::new()),
        Err(_) => None,
        Ok(text) => {
            let own = text.lines().all(|line| is_hex(line, 64));
            own.then(|| text.lines().map(str::to_owned).collect())
        }
    }
}

/// The lock files of the commits before; none outside of a repository.
fn before(file: &Path) -> Option<Vec<Lock>> {
    if file == Path::new("-") {
        return None;
    }
    let (folder, name) = match file.is_absolute() {
        false => (None, file),
        true => (file.parent(), Path::new(file.file_name()?)),
    };
    let name = name.to_str()?;
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
        if let Some(folder) = folder {
            git.current_dir(folder);
        }
        git
    };
    // git says in the variables of a merge's hooks what is merged; MERGE_HEAD may come later.
    let merged = std::env::vars_os().filter_map(|(name, _)| Some(name.to_str()?.strip_prefix("GITHEAD_")?.to_owned()));
    let merged = merged.filter(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let commits = BEFORE.iter().map(|name| (*name).to_owned()).chain(merged);
    let read = |commit: String| {
        let blob = format!("{commit}:./{name}");
        locked(git(&["cat-file", "blob", &blob]))
    };
    let found: Vec<Lock> = commits.filter_map(read).collect();
    // Nothing may be committed yet, or there is no repository.
    let inside = || {
        let asked = git(&["rev-parse", "--git-dir"]).output();
        asked.is_ok_and(|said| said.status.success())
    };
    (!found.is_empty() || inside()).then_some(found)
}

/// The lock file that git prints; none if it has none, or one that can't be read.
fn locked(mut git: Command) -> Option<Lock> {
    let mut child = git.stdout(Stdio::piped()).spawn().ok()?;
    let mut printed = child.stdout.take()?;
    let lock = Lock::read_from("git", &mut printed).ok();
    // What is too long is not waited for.
    let _ = io::copy(&mut printed.by_ref().take(LIMIT), &mut io::sink());
    drop(printed);
    let done = child.wait().ok()?;
    lock.filter(|_| done.success())
}
