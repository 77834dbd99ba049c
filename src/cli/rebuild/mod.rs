//! `repro rebuild [OPTIONS] SUBJECT`

mod told;

use super::{
    Error, Global, Status,
    many::{self, Many, Sharded},
    publish::{Also, Publication},
    remote::{self, Remote},
    save,
};
use repro::{
    model::{PublishedPlan, PublishedReport, PublishedVerdict},
    published::{self, Options, subject::Subject},
    rebuild::units,
    report::format::Format,
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Build again what was published, from its source, and compare
///
/// What the artifact says of its build makes a plan: tools at the versions that it names, clock, umask. Clients of the registries fetch
/// source and tools, in a sandbox; the build has no network. SUBJECT is `pypi:NAME==VERSION`, `npm:NAME@VERSION`, `crate:NAME@VERSION`, or
/// a .whl, .tgz, .crate or .deb; any other file takes --source and --command.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// What was published
    #[arg(value_name = "SUBJECT", required_unless_present = "list")]
    subject: Option<String>,
    /// The source: a folder, or an archive [default: what the registry has]
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
    /// What a .deb was built with
    #[arg(long, value_name = "FILE")]
    buildinfo: Option<PathBuf>,
    /// The source package of a .deb [default: apt's]
    #[arg(long, value_name = "FILE")]
    dsc: Option<PathBuf>,
    /// How the artifact is built from --source, as a line for /bin/sh
    #[arg(long, value_name = "COMMAND", requires = "source")]
    command: Option<String>,
    /// With --command: what it makes, a path or glob below the source; may be given more than once [default: the file's name, anywhere]
    #[arg(long = "artifact", value_name = "GLOB", requires = "command")]
    artifacts: Vec<String>,
    /// Follow a plan, as --save-plan wrote it; what it names among its inputs must be the same
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Write the plan that was followed, as TOML
    #[arg(long, value_name = "FILE")]
    save_plan: Option<PathBuf>,
    /// Make the plan and build nothing
    #[arg(long)]
    plan_only: bool,
    /// Most further builds, with other likely settings, where the plan does not give the published bytes
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u16).range(0..=100))]
    tries: u16,
    /// Longest time of one build [default: 30min]
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    timeout: Option<Duration>,
    /// Ask the registries again for what was fetched before
    #[arg(long)]
    no_cache: bool,
    /// Keep what was built
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Folder below which the work folder is made [default: $TMPDIR, else /tmp]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Write a signed statement of the rebuild, also of one that failed, to DIR, which is created
    #[arg(long, value_name = "DIR", requires = "key")]
    attest: Option<PathBuf>,
    /// With --attest: secret key, minisign's or OpenSSH's of kind ed25519
    #[arg(long, value_name = "FILE", requires = "attest")]
    key: Option<PathBuf>,
    /// With --attest: password of the key, the first line of FILE; `-` is standard input
    #[arg(long, value_name = "FILE", requires = "attest")]
    password_file: Option<PathBuf>,
    /// Record the result for `repro history`
    #[arg(long, value_name = "FILE")]
    record_history: Option<PathBuf>,
    /// Rebuild each subject of FILE, one a line. Prints a line of JSON for each; --output is continued
    #[arg(long, value_name = "FILE", group = "listed", conflicts_with_all = ["subject", "plan", "save_plan", "also"])]
    list: Option<PathBuf>,
    #[command(flatten)]
    sharded: Sharded,
    #[command(flatten)]
    also: Also,
    #[command(flatten)]
    remote: Remote,
    /// Show every finding, difference and input
    #[arg(short, long)]
    verbose: bool,
}

/// Exit status 0 identical, 1 it differs, 2 anything that leaves the question open.
pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    global.start_threads()?;
    let telling = told::Telling::open(args)?;
    match &args.list {
        Some(list) => listed(args, list, telling, global),
        None => one(args, telling, global),
    }
}

fn one(args: &Args, mut telling: told::Telling, global: &Global) -> Result<Status, Error> {
    let publication = Publication::new(global, &args.also, args.verbose, &[])?;
    let word = args.subject.as_deref().unwrap_or_default();
    let mut options = options(args)?;
    options.details = publication.asks(Format::Html);
    let report = rebuilt(word, &options)?;
    remote::tell(options.workers.as_ref(), global);
    if let (Some(path), Some(plan)) = (&args.save_plan, &report.plan) {
        write_plan(path, plan)?;
    }
    publication.publish(&report)?;
    telling.tell(&report)?;
    Ok(match args.plan_only {
        true => Status::Same,
        false => status(&report),
    })
}

/// Many subjects, a report each.
fn listed(args: &Args, list: &Path, mut telling: told::Telling, global: &Global) -> Result<Status, Error> {
    let mut options = options(args)?;
    options.plan = None;
    let asked = [
        ("source", many::path(args.source.as_ref())),
        ("buildinfo", many::path(args.buildinfo.as_ref())),
        ("dsc", many::path(args.dsc.as_ref())),
        ("command", args.command.clone().unwrap_or_default()),
        ("artifact", many::words(&args.artifacts)),
        ("plan-only", many::switch(args.plan_only)),
        ("tries", args.tries.to_string()),
        ("timeout", options.timeout.as_secs().to_string()),
        ("remote", args.remote.words().join(" ")),
    ];
    let many = Many {
        command: "repro rebuild",
        option: "--list",
        list,
        columns: many::NAMES,
        sharded: &args.sharded,
        options: many::options(asked),
    };
    many::run(&many, global, &mut |fields| {
        let report = rebuilt(fields.first().copied().unwrap_or_default(), &options)?;
        telling.tell(&report)?;
        let status = if args.plan_only { Status::Same } else { status(&report) };
        many::done(&report, status)
    })
}

fn rebuilt(word: &str, options: &Options) -> Result<PublishedReport, Error> {
    let subject = Subject::read(word).map_err(Error::new)?;
    published::rebuild(&subject, word, options).map_err(Error::from)
}

fn status(report: &PublishedReport) -> Status {
    match report.verdict {
        PublishedVerdict::Identical => Status::Same,
        PublishedVerdict::Explained | PublishedVerdict::Plausible | PublishedVerdict::Different => Status::Differs,
        _ => Status::Trouble,
    }
}

fn options(args: &Args) -> Result<Options, Error> {
    let mut options = Options::default();
    options.source.clone_from(&args.source);
    options.buildinfo.clone_from(&args.buildinfo);
    options.dsc.clone_from(&args.dsc);
    if let Some(line) = &args.command {
        options.command = ["/bin/sh", "-c", line].map(str::to_owned).to_vec();
    }
    options.artifacts.clone_from(&args.artifacts);
    options.plan = args.plan.as_deref().map(read_plan).transpose()?;
    options.plan_only = args.plan_only;
    options.tries = usize::from(args.tries);
    options.timeout = args.timeout.unwrap_or(options.timeout);
    options.cache = !args.no_cache;
    options.work.clone_from(&args.work);
    options.keep.clone_from(&args.keep);
    options.workers = args.remote.site()?;
    Ok(options)
}

fn read_plan(path: &Path) -> Result<PublishedPlan, Error> {
    let text = fs::read_to_string(path).map_err(|error| Error::at(path.display(), error))?;
    toml::from_str(&text).map_err(|error| repro::bytes::Error::malformed(error.message()).of(path).into())
}

fn write_plan(path: &Path, plan: &PublishedPlan) -> Result<(), Error> {
    let text = toml::to_string(plan).map_err(Error::new)?;
    save(path, |out| out.write_all(text.as_bytes()))
}
