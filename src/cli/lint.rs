//! `repro lint [PATH…]`

use super::{
    Error, Global, Status,
    many::{self, Many, Sharded},
    names, progress,
    publish::{Also, Publication},
    replace, warn,
};
use clap::builder::TypedValueParser;
use repro::{
    bytes::settings::FILE,
    lint::{
        Confidence, Rule, allow,
        fix::Fixed,
        scan::{self, Job, Scanned},
        select,
    },
    model::{LintReport, Meter},
    notation::clean,
    report::{format::Format, lint::Lint},
    settings::Repository,
};
use std::{
    io::{self, IsTerminal as _, Write},
    os::unix::{ffi::OsStrExt, fs::MetadataExt as _},
    path::{Path, PathBuf},
};

/// Find what in sources and build scripts makes builds differ
///
/// Looks at C, C++, Python, Perl, Ruby, Java, JavaScript, Go, Rust, shell, makefiles, CMake, autoconf, Dockerfiles, workflows and more, and at
/// the shell commands inside them. A comment `repro: allow(RULE) reason` on the line or the one above it silences one place; [lint] of
/// repro.toml sets rules, confidence, exclusions and exceptions.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files and folders [default: the current folder]; a file that is named is always looked at
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Look at each file or folder of FILE, one a line, by itself. Prints a line of JSON for each; --output is continued
    #[arg(long, value_name = "FILE", group = "listed", conflicts_with_all = ["paths", "fix", "diff", "list_rules", "statistics", "also"])]
    list: Option<PathBuf>,
    #[command(flatten)]
    sharded: Sharded,
    /// The folder of repro.toml [default: the only PATH if it has one, else the current folder]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Only these rules: ids, or the start of ids as `py-*`
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = names::rules(), hide_possible_values = true)]
    select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = names::rules(), hide_possible_values = true)]
    ignore: Vec<String>,
    /// How sure a finding must be to be shown [default: `confidence` of repro.toml, else medium]
    #[arg(long, value_name = "low|medium|high", value_parser = confidence(), hide_possible_values = true)]
    confidence: Option<Confidence>,
    /// Leave out what matches GLOB (as in .gitignore); may be repeated
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Apply the fixes that are certain, and report what is left
    #[arg(long)]
    fix: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long, conflicts_with = "fix")]
    diff: bool,
    /// List the rules
    #[arg(long)]
    list_rules: bool,
    /// Count by rule instead of showing each place
    #[arg(long)]
    statistics: bool,
    #[command(flatten)]
    also: Also,
    /// Also show what is allowed and what was skipped
    #[arg(short, long)]
    verbose: bool,
}

pub fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    if args.list_rules {
        return list(global);
    }
    if args.diff {
        global.only("--diff", &[Format::Text])?;
    }
    if let Some(path) = &args.list {
        return listed(args, path, global);
    }
    let publication = Publication::new(global, &args.also, args.verbose, &[])?;
    let job = job(args, &args.paths)?;
    global.start_threads()?;
    let meter = Meter::default();
    // The library finds out how much there is.
    let total = global.progress().then_some(0);
    let scanned = progress::with_bar(&meter, total, || scan::scan(&job, &meter));
    let Scanned { mut report, mut fixed } = scanned?;
    if args.fix {
        let mut failed = Vec::new();
        fixed.retain(|file| match mend(file) {
            Ok(()) => true,
            Err(error) => {
                let (path, reason) = (file.shown.clone(), error.to_string());
                failed.push(repro::model::LintTrouble { path, reason });
                false
            }
        });
        if !failed.is_empty() {
            // What could not be mended is still there to be told.
            report = scan::scan(&Job { fix: false, ..job }, &Meter::default())?.report;
            report.troubles.extend(failed);
        }
    }
    for trouble in &report.troubles {
        warn(format!("{}: {}", trouble.path, trouble.reason));
    }
    let count: usize = fixed.iter().map(|file| file.count).sum();
    let (status, verdict) = judged(&report, args.diff && count > 0);
    let found = Lint {
        found: &report,
        statistics: args.statistics,
        verdict,
    };
    let terminal = global.output_file().is_none() && io::stdout().is_terminal();
    let patch = |out: &mut dyn Write| fixed.iter().try_for_each(|file| difference(file, terminal, out));
    publication.publish_with(&found, args.diff.then_some(&patch))?;
    if count > 0 && !global.quiet {
        let places = if count == 1 { "place" } else { "places" };
        let files = if fixed.len() == 1 { "file" } else { "files" };
        let would = if args.diff { "would fix" } else { "fixed" };
        warn(format!("{would} {count} {places} in {} {files}", fixed.len()));
    }
    Ok(status)
}

/// The verdict, with its status; `more` is something beside what is reported.
fn judged(report: &LintReport, more: bool) -> (Status, &'static str) {
    match () {
        () if !report.troubles.is_empty() => (Status::Trouble, "trouble"),
        () if report.summary.findings > 0 || more => (Status::Differs, "findings"),
        () => (Status::Same, "clean"),
    }
}

/// Many files and folders, a report each.
fn listed(args: &Args, list: &Path, global: &Global) -> Result<Status, Error> {
    global.start_threads()?;
    let confidence = args
        .confidence
        .map_or(String::new(), |confidence| confidence.word().to_owned());
    let asked = [
        ("select", many::words(&args.select)),
        ("ignore", many::words(&args.ignore)),
        ("confidence", confidence),
        ("exclude", many::words(&args.exclude)),
        ("root", many::path(args.root.as_ref())),
    ];
    let many = Many {
        command: "repro lint",
        option: "--list",
        list,
        columns: many::NAMES,
        sharded: &args.sharded,
        options: many::options(asked),
    };
    many::run(&many, global, &mut |fields| {
        let paths: Vec<PathBuf> = fields.iter().map(PathBuf::from).collect();
        let report = scan::scan(&job(args, &paths)?, &Meter::default())?.report;
        let (status, verdict) = judged(&report, false);
        let found = Lint {
            found: &report,
            statistics: false,
            verdict,
        };
        many::done(&found, status)
    })
}

