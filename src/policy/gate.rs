//! From a repository to the gate's report: finds, builds, hashes, compares what differs.

use super::{
    Error, Kept, Policy, find,
    found::unmatched,
    hash,
    judge::{self, Compared, Facts},
    lock::Lock,
    reference::{Attempt, Made, Rebuild, Reference},
};
use crate::{
    bytes::folder_of,
    diff::{self, Input},
    model::{DiffReport, Digests, EnvironmentDifference, GateReference, GateReport, Record},
    rebuild::artifacts::Patterns,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// Differences of the environment that are told.
const TOLD: usize = 10;

/// What the gate is asked; `settings` makes it of a repository.
#[non_exhaustive]
pub struct Asked<'a> {
    /// The lock file as it was named.
    pub name: String,
    /// What is locked.
    pub lock: Lock,
    /// The lock file, if it lies among what is built: it is no artifact.
    pub itself: Option<String>,
    /// The policy.
    pub policy: Policy,
    /// Globs of the artifacts.
    pub globs: Vec<String>,
    /// Only these artifacts, if there are any.
    pub only: Vec<String>,
    /// The repository: a reference in it is told by its path from there.
    pub root: PathBuf,
    /// Where built artifacts lie.
    pub built: PathBuf,
    /// How they are built, where that is known.
    pub rebuild: Option<Rebuild<'a>>,
    /// Digest of the build command, as the lock file has it; none where there is no command.
    pub command: Option<String>,
    /// What varies in the build that the gate makes; none if the artifacts are built already.
    pub vary: Option<Vec<String>>,
    /// Where that build's artifacts are left.
    pub out: Option<Kept>,
    /// References that were given.
    pub reference: Option<PathBuf>,
    /// What the references were built in, and the artifacts.
    pub records: Option<[Record; 2]>,
    /// `2026-11-26`.
    pub today: String,
    /// Whether rules of the policy that are of no use are failures.
    pub strict: bool,
    /// Whether the report is to show the bytes round differences, and where in the artifacts they lie.
    pub details: bool,
}

/// Judges the artifacts.
///
/// # Errors
/// Something stood in the way: what, where, and what to do about it.
pub fn gate(mut asked: Asked<'_>) -> Result<GateReport, Error> {
    let mut notes = Vec::new();
    let (first, reason) = first(&asked)?;
    if let (Some(out), Some(made)) = (&asked.out, &first) {
        out.write(&made.folder)?;
    }
    let root = first
        .as_ref()
        .map_or(asked.built.as_path(), |made| made.folder.as_path());
    let only = match asked.only.as_slice() {
        [] => None,
        globs => Some(Patterns::new(globs)?),
    };
    let wanted = |path: &str| only.as_ref().is_none_or(|only| only.is_match(Path::new(path)));
    let all: BTreeSet<String> = asked.lock.artifacts.keys().cloned().collect();
    asked.lock.artifacts.retain(|path, _| wanted(path));
    let mut paths: BTreeSet<String> = asked.lock.artifacts.keys().cloned().collect();
    if asked.globs.is_empty() {
        notes.push(format!(
            "only the artifacts in {} are looked for: give `artifacts` in repro.toml to find others",
            asked.name
        ));
    } else {
        let itself = |path: &String| asked.itself.as_ref() == Some(path);
        let found = find(root, &asked.globs)?;
        paths.extend(found.into_iter().filter(|path| wanted(path) && !itself(path)));
    }
    let paths: Vec<String> = paths.into_iter().collect();
    let words = if asked.only.is_empty() {
        &asked.globs
    } else {
        &asked.only
    };
    let unmatched = unmatched(words, paths.iter())?;
    let mut found = hash(root, &paths)?;
    let differing: Vec<(&String, &Digests, &Digests)> = asked
        .lock
        .artifacts
        .iter()
        .filter_map(|(path, locked)| Some((path, &locked.digests, found.get(path)?.as_ref().ok()?)))
        // What a link leads to is no artifact.
        .filter(|(_, locked, found)| locked != found && !locked.symlink && !found.symlink)
        .collect();
    let (mut compared, mut changed) = (BTreeMap::new(), Vec::new());
    let mut reference = asked.reference.clone().map(Reference::Given);
    let mut made = None;
    if reference.is_none() && !differing.is_empty() {
        made = second(&asked, &mut notes)?;
        reference = made.as_ref().map(|made| Reference::Rebuilt(made.folder.clone()));
    }
    // What a build of our own was made in is known without being told.
    let own = [&made, &first].map(|made| made.as_ref().and_then(|made| made.known.clone()));
    let records = match (asked.records.take(), own) {
        (Some(given), _) => Some(given),
        (None, [Some(reference), Some(artifact)]) => Some([reference, artifact]),
        _ => None,
    };
    if let Some(reference) = &reference {
        let only = differing.len() == 1;
        for (path, locked, found) in &differing {
            match reference.of(path, only) {
                Some(other) if other.is_symlink() => {
                    notes.push(format!(
                        "{path}: its reference is a symbolic link: give what it leads to"
                    ));
                }
                Some(other) => {
                    let one = compare(
                        reference,
                        &asked.root,
                        &other,
                        &root.join(path.as_str()),
                        (path, locked, found),
                        records.as_ref(),
                        asked.details,
                    )?;
                    match one {
                        Some(one) => drop(compared.insert((*path).clone(), one)),
                        None => changed.push((*path).clone()),
                    }
                }
                None => notes.push(format!("{path}: there is no reference of it")),
            }
        }
    }
    let leading = leading(root, &asked.lock, &all);
    let environment = made.and_then(|made| made.environment);
    // What was compared is not what was hashed, so there is no answer about either.
    for path in changed {
        found.insert(
            path,
            Err(Error::failed("it or its reference changed while they were compared")),
        );
    }
    let facts = Facts {
        name: &asked.name,
        lock: &asked.lock,
        command: asked.command.as_deref(),
        environment: environment.as_deref(),
        found: &found,
        unmatched,
        leading,
        reason,
        blind: asked.globs.is_empty() && asked.only.is_empty(),
        compared,
        reference: reference.is_some(),
        notes,
        today: &asked.today,
        strict: asked.strict,
    };
    judge::judge(&asked.policy, facts)
}

