//! `repro build [OPTIONS] [-- COMMAND…]`

use super::{Error, Format, Global, Status, progress, record, warn};
use repro::{
    model::{BuildVerdict, RebuildReport, RunOutcome},
    rebuild::{
        self, Build, Replay,
        config::{self, Config, Words},
        remedy, units,
    },
    report,
};
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Rebuild under variations, and show which of them changes which bytes
#[derive(clap::Args, Debug)]
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
    /// Hand on a variable of yours that must turn up nowhere; may be given more than once
    #[arg(long = "secret", value_name = "NAME")]
    secrets: Vec<String>,
    /// Test these variations only
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    variations: Vec<String>,
    /// Don't test these variations
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    without: Vec<String>,
    /// Make one run only, with these varied; `control` for none, `all` for all that this machine can vary
    #[arg(long, value_name = "A,B", value_delimiter = ',', conflicts_with_all = ["variations", "without", "try_fixes"])]
    vary: Vec<String>,
    /// With --vary: put a remedy of --try-fixes in force; may be given more than once
    #[arg(long = "remedy", value_name = "NAME", requires = "vary")]
    remedies: Vec<String>,
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
    /// Decides what is random [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// What the control's clock shows, in seconds since 1970 [default: yesterday, 10:11:12 UTC]
    #[arg(long, value_name = "@N", value_parser = units::moment)]
    clock: Option<i64>,
    /// Don't record which process writes which file
    #[arg(long)]
    no_trace: bool,
    /// For each guilty variation, look for a remedy that makes the build reproducible
    #[arg(long)]
    try_fixes: bool,
    /// Keep the artifacts that differ; with --vary, all artifacts
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Write what the build was made with; `.buildinfo` is Debian's format, anything else JSON
    #[arg(long, value_name = "FILE", conflicts_with = "against")]
    record: Option<PathBuf>,
    /// Compare with what a build was made with, as --record wrote it
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Folder below which the work folder is made [default: $TMPDIR, else /tmp]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    #[command(flatten)]
    history: record::Recorded,
    /// Show every finding and difference
    #[arg(short, long)]
    verbose: bool,
    /// The command to build with; a single word is a line for /bin/sh
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// Exit status 0 reproducible, 1 not, 2 anything that leaves the question open, or a secret that got out.
pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let format = global.format(&[Format::Text, Format::Json, Format::Markdown])?;
    let mut build = build(args)?;
    if args.history.asked() && build.only.is_some() {
        return Err(Error::new(
            "--record-history: with --vary, one run is compared with nothing, so there is nothing to record",
        ));
    }
    let recording = args.history.start(
        &build.source,
        &build.artifacts,
        Path::new(repro::policy::lock::FILE),
        true,
    )?;
    if build.record.is_none() {
        build.record = recording.as_ref().and_then(record::Recording::record);
    }
    let found = progress::with_runs(global.progress(), |tell| rebuild::run(&build, tell).map_err(Error::new))?;
    global.write(|out| match format {
        Format::Json => report::json::write(&found, out),
        Format::Markdown => report::rebuild::markdown::write(&found, out),
        _ => {
            let options = report::text::Options {
                color: global.color(),
                verbose: args.verbose,
            };
            report::rebuild::text::write(&found, options, out)
        }
    })?;
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

/// What `repro.toml` of a repository says, as `repro build` would do it there; the artifacts are those that are given, if any are.
pub(super) fn by_config(root: &Path, artifacts: &[String]) -> Result<Build, Error> {
    #[derive(clap::Parser)]
    struct Alone {
        #[command(flatten)]
        args: Args,
    }
    let mut args = <Alone as clap::Parser>::parse_from(["repro"]).args;
    root.clone_into(&mut args.source);
    args.artifacts = artifacts.to_vec();
    build(&args)
}

/// What the command line, `repro.toml` and the caller's environment ask for, in this order.
fn build(args: &Args) -> Result<Build, Error> {
    let source = fs::canonicalize(&args.source).map_err(|error| Error::at(args.source.display(), error))?;
    let file = Config::load(&source).map_err(Error::new)?;
    let steps = match args.command.as_slice() {
        [] => file.steps(),
        [line] => vec![config::step("build", Words::Line(line.clone()).argv())],
        words => vec![config::step("build", words.to_vec())],
    };
    if steps.is_empty() {
        return Err(Error::new(
            "nothing to build: give a command after --, or `command` in repro.toml",
        ));
    }
    if let Some(step) = steps
        .iter()
        .find(|step| step.command.first().is_none_or(String::is_empty))
    {
        return Err(Error::new(format!("step {:?}: its command is empty", step.name)));
    }
    let artifacts = if args.artifacts.is_empty() {
        file.artifacts.clone()
    } else {
        args.artifacts.clone()
    };
    if artifacts.is_empty() {
        return Err(Error::new(
            "no artifact is named: give --artifact GLOB, or `artifacts` in repro.toml",
        ));
    }
    rebuild::artifacts::Patterns::new(&artifacts).map_err(Error::new)?;
    let (variations, without) = variations(args, &file)?;
    let only = match args.vary.as_slice() {
        [] => None,
        [control] if control == "control" => Some(Vec::new()),
        names => Some(names.to_vec()),
    };
    let single = only.iter().flatten().filter(|name| *name != rebuild::ALL);
    for name in variations.iter().chain(&without).chain(single) {
        config::known(name).map_err(Error::new)?;
    }
    for name in &args.remedies {
        remedy::known(name).map_err(Error::new)?;
    }
    let secrets = secrets(args, &file)?;
    rebuild::secret::Secrets::new(&secrets).map_err(Error::new)?;
    let mut variables = variables(args, &file)?;
    variables.retain(|name, _| !secrets.contains_key(name));
    Ok(Build {
        source,
        all_files: args.all_files || file.all_files.unwrap_or(false),
        steps,
        artifacts,
        variables,
        secrets,
        variations,
        without,
        only,
        remedies: args.remedies.clone(),
        network: args.network || file.network.unwrap_or(false),
        timeout: args.timeout.or(file.timeout).unwrap_or(Duration::from_secs(3600)),
        total_timeout: args.total_timeout.or(file.total_timeout),
        output_limit: args.output_limit.or(file.output_limit).unwrap_or(256 << 20),
        disk_limit: args.disk_limit.or(file.disk_limit).unwrap_or(16 << 30),
        seed: args.seed.or(file.seed).unwrap_or(1),
        clock: args.clock.or(file.clock).unwrap_or_else(yesterday),
        trace: !args.no_trace,
        try_fixes: args.try_fixes || file.try_fixes.unwrap_or(false),
        keep: args.keep.clone(),
        record: args.record.clone(),
        against: args.against.clone(),
        work: args.work.clone(),
        replay: replay(args),
    })
}

