//! `repro lock [OPTIONS] [ARTIFACT…]`

use super::{Error, Global, Status, commit, progress, warn};
use repro::{
    policy::{
        self, Attempt, Rebuild,
        lock::{Changes, Lock},
    },
    rebuild::{self, Progress, artifacts::Patterns, record},
    report::format::Format,
    settings::Repository,
};
use std::path::{Path, PathBuf};

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
    /// With --build: lock also what the two builds do not agree on; the gate will reject it
    #[arg(long, requires = "build")]
    allow_unreproducible: bool,
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
    /// What a second build gave other bytes of.
    unlike: Vec<String>,
}

/// Exit status 0; 1 if two builds do not agree, and with --check if something would change.
pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let format = global.format();
    global.start_threads()?;
    let repository = Repository::read(&args.root)?;
    let root = repository.root();
    let path = repository.lock(args.lock.as_deref())?;
    let globs = match args.only.as_slice() {
        [] => repository.artifacts(),
        only => only,
    };
    if globs.is_empty() {
        return Err(Error::new(
            "no artifact is named: give ARTIFACT, or `artifacts` in repro.toml",
        ));
    }
    let mut known = progress::with_runs(global.progress(), |tell| known(args, &repository, globs, tell))?;
    if let (None, Ok(itself)) = (&args.built, path.strip_prefix(root)) {
        known.found.remove(itself.to_string_lossy().as_ref());
    }
    let mut lock = Lock::read(&path)?.unwrap_or_default();
    let patterns = Patterns::new(globs)?;
    // What was asked for by name may be gone since; what is configured must be there.
    let before = lock.artifacts.keys().filter(|_| !args.only.is_empty());
    let lost = policy::unmatched(globs, known.found.keys().chain(before))?;
    if !lost.is_empty() {
        return Err(Error::new(format!(
            "no artifact: nothing matches {}: build first, give --build, or fix `artifacts` in repro.toml",
            lost.join(", ")
        )));
    }
    if !known.unlike.is_empty() && !args.allow_unreproducible {
        return refused(global, &path, &known.unlike);
    }
    let all = args.only.is_empty();
    let covers = |path: &str| all || patterns.is_match(Path::new(path));
    let command = repository.command()?;
    let changes = lock.update(&known.found, command.as_deref(), known.environment.as_deref(), &covers)?;
    let changed = changes
        != (Changes {
            same: changes.same,
            ..Changes::default()
        });
    if !args.check && (changed || !path.exists()) {
        super::replace(&path, |out| out.write_all(lock.text().as_bytes())).map_err(|e| Error::at(path.display(), e))?;
    }
    for artifact in &known.unlike {
        warn(format!(
            "{artifact}: locked, but another build gives other bytes: the gate will reject it; `repro build` finds out why"
        ));
    }
    if !args.check {
        commit::remember(root, &known.found);
    }
    let name = path.strip_prefix(root).unwrap_or(&path).display();
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

fn known(args: &Args, repository: &Repository, globs: &[String], progress: &dyn Fn(&Progress)) -> Result<Known, Error> {
    let built = repository.built(args.built.as_deref())?;
    let hashed = |folder: &Path| {
        let paths = policy::find(folder, globs)?;
        policy::hash(folder, &paths).map_err(Error::from)
    };
    if !args.build {
        let environment = match &args.record {
            Some(path) => Some(record::read(path).and_then(|r| r.environment_digest())?),
            None => None,
        };
        return Ok(Known {
            found: hashed(&built)?,
            environment,
            unlike: Vec::new(),
        });
    }
    let build = repository.build_of(globs)?;
    let rebuild = Rebuild { build, progress };
    let control = match rebuild.make(&[], true) {
        Err(error) => {
            warn(format!("the environment is not recorded: {error}"));
            rebuild.make(&[], false)?
        }
        Ok(made) => made,
    };
    let control = control.made()?;
    let found = hashed(&control.folder)?;
    let unlike = match rebuild.make(&[rebuild::ALL.to_owned()], false)? {
        Attempt::Failed(why) => {
            warn(format!(
                "the build fails when everything is varied, `repro build` finds out by what: {}",
                why.to_string().lines().next().unwrap_or_default()
            ));
            Vec::new()
        }
        Attempt::Made(varied) => unlike(&found, &hashed(&varied.folder)?),
    };
    Ok(Known {
        found,
        environment: control.environment.clone(),
        unlike,
    })
}

/// The artifacts of which a second build gave other bytes; two that can't be read are alike if for the same reason.
fn unlike(found: &policy::Found, other: &policy::Found) -> Vec<String> {
    let unlike = found.iter().filter(|(path, found)| match (other.get(*path), found) {
        (Some(Ok(other)), Ok(found)) => other != found,
        (Some(Err(other)), Err(found)) => other.to_string() != found.to_string(),
        _ => true,
    });
    unlike.map(|(path, _)| path.clone()).collect()
}

/// Writes nothing: what two builds do not agree on can't be locked.
fn refused(global: &Global, path: &Path, unlike: &[String]) -> Result<Status, Error> {
    for artifact in unlike {
        warn(format!(
            "{artifact}: a second build, with everything varied, gives other bytes"
        ));
    }
    warn(format!(
        "{} is not written: `repro build` finds out why the builds differ; --allow-unreproducible locks them all the same",
        path.display()
    ));
    if global.format() == Format::Json {
        let value = serde_json::json!({ "schema_version": 1, "unreproducible": unlike });
        global.write(|out| writeln!(out, "{value:#}"))?;
    }
    Ok(Status::Differs)
}
