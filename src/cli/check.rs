//! `repro check`: verifies a manifest.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use repro::bytes::digest::Algorithm;
use repro::bytes::hash::Meter;
use repro::bytes::walk;
use repro::manifest::expected::Manifest;
use repro::manifest::report::Outcome;
use repro::manifest::verify;
use repro::manifest::{json, list};
use rustix::fs::{CWD, Mode, OFlags};

use super::hash::{Filter, at};
use super::{Error, Format, Global, Status, progress, warn};

/// Verify a manifest: which paths changed, which are missing, which are new
///
/// Reads what `repro hash` writes and the lists of sha256sum, b3sum, shasum and the BSDs; the algorithm follows from
/// the list. Exit status 0: all as listed. 1: something changed or is missing; with --strict also if something is
/// extra or has other permissions (a new set-user-ID or
/// set-group-ID bit always counts). 2: something could not be read or understood.
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
    /// What the digests of an untagged list are [default: by their length, and by what verifies]
    #[arg(long, value_name = "NAME")]
    algorithm: Option<Algorithm>,
    #[command(flatten)]
    filter: Filter,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let format = global.format(&[Format::Text, Format::Json])?;
    let mut manifest = read(args)?;
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
    }

    let meter = Meter::default();
    let work = || verify::verify(base, &manifest, &meter);
    let mut findings = match global.progress().then(|| manifest.total_size(base)) {
        Some(total) => progress::with_bar(&meter, total, work),
        None => work(),
    };
    if let Some(roots) = &roots {
        let there = |root: &&Vec<u8>| exists(base, root);
        let roots: Vec<Vec<u8>> = roots.iter().filter(there).cloned().collect();
        findings.extend(verify::extras(base, &manifest, &roots, &options).map_err(|problem| at(&problem))?);
    }
    let outcome = Outcome::new(&manifest, findings, roots.is_some(), args.strict);
    let name = args.manifest.display().to_string();
    for line in outcome.troubles(&name) {
        warn(line);
    }
    let (color, quiet) = (global.color(), global.quiet);
    global.write(|out| match format {
        Format::Json => outcome.write_json(out),
        _ => outcome.write_text(out, color, quiet),
    })?;
    Ok(match outcome.exit_status() {
        0 => Status::Same,
        1 => Status::Differs,
        _ => Status::Trouble,
    })
}

fn read(args: &Args) -> Result<Manifest, Error> {
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
    let manifest = if start.trim_ascii_start().starts_with(b"{") {
        json::read(input)
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
        list::read(input, args.algorithm.or_else(by_name))
    };
    let manifest = manifest.map_err(failed)?;
    if manifest.is_empty() && manifest.walk.is_none() {
        let first = manifest
            .malformed
            .first()
            .map_or(String::new(), |m| format!(" (line {}: {})", m.line, m.what));
        return Err(Error::new(format!("{name}: no digest line in it{first}")));
    }
    Ok(manifest)
}

/// Where extra paths are looked for. A list doesn't say which folders it covers: only on request, then in `--root` or
/// else the deepest folder that has all listed paths.
fn extra_roots(args: &Args, manifest: &Manifest) -> Option<Vec<Vec<u8>>> {
    match &manifest.walk {
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
