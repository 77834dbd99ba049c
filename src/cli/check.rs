//! `repro check`: verifies a manifest.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use repro::bytes::digest::{Algorithm, Digest};
use repro::bytes::hash::StatCache;
use repro::bytes::walk::{self, Kind};
use repro::bytes::{cache_folder, plain};
use repro::manifest::expected::{Manifest, Row, Walked};
use repro::manifest::verify;
use repro::manifest::{json, list};
use repro::model::Meter;
use repro::policy::lock::{HEAD, Lock};
use repro::report;
use rustix::fs::{CWD, Mode, OFlags};

use super::hash::{Filter, at};
use super::names::Algorithms;
use super::publish::{Also, Publication};
use super::{Error, Global, Status, commit, progress, warn};

/// Verify a manifest: which paths changed, which are missing, which are new
///
/// Reads what `repro hash` and `repro lock` write, and the lists of sha256sum, b3sum, shasum and the BSDs; the algorithm follows from
/// the list.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The manifest; `-` is standard input
    #[arg(value_name = "MANIFEST")]
    manifest: PathBuf,
    /// Where the manifest's relative paths start [default: the current folder]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Extra paths and changed permissions count as a difference
    #[arg(long)]
    strict: bool,
    /// What the digests of an untagged list are [default: by their length, and by what verifies]; weaker digests are not taken
    #[arg(long, value_name = "NAME", value_parser = Algorithms(&Algorithm::ALL))]
    algorithm: Option<Algorithm>,
    /// Take the digests of files that `stat` shows to be unchanged from a cache, and keep it [default: below $XDG_CACHE_HOME/repro]
    ///
    /// A file's device, inode, size and both times must be what they were, and must have been some seconds old when it was read.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    stat_cache: Option<Option<PathBuf>>,
    /// As a commit's hook: of a lock file, what is not built here is told, what changed or is stale fails
    ///
    /// Stale is an artifact that is as it was locked before, an entry of another build command, and a new entry of which nothing was built
    /// or locked here. No other manifest is judged in another way.
    #[arg(long)]
    before_commit: bool,
    /// With --before-commit: artifacts that are not built here are missing
    #[arg(long, requires = "before_commit")]
    require_built: bool,
    #[command(flatten)]
    also: Also,
    #[command(flatten)]
    filter: Filter,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let publication = Publication::new(global, &args.also, false, &[&args.manifest])?;
    let (mut manifest, mut lock) = read(args)?;
    let opened;
    let base = match &args.root {
        None => CWD,
        Some(root) => {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            opened = rustix::fs::open(root, flags, Mode::empty()).map_err(|e| Error::at(root.display(), e.into()))?;
            opened.as_fd()
        }
    };
    global.start_threads()?;
    manifest
        .sort()
        .map_err(|error| Error::at(args.manifest.display(), error))?;
    manifest.settle(base);

    let mut options = manifest
        .walk
        .as_ref()
        .map_or_else(walk::Options::default, |walk| walk.options.clone());
    options.ignore_files = !args.filter.no_ignore && manifest.walk.as_ref().is_none_or(|w| w.options.ignore_files);
    options.include.extend(args.filter.include.iter().cloned());
    options.exclude.extend(args.filter.exclude.iter().cloned());
    options.skip = itself(&args.manifest);
    let roots = extra_roots(args, &manifest);
    if !(args.filter.include.is_empty() && args.filter.exclude.is_empty()) {
        let top = roots
            .clone()
            .or_else(|| manifest.common_folder().map(|folder| vec![folder]));
        let selection = walk::Selection::new(top.unwrap_or_default(), &options).map_err(|e| Error::at("glob", e))?;
        manifest.retain(|path, folder| selection.keeps(path, folder));
        if let Some(lock) = &mut lock {
            lock.artifacts.retain(|path, _| selection.keeps(path.as_bytes(), false));
        }
        if manifest.is_empty() {
            let name = args.manifest.display();
            return Err(Error::new(format!(
                "{name}: nothing that it lists is left by --include and --exclude"
            )));
        }
    }

    let meter = Meter::default();
    let store = args
        .stat_cache
        .as_ref()
        .map(|given| store(given.as_deref(), args))
        .transpose()?;
    let cache = match &store {
        None => None,
        Some(path) => {
            let cache = StatCache::open(path, &manifest.algorithms());
            Some(cache.map_err(|error| Error::at(path.display(), error))?)
        }
    };
    let work = || verify::verify(base, &manifest, &meter, cache.as_ref());
    let total = global.progress().then(|| manifest.total_size(base));
    let mut findings = progress::with_bar(&meter, total, work);
    if let Some(roots) = &roots {
        let there = |root: &&Vec<u8>| exists(base, root);
        let roots: Vec<Vec<u8>> = roots.iter().filter(there).cloned().collect();
        findings.extend(verify::extras(base, &manifest, &roots, &options).map_err(|problem| at(&problem))?);
    }
    if let (Some(path), Some(cache)) = (&store, cache) {
        // A cache that can't be kept makes the next check slower, no more.
        cache
            .save(path)
            .unwrap_or_else(|error| warn(format!("{}: the cache is not kept: {}", path.display(), plain(&error))));
    }
    let lock = lock.filter(|_| args.before_commit);
    if let Some(lock) = &lock {
        let root = args.root.as_deref().unwrap_or(Path::new("."));
        findings = commit::judge(lock, &args.manifest, root, findings, args.require_built)?;
    }
    let name = args.manifest.display().to_string();
    let mut found = verify::report(manifest, name, findings, roots.is_some(), args.strict);
    found.before_commit = lock.is_some();
    for (at, what) in report::check::troubles(&found) {
        warn(format!("{at}: {what}"));
    }
    publication.publish(&found)?;
    Ok(match (found.trouble(), found.differs()) {
        (true, _) => Status::Trouble,
        (false, true) => Status::Differs,
        (false, false) => Status::Same,
    })
}

