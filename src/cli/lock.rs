//! `repro lock [OPTIONS] [ARTIFACT…]`

use super::{Error, Format, Global, Status, build, progress, warn, within::within};
use repro::{
    bytes::digest::Algorithm,
    cause,
    policy::{
        self, Rebuild,
        config::Policy,
        lock::{Changes, FILE, Lock},
    },
    rebuild::{self, Progress, Step, artifacts::Patterns, config::Config, record},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Write or update the lock file: what each artifact must be
///
/// Locks the artifacts that repro.toml names, as they are now or as --build makes them. With ARTIFACT, the others stay as they are.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Only these artifacts: paths or globs below the root [default: `artifacts` of repro.toml]
    #[arg(value_name = "ARTIFACT")]
    only: Vec<String>,
    /// The repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// The lock file [default: `lock` of repro.toml, else repro.lock]
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// Where the built artifacts lie, if not below the root
    #[arg(long, value_name = "DIR", conflicts_with = "build")]
    built: Option<PathBuf>,
    /// Build them by [build] of repro.toml: once in the control environment, once with everything varied that this machine can vary
    #[arg(long)]
    build: bool,
    /// The record of the build's environment, as `repro build --record` wrote it
    #[arg(long, value_name = "FILE", conflicts_with = "build")]
    record: Option<PathBuf>,
    /// Write nothing; exit status 1 if the lock file would change
    #[arg(long)]
    check: bool,
}

/// What is there to lock.
struct Known {
    found: policy::Found,
    environment: Option<String>,
}

/// Exit status 0; with --check 1 if something would change.
pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let format = global.format(&[Format::Text, Format::Json])?;
    global.start_threads()?;
    let root = root(&args.root)?;
    let policy = Policy::load(&root, &|id| cause::by_id(id).is_some()).map_err(Error::new)?;
    let path = path(args.lock.as_deref(), &policy, &root)?;
    let globs = match args.only.as_slice() {
        [] => globs(&policy, &root)?,
        only => only.to_vec(),
    };
    if globs.is_empty() {
        return Err(Error::new(
            "no artifact is named: give ARTIFACT, or `artifacts` in repro.toml",
        ));
    }
    built(args.built.as_deref())?;
    let mut known = progress::with_runs(global.progress(), |tell| known(args, &root, &globs, tell))?;
    if let (None, Ok(itself)) = (&args.built, path.strip_prefix(&root)) {
        known.found.remove(itself.to_string_lossy().as_ref());
    }
    let mut lock = Lock::read(&path).map_err(Error::new)?.unwrap_or_default();
    let patterns = Patterns::new(&globs).map_err(Error::new)?;
    // What was asked for by name may be gone since; what is configured must be there.
    let before = lock.artifacts.keys().filter(|_| !args.only.is_empty());
    let lost = policy::unmatched(&globs, known.found.keys().chain(before)).map_err(Error::new)?;
    if !lost.is_empty() {
        return Err(Error::new(format!(
            "no artifact: nothing matches {}: build first, give --build, or mend `artifacts` in repro.toml",
            lost.join(", ")
        )));
    }
    let all = args.only.is_empty();
    let covers = |path: &str| all || patterns.is_match(Path::new(path));
    let command = command(&root)?;
    let changes = lock
        .update(&known.found, command.as_deref(), known.environment.as_deref(), &covers)
        .map_err(Error::new)?;
    let changed = changes
        != (Changes {
            same: changes.same,
            ..Changes::default()
        });
    if !args.check && (changed || !path.exists()) {
        super::replace(&path, |out| out.write_all(lock.text().as_bytes())).map_err(|e| Error::at(path.display(), e))?;
    }
    let name = path.strip_prefix(&root).unwrap_or(&path).display();
    let Changes {
        added,
        changed: other,
        removed,
        same,
    } = changes;
    global.write(|out| match format {
        Format::Json => {
            let value = serde_json::json!({
                "schema_version": 1, "lock": name.to_string(), "artifacts": lock.artifacts.len(),
                "added": added, "changed": other, "removed": removed, "same": same,
            });
            writeln!(out, "{value:#}")
        }
        _ => writeln!(
            out,
            "{name}: {}: {added} added, {other} changed, {removed} removed, {same} same",
            match lock.artifacts.len() {
                1 => "1 artifact".to_owned(),
                count => format!("{count} artifacts"),
            }
        ),
    })?;
    Ok(match args.check && changed {
        true => Status::Differs,
        false => Status::Same,
    })
}

