//! `repro hash`: writes a manifest.

use std::ffi::OsString;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use repro::batch::Done;
use repro::bytes::digest::{Algorithm, Digest, Hasher};
use repro::bytes::plain;
use repro::bytes::stream::Stream;
use repro::bytes::walk::{self, Problem};
use repro::manifest::{self, Snapshot, json, list};
use repro::model::Meter;
use repro::notation::display;
use repro::report::format::Format;
use rustix::fs::CWD;

use super::{
    Error, Global, Status,
    many::{self, Many, Sharded},
    names::Algorithms,
    progress, warn,
};

/// What is written; `repro check` reads others, too.
const STRONG: &[Algorithm] = &[
    Algorithm::Sha256,
    Algorithm::Blake3,
    Algorithm::Sha384,
    Algorithm::Sha512,
];

/// Which entries of a tree count.
#[derive(clap::Args, Debug)]
pub(super) struct Filter {
    /// Only files that match GLOB (as in .gitignore, relative to PATH); may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(super) include: Vec<String>,
    /// Leave out what matches GLOB, a folder with everything in it; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// Ignore .reproignore files
    #[arg(long)]
    pub(super) no_ignore: bool,
}

/// Write a manifest: the digest of every file
///
/// The default is a list that `sha256sum -c` verifies too. Lists hold regular files; JSON also holds folders, links
/// and devices with their permissions, and one digest for each whole tree.
#[derive(clap::Args, Debug)]
#[command(override_usage = "repro hash [OPTIONS] <PATH>...\n       repro hash [OPTIONS] --list <FILE>")]
pub(super) struct Args {
    /// Files, folders and pipes; `-` is standard input
    #[arg(required_unless_present = "list", value_name = "PATH")]
    paths: Vec<OsString>,
    /// Hash each file or folder of FILE, one a line. Prints a line of JSON for each; --output is continued
    #[arg(long, value_name = "FILE", group = "listed", conflicts_with = "paths")]
    list: Option<PathBuf>,
    #[command(flatten)]
    sharded: Sharded,
    /// Digests to make, in one pass
    #[arg(long, value_name = "NAME", value_delimiter = ',', default_value = "sha256", value_parser = Algorithms(STRONG))]
    algorithm: Vec<Algorithm>,
    /// Follow symbolic links below PATH (PATH itself is always followed)
    #[arg(long)]
    follow: bool,
    #[command(flatten)]
    filter: Filter,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let mut algorithms = args.algorithm.clone();
    algorithms.sort_unstable();
    algorithms.dedup();
    if let Some(path) = &args.list {
        return listed(args, path, &algorithms, global);
    }
    // Untagged lines don't say which digest they are.
    let mut format = global.format();
    if format == Format::Text && algorithms.len() > 1 {
        if global.format.is_some() {
            return Err(Error::new(
                "--format text holds one digest a file; use tagged or json for several",
            ));
        }
        format = Format::Tagged;
    }
    let dash = args.paths.iter().any(|path| path == "-");
    if dash && (args.paths.len() > 1 || format == Format::Json) {
        return Err(Error::new("standard input stands alone, and in lists only"));
    }
    if args.paths.iter().any(|path| path.is_empty()) {
        return Err(Error::new("a path is empty"));
    }
    // JSON says of a pipe that it is one.
    let stream = |path: &OsString| Stream::named(Path::new(path)).filter(|_| format != Format::Json);
    let (mut streams, mut paths) = (Vec::new(), Vec::new());
    for path in &args.paths {
        match stream(path) {
            Some(stream) => streams.push((path, stream)),
            None => paths.push(path),
        }
    }
    let lines = stream_lines(&streams, &algorithms, format)?;
    if paths.is_empty() {
        global.write(|out| out.write_all(&lines))?;
        return Ok(Status::Same);
    }
    let roots: Vec<Vec<u8>> = paths.iter().map(|path| walk::normalise(path.as_bytes())).collect();
    let options = options(args, global);
    global.start_threads()?;
    let tree = walk::walk(CWD, &roots, &options).map_err(|problem| at(&problem))?;
    let meter = Meter::default();
    let total = global.progress().then(|| manifest::total_size(CWD, &tree, &options));
    let work = || Snapshot::take(CWD, tree, &algorithms, &options, format == Format::Json, &meter);
    let snapshot = progress::with_bar(&meter, total, work);
    for problem in &snapshot.problems {
        warn(format!("{}: {}", display(&problem.path), plain(&problem.error)));
    }
    let (links, special) = if format == Format::Json {
        (0, 0)
    } else {
        snapshot.not_in_lists()
    };
    if links + special > 0 && !global.quiet {
        warn(format!(
            "not in the list: {links} symbolic links, {special} pipes, sockets and devices; --format json has them"
        ));
    }
    if !args.filter.include.is_empty() && snapshot.is_empty() {
        warn("--include: no file matches");
    }
    global.write(|out| {
        match format {
            Format::Json => json::write(&snapshot, out),
            Format::Tagged => list::write_tagged(&snapshot, out),
            _ => list::write_text(&snapshot, out),
        }?;
        out.write_all(&lines)
    })?;
    Ok(if snapshot.problems.is_empty() {
        Status::Same
    } else {
        Status::Trouble
    })
}