/// The manifest; and the lock file, if it is one.
fn read(args: &Args) -> Result<(Manifest, Option<Lock>), Error> {
    let name = args.manifest.display();
    let failed = |error: io::Error| Error::at(&name, error);
    let mut input: Box<dyn BufRead> = if args.manifest == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(&args.manifest).map_err(failed)?;
        Box::new(BufReader::with_capacity(1 << 16, file))
    };
    // Nothing that a list can start with is a brace.
    let start = input.fill_buf().map_err(failed)?;
    let mut lock = None;
    let manifest = if start.trim_ascii_start().starts_with(b"{") {
        json::read(input, args.algorithm)
    } else if start.starts_with(HEAD.as_bytes()) {
        let read = Lock::read_from(&name.to_string(), input)?;
        Ok(locked(&name.to_string(), lock.insert(read), args.algorithm)?)
    } else {
        let by_name = || {
            let name = args
                .manifest
                .file_name()
                .unwrap_or_default()
                .as_bytes()
                .to_ascii_lowercase();
            let says = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
            (says(b"b3sum") || says(b"blake3") || name.ends_with(b".b3")).then_some(Algorithm::Blake3)
        };
        list::read(input, args.algorithm.or_else(by_name), args.algorithm)
    };
    let manifest = manifest.map_err(failed)?;
    // What lists nothing verifies nothing: even an empty folder has an entry.
    if manifest.is_empty() {
        let (what, number) = match manifest.walk {
            Some(_) => ("it lists nothing", "entry"),
            None => ("no digest line in it", "line"),
        };
        let first = manifest.malformed.first();
        let first = first.map_or(String::new(), |m| format!(" ({number} {}: {})", m.line, m.what));
        let what = format!("{what}{first}");
        return Err(repro::bytes::Error::malformed(what).about(name).into());
    }
    Ok((manifest, lock))
}

/// A lock file as a manifest of files and links.
fn locked(name: &str, lock: &Lock, least: Option<Algorithm>) -> Result<Manifest, Error> {
    if let Some(least) = least.filter(|least| least.strength() > Algorithm::Sha256.strength()) {
        let what = format!(
            "{name}: its digests prove less than {}, which --algorithm asks for",
            least.id()
        );
        return Err(Error::new(what));
    }
    // Links are not followed, and nothing is extra to a list of artifacts.
    let mut manifest = Manifest::default();
    manifest.walk = Some(Walked::default());
    for (path, locked) in &lock.artifacts {
        let digests = &locked.digests;
        let one = |algorithm, hex: &str| Some((algorithm, Digest::from_hex(hex.as_bytes())?));
        let all: Vec<_> = [
            one(Algorithm::Sha256, &digests.sha256),
            one(Algorithm::Blake3, &digests.blake3),
        ]
        .into_iter()
        .flatten()
        .collect();
        let kind = match digests.symlink {
            true => Kind::Symlink,
            false => Kind::File,
        };
        let row = Row {
            path: path.as_bytes(),
            kind: Some(kind),
            size: Some(digests.size),
            digests: &all,
            ..Row::default()
        };
        manifest.push(row).map_err(|error| Error::at(name, error))?;
    }
    Ok(manifest)
}

/// Where the cache is kept: as given, else one file for each root and manifest below the user's cache folder.
fn store(given: Option<&Path>, args: &Args) -> Result<PathBuf, Error> {
    if let Some(path) = given {
        return Ok(path.to_owned());
    }
    let base = cache_folder()
        .ok_or_else(|| Error::new("--stat-cache: neither XDG_CACHE_HOME nor HOME is set: give --stat-cache=FILE"))?;
    let root = args.root.as_deref().unwrap_or(Path::new("."));
    let root = std::fs::canonicalize(root).map_err(|error| Error::at(root.display(), error))?;
    let key = [root.as_os_str().as_bytes(), b"\0", args.manifest.as_os_str().as_bytes()].concat();
    let name = Algorithm::Blake3.digest(&key).to_string();
    Ok(base.join("repro/stat").join(&name[..32]))
}

/// Where extra paths are looked for. A list doesn't say which folders it covers: only on request, then in `--root` or
/// else the deepest folder that has all listed paths.
fn extra_roots(args: &Args, manifest: &Manifest) -> Option<Vec<Vec<u8>>> {
    match &manifest.walk {
        Some(walk) if walk.roots.is_empty() => None,
        Some(walk) => Some(walk.roots.clone()),
        None if args.root.is_some() => Some(vec![b".".to_vec()]),
        None if args.strict => manifest.common_folder().map(|folder| vec![folder]),
        None => None,
    }
}

fn exists(base: BorrowedFd<'_>, path: &[u8]) -> bool {
    let path = Path::new(std::ffi::OsStr::from_bytes(path));
    rustix::fs::statat(base, path, rustix::fs::AtFlags::empty()).is_ok()
}

/// The manifest itself is no extra file.
fn itself(manifest: &Path) -> Option<(u64, u64)> {
    let found = match manifest == Path::new("-") {
        true => std::fs::metadata("/dev/stdin"),
        false => std::fs::metadata(manifest),
    };
    found
        .ok()
        .filter(std::fs::Metadata::is_file)
        .map(|found| (found.dev(), found.ino()))
}