fn known(args: &Args, root: &Path, globs: &[String], progress: &dyn Fn(&Progress)) -> Result<Known, Error> {
    let hashed = |folder: &Path| {
        let paths = policy::find(folder, globs).map_err(Error::new)?;
        policy::hash(folder, &paths).map_err(Error::new)
    };
    if !args.build {
        let environment = match &args.record {
            Some(path) => Some(
                record::read(path)
                    .and_then(|r| r.environment_digest())
                    .map_err(Error::new)?,
            ),
            None => None,
        };
        return Ok(Known {
            found: hashed(args.built.as_deref().unwrap_or(root))?,
            environment,
        });
    }
    let rebuild = Rebuild {
        build: build::by_config(root, globs)?,
        progress,
    };
    let control = match rebuild.make(&[], true) {
        Err(error) => {
            warn(format!("the environment is not recorded: {error}"));
            rebuild.make(&[], false).map_err(Error::new)?
        }
        Ok(made) => made,
    };
    let control = control.map_err(Error::new)?;
    let found = hashed(&control.folder)?;
    match rebuild.make(&[rebuild::ALL.to_owned()], false).map_err(Error::new)? {
        Err(why) => warn(format!(
            "the build fails when everything is varied, `repro build` finds out by what: {}",
            why.lines().next().unwrap_or_default()
        )),
        Ok(varied) => {
            let other = hashed(&varied.folder)?;
            let unlike = found
                .iter()
                .filter(|(path, digests)| other.get(*path) != Some(*digests));
            for (path, _) in unlike {
                warn(format!(
                    "{path}: locked, but another build gives other bytes: the gate will reject it; `repro build` finds out why"
                ));
            }
        }
    }
    Ok(Known {
        found,
        environment: control.environment.clone(),
    })
}

/// A folder of built artifacts that was given is one.
pub(super) fn built(given: Option<&Path>) -> Result<(), Error> {
    let Some(folder) = given else { return Ok(()) };
    let found = fs::metadata(folder).map_err(|error| Error::at(folder.display(), error))?;
    match found.is_dir() {
        true => Ok(()),
        false => Err(Error::new(format!("{}: --built takes a folder", folder.display()))),
    }
}

/// The repository's root.
pub(super) fn root(given: &Path) -> Result<PathBuf, Error> {
    fs::canonicalize(given).map_err(|error| Error::at(given.display(), error))
}

/// Where the lock file lies: as given from the current folder, else as the policy has it, below the root.
///
/// One that was not given comes with the repository, so it is refused where it is a link or a pipe, or leads out of the root.
pub(super) fn path(given: Option<&Path>, policy: &Policy, root: &Path) -> Result<PathBuf, Error> {
    if let Some(given) = given {
        return Ok(given.to_owned());
    }
    let path = within(root, policy.lock.as_deref().unwrap_or(Path::new(FILE)), "--lock")?;
    match path.symlink_metadata() {
        Ok(found) if !found.is_file() => Err(Error::new(format!(
            "{}: is no file: give --lock if that is meant",
            path.display()
        ))),
        _ => Ok(path),
    }
}

/// Globs of the artifacts: of `[gate]`, else of `[build]`.
pub(super) fn globs(policy: &Policy, root: &Path) -> Result<Vec<String>, Error> {
    match policy.artifacts.as_slice() {
        [] => Ok(Config::load(root).map_err(Error::new)?.artifacts),
        globs => Ok(globs.to_vec()),
    }
}

/// Whether repro.toml says how to build.
pub(super) fn buildable(root: &Path) -> Result<bool, Error> {
    Ok(!Config::load(root).map_err(Error::new)?.steps().is_empty())
}

/// The digest of the build command.
pub(super) fn command(root: &Path) -> Result<Option<String>, Error> {
    let steps = Config::load(root).map_err(Error::new)?.steps();
    if steps.is_empty() {
        return Ok(None);
    }
    digest(&steps).map(Some)
}

/// The digest of a build's commands.
pub(super) fn digest(steps: &[Step]) -> Result<String, Error> {
    let json = serde_json::to_vec(steps).map_err(|error| Error::new(format!("the build command: {error}")))?;
    Ok(format!("sha256:{}", Algorithm::Sha256.digest(&json)))
}

/// Today in UTC.
#[allow(
    clippy::disallowed_methods,
    reason = "`until` of the policy is a date; --today sets another"
)]
pub(super) fn today() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    rebuild::day(now.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)))
}