fn options(args: &Args, global: &Global) -> walk::Options {
    walk::Options {
        follow: args.follow,
        include: args.filter.include.clone(),
        exclude: args.filter.exclude.clone(),
        ignore_files: !args.filter.no_ignore,
        skip: own_output(global),
    }
}

/// Many files and folders, a manifest in JSON each.
fn listed(args: &Args, list: &Path, algorithms: &[Algorithm], global: &Global) -> Result<Status, Error> {
    global.start_threads()?;
    let asked = [
        (
            "algorithm",
            many::words(&algorithms.iter().map(|one| one.id()).collect::<Vec<_>>()),
        ),
        ("follow", many::switch(args.follow)),
        ("include", many::words(&args.filter.include)),
        ("exclude", many::words(&args.filter.exclude)),
        ("no-ignore", many::switch(args.filter.no_ignore)),
    ];
    let many = Many {
        command: "repro hash",
        option: "--list",
        list,
        columns: many::NAMES,
        sharded: &args.sharded,
        options: many::options(asked),
    };
    let options = options(args, global);
    many::run(&many, global, &mut |fields| {
        let path = fields.first().copied().unwrap_or_default();
        let root = walk::normalise(path.as_bytes());
        let tree = walk::walk(CWD, &[root], &options).map_err(|problem| at(&problem))?;
        manifest(tree, algorithms, &options)
    })
}

/// What comes of one item: its manifest, and in a word the digest of its tree.
fn manifest(tree: walk::Tree, algorithms: &[Algorithm], options: &walk::Options) -> Result<Done, Error> {
    let snapshot = Snapshot::take(CWD, tree, algorithms, options, true, &Meter::default());
    let mut text = Vec::new();
    json::write(&snapshot, &mut text).map_err(Error::new)?;
    let report: serde_json::Value = serde_json::from_slice(&text).map_err(Error::new)?;
    let digest = |algorithm: &Algorithm| {
        let found = report.pointer(&format!("/roots/0/tree/{}", algorithm.id()))?.as_str()?;
        Some(format!("{} {found}", algorithm.id()))
    };
    let digests: Vec<String> = algorithms.iter().filter_map(digest).collect();
    let whole = snapshot.problems.is_empty();
    let unread = |problem: &Problem| format!("{}: {}", display(&problem.path), plain(&problem.error));
    Ok(Done {
        verdict: if whole { "hashed" } else { "incomplete" }.to_owned(),
        exit: many::exit(if whole { Status::Same } else { Status::Trouble }),
        summary: snapshot.problems.first().map_or(digests.join(", "), unread),
        problems: Vec::new(),
        report: Some(report),
    })
}

/// An error that stops the command.
pub(super) fn at(problem: &Problem) -> Error {
    repro::bytes::Error::io(&problem.error)
        .about(display(&problem.path))
        .into()
}

/// The file that the manifest goes to, if it is there already: it must not list itself.
fn own_output(global: &Global) -> Option<(u64, u64)> {
    let found = match global.output_file() {
        Some(path) => std::fs::metadata(path).ok()?,
        None => std::fs::metadata(PathBuf::from("/dev/stdout")).ok()?,
    };
    found.is_file().then(|| (found.dev(), found.ino()))
}

/// The lines of what can be read only once, in the order in which it is named.
fn stream_lines(streams: &[(&OsString, Stream)], algorithms: &[Algorithm], format: Format) -> Result<Vec<u8>, Error> {
    let again = streams.iter().enumerate().find(|(at, (_, stream))| {
        let mut before = streams.iter().take(*at);
        before.any(|(_, other)| other.is(stream))
    });
    if let Some((_, (path, _))) = again {
        return Err(Error::new(format!("{}: a pipe can be read once only", path.display())));
    }
    let mut lines = Vec::new();
    for (path, stream) in streams {
        let name = path.display();
        let digests = digests(stream, algorithms).map_err(|error| match *path == "-" {
            true => Error::at("standard input", error),
            false => Error::at(name, error),
        })?;
        let shown = walk::normalise(path.as_bytes());
        for (&algorithm, digest) in algorithms.iter().zip(&digests) {
            match format {
                Format::Tagged => list::tagged_line(algorithm, digest.as_bytes(), &shown, &mut lines),
                _ => list::text_line(digest.as_bytes(), &shown, &mut lines),
            }
        }
    }
    Ok(lines)
}

/// All digests in one pass.
fn digests(stream: &Stream, algorithms: &[Algorithm]) -> io::Result<Vec<Digest>> {
    let mut hashers: Vec<Hasher> = algorithms.iter().map(|a| Hasher::new(*a)).collect();
    let mut input = stream.open()?;
    let mut buffer = vec![0; 1 << 18];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(got) => hashers.iter_mut().for_each(|h| h.update(&buffer[..got])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(hashers.into_iter().map(Hasher::finish).collect())
}
