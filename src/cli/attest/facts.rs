//! What there is to state, by the command line, the lock file, the configuration and the record.

use super::{
    super::{Error, verify, warn},
    Args,
};
use repro::{
    attest::{
        date,
        judge::source::Wanted,
        statement::{self, Compiled, Expected, Facts, Made, sha256},
        tree_digest,
    },
    bytes,
    model::Digests,
    policy::{self, lock::Lock},
    rebuild::{artifacts::Patterns, config, record},
    settings::Repository,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
};

/// Longest reason, in bytes.
const REASON: usize = 1000;

/// All facts of a rebuild, for the key of this id.
pub(super) fn facts(args: &Args, signer: &str) -> Result<Facts, Error> {
    let repository = Repository::read(&args.root)?;
    let record = match &args.record {
        None => None,
        Some(path) => {
            let bytes = fs::read(path).map_err(|error| Error::at(path.display(), error))?;
            Some((record::read(path)?, sha256(&bytes)))
        }
    };
    let steps = record.as_ref().and_then(|(record, _)| record.steps.clone());
    let source = match &args.source {
        None => record.as_ref().and_then(|(record, _)| record.source_sha256.clone()),
        Some(given) => Some(source(given)?),
    };
    let source_uri = match args.source_uri.as_deref().map(Wanted::read) {
        None => None,
        Some(Ok(Wanted::Uri(uri))) => Some(uri),
        Some(_) => return Err(Error::new("--source-uri: give a URI; a digest is given by --source")),
    };
    for name in &args.variations {
        config::known(name)?;
    }
    if args.failed.as_ref().is_some_and(|reason| reason.len() > REASON) {
        return Err(Error::new(format!("--failed: a reason has at most {REASON} bytes")));
    }
    if args.failed.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Error::new("--failed: say why the rebuild failed"));
    }
    let finished = finished(args)?;
    if args.started.is_some_and(|started| started > finished) {
        return Err(Error::new(
            "--started is later than the end of the rebuild: give --time",
        ));
    }
    let ((artifacts, globs), compiled) = match &args.ddc {
        None => (artifacts(args, &repository)?, None),
        Some(path) => {
            let (made, compiled) = compiled(path)?;
            ((made, Vec::new()), Some(compiled))
        }
    };
    let told = compiled.as_ref();
    let source = source.or_else(|| told.map(|compiled| compiled.source.clone()));
    Ok(Facts {
        artifacts,
        failed: args.failed.clone().or_else(|| told?.failed.clone()),
        source,
        source_uri,
        steps: match told {
            Some(_) => Vec::new(),
            None => steps.unwrap_or_else(|| repository.settings().build.steps()),
        },
        compiled,
        globs,
        variations: args.variations.clone(),
        record,
        builder: args
            .builder_id
            .clone()
            .unwrap_or_else(|| format!("tag:repro,2026:rebuilder/{signer}")),
        started: args.started,
        finished,
        expires: args.expires.or_else(|| Some(date::day_of(finished) + args.valid_days?)),
        signer: signer.to_owned(),
    })
}

/// What a double compilation's report says.
fn compiled(path: &Path) -> Result<(Vec<Made>, Compiled), Error> {
    let bytes = fs::read(path).map_err(|error| Error::at(path.display(), error))?;
    statement::compiled(&bytes, sha256(&bytes)).map_err(|error| error.of(path).into())
}