/// Locked links that lead to a file or folder of the tree that is not locked, by path: whoever follows them gets what nobody vouches for.
fn leading(root: &Path, lock: &Lock, all: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut leading = BTreeMap::new();
    let Ok(top) = root.canonicalize() else { return leading };
    for path in lock.artifacts.iter().filter(|(_, locked)| locked.digests.symlink) {
        let Ok(real) = root.join(path.0).canonicalize() else {
            continue;
        };
        // What lies elsewhere is no part of what is published.
        let Ok(target) = real.strip_prefix(&top) else { continue };
        let target = target.to_string_lossy().into_owned();
        let below = format!("{target}/");
        let vouched = all.contains(&target)
            || (real.is_dir()
                && all
                    .range(below.clone()..)
                    .next()
                    .is_some_and(|path| path.starts_with(&below)));
        if !vouched {
            leading.insert(path.0.clone(), target);
        }
    }
    leading
}

/// The gate's own build, if it is to make one; and why it proves less than it should.
fn first(asked: &Asked<'_>) -> Result<(Option<Made>, Option<String>), Error> {
    let Some(vary) = &asked.vary else {
        return Ok((None, None));
    };
    let Some(rebuild) = &asked.rebuild else {
        return Err(Error::usage(
            "nothing to build: give `command` in [build] of repro.toml",
        ));
    };
    match rebuild.make(vary, false)? {
        Attempt::Made(made) => Ok((Some(made), None)),
        Attempt::Failed(why) if vary.is_empty() => Err(why),
        Attempt::Failed(why) => {
            let made = rebuild.make(&[], false)?.made()?;
            let reason = format!(
                "the build fails under variation, so nothing is known of it in another environment: `repro build` finds out which \
                 variation that is, --vary or [build.variations] leaves it out: {}",
                first_line(&why.to_string())
            );
            Ok((Some(made), Some(reason)))
        }
    }
}