fn confidence() -> impl TypedValueParser<Value = Confidence> {
    names::one_of(
        &[Confidence::Low, Confidence::Medium, Confidence::High],
        Confidence::word,
    )
}

/// What the arguments and `repro.toml` ask for together; an argument wins.
fn job(args: &Args, paths: &[PathBuf]) -> Result<Job, Error> {
    let here = [PathBuf::from(".")];
    let paths: &[PathBuf] = match paths {
        [] => &here,
        paths => paths,
    };
    if paths.iter().any(|path| path == Path::new("-")) {
        return Err(Error::new(
            "lint: standard input has no name that tells its language: give a file",
        ));
    }
    let root = match (&args.root, paths) {
        (Some(root), _) => root.as_path(),
        (None, [only]) if only.join(FILE).is_file() => only.as_path(),
        _ => Path::new("."),
    };
    let repository = Repository::read(root)?;
    let config = &repository.settings().lint;
    let select = match args.select.as_slice() {
        [] => &config.select,
        given => given,
    };
    let ignore = [config.ignore.as_slice(), &args.ignore].concat();
    let confidence = args.confidence.or(config.confidence).unwrap_or(Confidence::Medium);
    Ok(Job {
        paths: paths.iter().map(|path| path.as_os_str().as_bytes().to_vec()).collect(),
        // What is less sure is counted, and not told.
        rules: select::chosen(select, &ignore, Confidence::Low)?,
        confidence,
        named: select.to_vec(),
        own: [&allow::UNUSED, &allow::WITHOUT_REASON].map(|own| select::keeps(select, &ignore, own.id)),
        exclude: [config.exclude.as_slice(), &args.exclude].concat(),
        exceptions: config.allow.clone(),
        root: repro::bytes::walk::normalise(root.as_os_str().as_bytes()),
        fix: args.fix || args.diff,
    })
}

/// Puts the mended text in the file's place, with its permissions. Nothing is written through a link: it could lead anywhere; nor to one
/// name of a file that has others, which would keep the old text.
fn mend(file: &Fixed) -> Result<(), repro::bytes::Error> {
    let path = Path::new(std::ffi::OsStr::from_bytes(&file.path));
    let failed = |error: io::Error| repro::bytes::Error::io(&error).about("not fixed");
    let refused = |why: &str| Err(repro::bytes::Error::refused(why).about("not fixed"));
    let found = path.symlink_metadata().map_err(failed)?;
    if found.is_symlink() {
        return refused("it is a symbolic link: name the file that it leads to");
    }
    let there = std::fs::read(path).map_err(failed)?;
    if there == file.after.as_bytes() {
        // It was given by another name, too.
        return Ok(());
    }
    if there != file.before.as_bytes() {
        return refused("it has changed since it was read");
    }
    if found.nlink() > 1 {
        return refused("it has another name (a hard link), which would keep the old text");
    }
    if found.permissions().readonly() || rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_err() {
        return refused("it is write-protected");
    }
    replace(path, |out| out.write_all(file.after.as_bytes())).map_err(failed)
}

/// A patch that `git apply` and `patch` take. Its lines are the file's own, but for a terminal, which would obey them.
fn difference(file: &Fixed, terminal: bool, out: &mut dyn Write) -> io::Result<()> {
    // A carriage return alone ends no line of a patch.
    let (before, after): (Vec<&str>, Vec<&str>) = (
        file.before.split_inclusive('\n').collect(),
        file.after.split_inclusive('\n').collect(),
    );
    let diff = similar::TextDiff::configure()
        .newline_terminated(true)
        .diff_slices(&before, &after);
    let mut unified = diff.unified_diff();
    let from = file.path.iter().take_while(|byte| **byte == b'/').count();
    let name = |side| patched(side, &file.path[from..]);
    unified.context_radius(3).header(&name("a/"), &name("b/"));
    match terminal {
        false => write!(out, "{unified}"),
        true => unified.to_string().split_inclusive('\n').try_for_each(|line| {
            let text = line.strip_suffix('\n').unwrap_or(line);
            let cells: Vec<String> = text.split('\t').map(clean).collect();
            writeln!(out, "{}", cells.join("\t"))
        }),
    }
}

/// A name in a patch, as git writes it: quoted as in C where it has to be, and with a tab behind one that holds a blank.
fn patched(side: &str, name: &[u8]) -> String {
    let plain = |byte: &u8| (b' '..0x7f).contains(byte) && !matches!(byte, b'"' | b'\\');
    if name.iter().all(plain) {
        let end = if name.contains(&b' ') { "\t" } else { "" };
        return format!("{side}{}{end}", String::from_utf8_lossy(name));
    }
    let mut out = format!("\"{side}");
    for byte in name {
        match byte {
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            _ if plain(byte) => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\{byte:03o}")),
        }
    }
    out + "\""
}

fn list(global: &Global) -> Result<Status, Error> {
    let json = global.only("--list-rules", &[Format::Text, Format::Json])? == Format::Json;
    let all: Vec<&Rule> = select::every_rule().collect();
    global.write(|out| {
        if json {
            let list: Vec<_> = all.iter().map(|rule| super::explain::rule(rule)).collect();
            return writeln!(out, "{:#}", serde_json::Value::Array(list));
        }
        all.iter()
            .try_for_each(|rule| writeln!(out, "{:26} {:7} {}", rule.id, rule.confidence.word(), rule.what))
    })?;
    Ok(Status::Same)
}