/// What was rebuilt, what was expected, and the globs that name it.
fn artifacts(args: &Args, repository: &Repository) -> Result<(Vec<Made>, Vec<String>), Error> {
    let built = args.built.as_deref().unwrap_or(repository.root());
    let mut expected: BTreeMap<String, Expected> = BTreeMap::new();
    if let Some(given) = &args.expected {
        let [name] = args.artifacts.as_slice() else {
            return Err(Error::new("--expected is for one artifact: name it"));
        };
        let name = match args.failed {
            Some(_) => below(name)?,
            None => only(hashed(built, std::slice::from_ref(name))?.into_keys().collect(), name)?,
        };
        expected.insert(name, self::expected(given)?);
    } else {
        let path = repository.lock(args.lock.as_deref())?;
        let lock = match Lock::read(&path)? {
            None if args.lock.is_some() => {
                return Err(bytes::Error::not_found("there is no lock file").of(path).into());
            }
            lock => lock.unwrap_or_default(),
        };
        for (path, locked) in lock.artifacts {
            match locked.digests.symlink {
                true => warn(format!("{path}: locked as a symbolic link, which is not attested")),
                false => drop(expected.insert(path, Expected::of(&locked.digests))),
            }
        }
    }
    let globs = match args.artifacts.as_slice() {
        [] if expected.is_empty() => repository.artifacts().to_vec(),
        [] => expected.keys().cloned().collect(),
        given => given.to_vec(),
    };
    if globs.is_empty() {
        return Err(Error::new(
            "no artifact is named: give ARTIFACT, or lock some with `repro lock`",
        ));
    }
    let found = match args.failed {
        Some(_) => BTreeMap::new(),
        None => hashed(built, &globs)?,
    };
    let mut names: Vec<&String> = found.keys().collect();
    if args.failed.is_some() {
        let literal = |glob: &String| below(glob).ok();
        let wanted: Vec<String> = globs.iter().filter_map(literal).collect();
        let patterns = Patterns::new(&globs)?;
        names = expected
            .keys()
            .filter(|name| wanted.contains(name) || patterns.is_match(Path::new(name)))
            .collect();
        if names.is_empty() {
            return Err(Error::new(
                "a failed rebuild is stated about what was expected: give --lock or --expected",
            ));
        }
    }
    let made = names.into_iter().map(|name| Made {
        name: name.clone(),
        built: found.get(name).map(Expected::of),
        expected: expected.get(name).cloned(),
    });
    Ok((made.collect(), globs))
}

/// The one path that a word has named.
fn only(mut paths: Vec<String>, word: &str) -> Result<String, Error> {
    match (paths.pop(), paths.len()) {
        (Some(path), 0) => Ok(path),
        (_, more) => Err(Error::new(format!(
            "--expected is for one artifact: {word} names {}",
            more + 1
        ))),
    }
}

/// Digests of what the words name: each a path, or a glob.
fn hashed(built: &Path, words: &[String]) -> Result<BTreeMap<String, Digests>, Error> {
    let mut paths = Vec::new();
    for word in words {
        match below(word).ok().filter(|path| built.join(path).is_file()) {
            Some(path) => paths.push(path),
            None => {
                let found = policy::find(built, std::slice::from_ref(word))?;
                if found.is_empty() {
                    return Err(Error::new(format!(
                        "{word}: not there: build first; a failed rebuild is stated with --failed"
                    )));
                }
                paths.extend(found);
            }
        }
    }
    paths.sort();
    paths.dedup();
    let mut out = BTreeMap::new();
    for (path, digests) in policy::hash(built, &paths)? {
        let wrong = |why: &str| Error::new(format!("{path}: {why}"));
        let digests = digests.map_err(|error| error.about(&path))?;
        if digests.symlink {
            return Err(wrong("is a symbolic link: attest what it leads to"));
        }
        out.insert(path, digests);
    }
    match paths.iter().find(|path| !out.contains_key(*path)) {
        Some(gone) => Err(bytes::Error::failed("it went away while it was read")
            .about(gone)
            .into()),
        None => Ok(out),
    }
}

/// A path below the root, without `.`.
fn below(word: &str) -> Result<String, Error> {
    let path = Path::new(word);
    let plain = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let name = parts.collect::<PathBuf>().to_string_lossy().into_owned();
    match plain && !name.is_empty() {
        true => Ok(name),
        false => Err(Error::new(format!("{word}: give a path below the root, without `..`"))),
    }
}

fn expected(given: &str) -> Result<Expected, Error> {
    if given.len() == 64 && given.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Expected {
            sha256: given.to_ascii_lowercase(),
            blake3: None,
        });
    }
    verify::digests(Path::new(given)).map(|digests| Expected::of(&digests))
}

/// The tree digest of a folder, or as it is given.
fn source(given: &str) -> Result<String, Error> {
    let hex = given.strip_prefix("sha256:").unwrap_or(given);
    if hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(hex.to_ascii_lowercase());
    }
    tree_digest(Path::new(given)).map_err(Error::from)
}

#[allow(
    clippy::disallowed_methods,
    reason = "a statement says when it was made; --time sets another moment"
)]
fn finished(args: &Args) -> Result<i64, Error> {
    if let Some(time) = args.time {
        return Ok(time);
    }
    if let Some(epoch) = std::env::var_os("SOURCE_DATE_EPOCH") {
        let moment = epoch.to_str().and_then(|text| date::moment(&format!("@{text}")));
        return moment.ok_or_else(|| Error::new("SOURCE_DATE_EPOCH is not a number of seconds since 1970"));
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Ok(now.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0)))
}