/// A build in the control environment to compare with, if there is a way to make one.
fn second(asked: &Asked<'_>, notes: &mut Vec<String>) -> Result<Option<Made>, Error> {
    let Some(rebuild) = &asked.rebuild else { return Ok(None) };
    let locked: BTreeSet<&String> = asked
        .lock
        .artifacts
        .values()
        .filter_map(|locked| locked.environment.as_ref())
        .collect();
    let recorded = !locked.is_empty() || rebuild.build.against.is_some();
    let made = match rebuild.make(&[], recorded) {
        // Without tracing there is no record; a reference can be built all the same.
        Err(error) if recorded => {
            notes.push(format!("the environment is not compared: {error}"));
            rebuild.make(&[], false)?
        }
        made => made?,
    };
    let made = match made {
        Attempt::Made(made) => made,
        Attempt::Failed(why) => {
            notes.push(format!(
                "no second build to compare with: {}",
                first_line(&why.to_string())
            ));
            return Ok(None);
        }
    };
    if let Some(here) = &made.environment
        && !locked.is_empty()
        && !locked.contains(here)
    {
        let what = "the toolchain has changed since the artifacts were locked: the build used other tools, libraries or packages";
        notes.push(what.to_owned());
    }
    notes.extend(made.against.iter().take(TOLD).map(change));
    if made.against.len() > TOLD {
        let more = made.against.len() - TOLD;
        notes.push(format!("{more} more differences from the recorded environment"));
    }
    Ok(Some(made))
}

fn change(one: &EnvironmentDifference) -> String {
    let word = |value: &Option<String>| value.as_deref().unwrap_or("none").to_owned();
    format!(
        "{}: recorded {}, here {}",
        one.what,
        word(&one.recorded),
        word(&one.here)
    )
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Which bytes a path stood for at a moment, as far as `stat` tells.
fn moment(path: &Path) -> Option<[i64; 5]> {
    let found = path.symlink_metadata().ok()?;
    let (node, size) = (found.ino() as i64, found.size() as i64);
    let change = (found.ctime(), found.ctime_nsec());
    Some([found.dev() as i64, node, size, change.0, change.1])
}

/// None if the bytes that were compared are not those that were hashed.
fn compare(
    reference: &Reference,
    repository: &Path,
    other: &Path,
    artifact: &Path,
    (path, locked, found): (&str, &Digests, &Digests),
    records: Option<&[Record; 2]>,
    details: bool,
) -> Result<Option<Compared>, Error> {
    let (folder, name) = (folder_of(other), other.file_name());
    let name = name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let before = [moment(other), moment(artifact)];
    let digests = hash(folder, std::slice::from_ref(&name))?.remove(&name);
    let digests = match digests {
        Some(Ok(digests)) => digests,
        Some(Err(error)) => return Err(error.of(other)),
        None => return Err(Error::not_found("no such file").of(other)),
    };
    let about = GateReference {
        kind: reference.kind(),
        name: match reference {
            // One in the repository goes by its path in it, wherever that is checked out.
            Reference::Given(_) => other.strip_prefix(repository).unwrap_or(other).display().to_string(),
            Reference::Rebuilt(_) => path.to_owned(),
        },
        locked: digests == *locked,
        same: digests == *found,
    };
    let report = match about.same {
        true => None,
        false => {
            let open = |at: &Path, name: &str| Input::open_as(at, name).map_err(|error| Error::at(at, &error));
            let (a, b) = (open(other, &format!("reference {path}"))?, open(artifact, path)?);
            let options = diff::Options {
                details,
                records: records.map(<[Record; 2]>::each_ref),
                ..diff::Options::default()
            };
            let report = diff::diff(&a, &b, &options);
            match report.misfit() {
                Some(why) => return Err(Error::failed(why).about(path)),
                None => Some(report),
            }
        }
    };
    // Another file in its place has another digest; the same one, written to meanwhile, another time.
    let same = |report: &DiffReport| report.a.sha256 == digests.sha256 && report.b.sha256 == found.sha256;
    let still = before == [moment(other), moment(artifact)] && report.as_ref().is_none_or(same);
    Ok(still.then_some(Compared {
        reference: about,
        report,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_was_replaced_since_it_was_hashed_is_not_compared() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let (a, b) = (at.join("a"), at.join("b"));
        fs::write(&a, "reference").unwrap();
        fs::write(&b, "artifact").unwrap();
        let mut found = hash(at, &["a".to_owned(), "b".to_owned()]).unwrap();
        let mut digests = |name: &str| found.remove(name).unwrap().unwrap();
        let (locked, hashed) = (digests("a"), digests("b"));
        let reference = Reference::Given(a.clone());
        let compared = |b: &Path| compare(&reference, at, &a, b, ("b", &locked, &hashed), None, false).unwrap();
        assert!(compared(&b).is_some());
        fs::write(at.join("c"), "another").unwrap();
        fs::rename(at.join("c"), &b).unwrap();
        assert!(compared(&b).is_none());
    }
}
