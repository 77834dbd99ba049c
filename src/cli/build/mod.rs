//! `repro build [OPTIONS] [-- COMMAND…]`

mod asked;
mod matrix;

use super::{
    Error, Global, Status,
    many::Sharded,
    names, progress,
    publish::{Also, Publication},
    record,
    remote::{self, Remote},
    warn,
};
use asked::build;
use repro::{
    model::{BuildVerdict, RebuildReport, RunKind, RunOutcome},
    rebuild::{self, pace, units},
    report::format::Format,
    settings::Repository,
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// Rebuild under variations, and show which of them changes which bytes
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Args {
    /// An artifact: a path or glob below the source folder; may be given more than once
    #[arg(long = "artifact", value_name = "GLOB")]
    artifacts: Vec<String>,
    /// The source tree, which is copied and never touched
    #[arg(long, value_name = "DIR", default_value = ".")]
    source: PathBuf,
    /// Copy ignored files too
    #[arg(long)]
    all_files: bool,
    /// Hand on a variable of yours, or set one; may be given more than once
    #[arg(long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// Hand on a variable of yours that must not appear in any artifact or log; may be given more than once
    #[arg(long = "secret", value_name = "NAME")]
    secrets: Vec<String>,
    /// Test these variations only
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = names::variations(), hide_possible_values = true)]
    variations: Vec<String>,
    /// Don't test these variations
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = names::variations(), hide_possible_values = true)]
    without: Vec<String>,
    /// Make one run only, with these varied; `control` for none, `all` for all that this machine can vary
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = names::varied(), hide_possible_values = true)]
    #[arg(conflicts_with_all = ["variations", "without", "try_fixes"])]
    vary: Vec<String>,
    /// With --vary: apply a fix that --try-fixes knows; may be given more than once
    #[arg(long = "remedy", value_name = "NAME", requires = "vary", value_parser = names::remedies(), hide_possible_values = true)]
    remedies: Vec<String>,
    /// With --vary control: leave these as they are on this machine; `all` for everything that is pinned
    #[arg(long, value_name = "A,B", value_delimiter = ',', requires = "vary", value_parser = names::pins(), hide_possible_values = true)]
    unpin: Vec<String>,
    /// Let the build reach the network
    #[arg(long)]
    network: bool,
    /// Longest time of one run [default: 1h]
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    timeout: Option<Duration>,
    /// Longest time in all [default: none]
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    total_timeout: Option<Duration>,
    /// Most that one run may print [default: 256M]
    #[arg(long, value_name = "SIZE", value_parser = units::size)]
    output_limit: Option<u64>,
    /// Most that one run may write [default: 16G]
    #[arg(long, value_name = "SIZE", value_parser = units::size)]
    disk_limit: Option<u64>,
    /// Most memory that one run may take [default: nine tenths of the machine's]
    #[arg(long, value_name = "SIZE", value_parser = units::size)]
    memory_limit: Option<u64>,
    /// Most processes and threads of one run at once [default: 16384]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    process_limit: Option<u64>,
    /// Decides what is random [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How the clock goes (logical, frozen, running), what the control's shows first, in seconds since 1970, or both: frozen@1700000000
    /// [default: logical, yesterday, 10:11:12 UTC]
    #[arg(long, value_name = "PACE@N", value_parser = pace::asked)]
    clock: Option<pace::Asked>,
    /// Don't record which process writes which file
    #[arg(long)]
    no_trace: bool,
    /// Make three builds only: two the same, and one with everything varied; it is not found out which variation is guilty
    #[arg(long, conflicts_with_all = ["vary", "try_fixes"])]
    quick: bool,
    /// For each guilty variation, look for a fix that makes the build reproducible
    #[arg(long)]
    try_fixes: bool,
    /// Keep the artifacts that differ, and the output of runs that fail; with --vary, all artifacts
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Write what the first run that fails prints; what the first run prints, if none does
    #[arg(long, value_name = "FILE")]
    build_log: Option<PathBuf>,
    /// Write what the build was made with; `.buildinfo` is Debian's format, anything else JSON
    #[arg(long, value_name = "FILE", conflicts_with = "against")]
    record: Option<PathBuf>,
    /// Compare with what a build was made with, as --record wrote it
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Folder below which the work folder is made [default: $TMPDIR, else /tmp]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Build each tree of FILE, a line DIR, NAME<TAB>DIR or NAME<TAB>DIR<TAB>COMMAND, each as its own repro.toml says. Prints a line of JSON
    /// for each; --output is continued
    #[arg(long, value_name = "FILE", group = "listed", conflicts_with_all = MATRIX)]
    matrix: Option<PathBuf>,
    #[command(flatten)]
    sharded: Sharded,
    #[command(flatten)]
    also: Also,
    #[command(flatten)]
    history: record::Recorded,
    /// Show every finding and difference
    #[arg(short, long)]
    verbose: bool,
    /// The command to build with; a single word is a line for /bin/sh
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
    #[command(flatten)]
    remote: Remote,
}

/// What is of one build only.
const MATRIX: &[&str] = &[
    "source",
    "keep",
    "build_log",
    "record",
    "against",
    "also",
    "record_history",
    "command",
];

/// Exit status 0 reproducible, 1 not, 2 anything that leaves the question open, or a secret that got out.
pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    if let Some(list) = &args.matrix {
        return matrix::run(args, list, global);
    }
    let publication = Publication::new(global, &args.also, args.verbose, &[])?;
    let repository = Repository::read(&args.source)?;
    let choice = asked::choice(args, &repository)?;
    let mut build = build(args, &repository, choice.as_ref())?;
    if let Some(choice) = choice.filter(|_| !global.quiet) {
        warn(format!("{}; `repro init` writes it down", choice.told()));
    }
    build.details = publication.asks(Format::Html);
    if args.history.asked() && build.only.is_some() {
        return Err(Error::new(
            "--record-history: with --vary, one run is compared with nothing, so there is nothing to record",
        ));
    }
    let recording = args.history.start(
        &repository,
        &build.artifacts,
        Path::new(repro::policy::lock::FILE),
        true,
    )?;
    if build.record.is_none() {
        build.record = recording.as_ref().and_then(record::Recording::record);
    }
    let site = args.remote.site()?;
    let found = match progress::with_runs(global.progress(), |tell| rebuild::run_at(&build, site.as_deref(), tell)) {
        Ok(found) => found,
        Err(error) => return Err(record::failed(recording, RunKind::Build, error.into(), global)),
    };
    publication.publish(&found)?;
    remote::tell(site.as_ref(), global);
    if let Some(recording) = recording {
        recording.build(&found, &build, global)?;
    }
    Ok(status(&found, build.only.is_some()))
}

fn status(found: &RebuildReport, single: bool) -> Status {
    if let Some(secret) = found.secrets.iter().find(|secret| !secret.found.is_empty()) {
        warn(format!("secret-in-artifact: {}", secret.name));
        return Status::Trouble;
    }
    if single {
        let built = found.runs.iter().all(|run| run.outcome == RunOutcome::Built);
        return if built && !found.runs.is_empty() {
            Status::Same
        } else {
            Status::Trouble
        };
    }
    match found.verdict {
        BuildVerdict::Reproducible => Status::Same,
        BuildVerdict::Unreproducible | BuildVerdict::IntrinsicallyUnstable => Status::Differs,
        BuildVerdict::BuildFails | BuildVerdict::Undetermined => Status::Trouble,
    }
}