/// Which variations are tested, and which are not.
fn variations(args: &Args, file: &Config) -> Result<(Vec<String>, Vec<String>), Error> {
    let pick = |on| {
        file.variations
            .iter()
            .filter(move |(_, v)| **v == on)
            .map(|(name, _)| name.clone())
    };
    if !args.variations.is_empty() {
        return Ok((args.variations.clone(), args.without.clone()));
    }
    let mut without: Vec<String> = pick(false).chain(args.without.clone()).collect();
    without.sort();
    without.dedup();
    Ok((pick(true).collect(), without))
}

fn caller(name: &str) -> Result<Option<String>, Error> {
    match env::var_os(name).map(std::ffi::OsString::into_string) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(_)) => Err(Error::new(format!("{name}: the variable's value is no text"))),
    }
}

/// Variables that are handed to the build.
fn variables(args: &Args, file: &Config) -> Result<BTreeMap<String, String>, Error> {
    let mut all = BTreeMap::new();
    for name in ["PATH", "SOURCE_DATE_EPOCH", "CARGO_HOME", "RUSTUP_HOME", "PYENV_ROOT"] {
        if let Some(value) = caller(name)? {
            all.insert(name.to_owned(), value);
        }
    }
    // HOME is another one in a build: tools that are installed below the caller's must still be found.
    if let Some(home) = env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from) {
        for (name, folder) in [
            ("CARGO_HOME", ".cargo"),
            ("RUSTUP_HOME", ".rustup"),
            ("PYENV_ROOT", ".pyenv"),
        ] {
            let path = home.join(folder);
            if let (false, Some(text), true) = (all.contains_key(name), path.to_str(), path.is_dir()) {
                all.insert(name.to_owned(), text.to_owned());
            }
        }
    }
    for word in file.env.iter().chain(&args.env) {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), caller(word)?),
        };
        if name.is_empty() || word.contains('\0') {
            return Err(Error::new(format!("--env {word:?}: give NAME or NAME=VALUE")));
        }
        if let Some(value) = value {
            all.insert(name.to_owned(), value);
        }
    }
    Ok(all)
}

fn secrets(args: &Args, file: &Config) -> Result<BTreeMap<String, String>, Error> {
    let mut all = BTreeMap::new();
    for name in file.secrets.iter().chain(&args.secrets) {
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(Error::new(
                "--secret takes the name of a variable of yours; its value must not be on the command line",
            ));
        }
        match caller(name)? {
            Some(value) => all.insert(name.clone(), value),
            None => {
                return Err(Error::new(format!(
                    "secret {name}: there is no such variable in your environment"
                )));
            }
        };
    }
    Ok(all)
}

/// Yesterday, 10:11:12 UTC: recent enough for certificates, and not the moment at which anything is built.
#[allow(
    clippy::disallowed_methods,
    reason = "the default of --clock; the report says what it was"
)]
fn yesterday() -> i64 {
    const DAY: u64 = 86_400;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let days = now.map_or(0, |since| since.as_secs()) / DAY;
    i64::try_from((days.saturating_sub(1)) * DAY + 10 * 3600 + 11 * 60 + 12).unwrap_or(0)
}

/// The options that a replay needs; what is in `repro.toml` is read again.
fn replay(args: &Args) -> Replay {
    let mut options = vec!["repro".to_owned(), "build".to_owned()];
    let mut add = |name: &str, value: &dyn std::fmt::Display| options.extend([name.to_owned(), value.to_string()]);
    if args.source != Path::new(".") {
        add("--source", &args.source.display());
    }
    let lists = [
        ("--artifact", &args.artifacts),
        ("--env", &args.env),
        ("--secret", &args.secrets),
    ];
    for (name, values) in lists {
        values.iter().for_each(|value| add(name, value));
    }
    for (name, time) in [("--timeout", args.timeout), ("--total-timeout", args.total_timeout)] {
        if let Some(time) = time {
            add(name, &time.as_secs());
        }
    }
    for (name, size) in [("--output-limit", args.output_limit), ("--disk-limit", args.disk_limit)] {
        if let Some(size) = size {
            add(name, &size);
        }
    }
    let switches = [
        ("--all-files", args.all_files),
        ("--network", args.network),
        ("--no-trace", args.no_trace),
    ];
    options.extend(
        switches
            .iter()
            .filter(|(_, on)| *on)
            .map(|(name, _)| (*name).to_owned()),
    );
    let mut choice = Vec::new();
    for (name, values) in [("--variations", &args.variations), ("--without", &args.without)] {
        if !values.is_empty() {
            choice.extend([name.to_owned(), values.join(",")]);
        }
    }
    Replay {
        options,
        choice,
        command: args.command.clone(),
    }
}
