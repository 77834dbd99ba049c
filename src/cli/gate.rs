//! `repro gate [OPTIONS] [ARTIFACT…]`

use super::{
    Error, Global, Status, names, progress,
    publish::{Also, Publication},
    record,
};
use clap::builder::TypedValueParser;
use repro::{
    model::{Enforce, GateVerdict, RunKind},
    notation::Unreadable,
    policy::gate,
    rebuild,
    report::{format::Format, gate::Gate},
    settings::{GateOptions, Repository},
};
use std::path::PathBuf;

/// Compare artifacts with the committed lock file, under the policy: the step for CI
///
/// Compares what was built, or builds it, with repro.lock. What differs is compared with a reference, byte by byte, so that the answer
/// names the cause and the fix: one that is given, or a build in the control environment of `repro build`.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Only these artifacts: paths or globs below the root
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
    /// Build them, by [build] of repro.toml, with everything varied that this machine can vary
    #[arg(long)]
    build: bool,
    /// With --build: vary only these; `control` for none
    #[arg(long, value_name = "A,B", value_delimiter = ',', requires = "build", value_parser = names::varied(), hide_possible_values = true)]
    vary: Vec<String>,
    /// With --build: leave what was built in DIR, which must be new or empty
    #[arg(long, value_name = "DIR", requires = "build")]
    out: Option<PathBuf>,
    /// What to compare a differing artifact with: a folder; of a single artifact, a file
    #[arg(long, value_name = "PATH")]
    reference: Option<PathBuf>,
    #[command(flatten)]
    records: super::known::Records,
    /// Make no build to compare with
    #[arg(long, conflicts_with = "build")]
    no_rebuild: bool,
    /// What is done about failures [default: `enforce` of repro.toml, else block]
    #[arg(long, value_name = "warn|block", value_parser = enforce(), hide_possible_values = true)]
    enforce: Option<Enforce>,
    /// The share of artifacts, from 0 to 1, for which the gate blocks; a hash of the path decides which
    #[arg(long, value_name = "SHARE", value_parser = share)]
    enforce_share: Option<f64>,
    /// Rules of the policy that are stale or expired are failures
    #[arg(long)]
    strict: bool,
    /// Today, for `until` of the policy [default: by the clock, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    today: Option<String>,
    /// Where the HTML report will be found: the markdown report links to it
    #[arg(long, value_name = "URL", value_parser = url)]
    report_url: Option<String>,
    #[command(flatten)]
    also: Also,
    #[command(flatten)]
    history: record::Recorded,
    /// Show every finding and difference
    #[arg(short, long)]
    verbose: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let publication = Publication::new(global, &args.also, args.verbose, &[])?;
    global.start_threads()?;
    let details = publication.asks(Format::Html);
    let repository = Repository::read(&args.root)?;
    let locked = repository.locked(args.lock.as_deref())?;
    let recording = args
        .history
        .start(&repository, repository.artifacts(), &locked.path, false)?;
    let judged = progress::with_runs(global.progress(), |tell| {
        let asked = repository.gate(locked, options(args, details)?, tell);
        asked.and_then(gate::gate).map_err(Error::from)
    });
    let report = match judged {
        Err(error) => return Err(record::failed(recording, RunKind::Gate, error, global)),
        Ok(report) => report,
    };
    publication.publish(&Gate {
        found: &report,
        root: &args.root,
        link: args.report_url.as_deref(),
    })?;
    if let Some(recording) = recording {
        recording.gate(&report, global)?;
    }
    Ok(match report.verdict {
        GateVerdict::Undetermined => Status::Trouble,
        GateVerdict::Reject => Status::Differs,
        GateVerdict::Pass | GateVerdict::Warn => Status::Same,
    })
}

/// What the command line says over `repro.toml`.
fn options(args: &Args, details: bool) -> Result<GateOptions, Error> {
    let mut options = GateOptions::default();
    options.only.clone_from(&args.only);
    options.built.clone_from(&args.built);
    let all = || vec![rebuild::ALL.to_owned()];
    options.vary = args.build.then(|| names::chosen(&args.vary).unwrap_or_else(all));
    options.out.clone_from(&args.out);
    options.no_rebuild = args.no_rebuild;
    options.reference.clone_from(&args.reference);
    options.records = args.records.read()?;
    options.enforce = args.enforce;
    options.enforce_share = args.enforce_share;
    options.strict = args.strict;
    options.today.clone_from(&args.today);
    options.details = details;
    Ok(options)
}

fn enforce() -> impl TypedValueParser<Value = Enforce> {
    names::one_of(&[Enforce::Warn, Enforce::Block], Enforce::word)
}

/// An address that can neither end a link of markdown nor be a script.
fn url(word: &str) -> Result<String, Unreadable> {
    let web = word.starts_with("https://") || word.starts_with("http://");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'*+,;=%".contains(&byte);
    match web && word.bytes().all(plain) {
        true => Ok(word.to_owned()),
        false => Err(Unreadable::said(
            word,
            "give an address that starts with https:// or http://, brackets and spaces encoded",
        )),
    }
}

pub(super) fn share(word: &str) -> Result<f64, Unreadable> {
    let share = word.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| Unreadable::said(word, "give a number from 0 to 1"))
}

fn day(word: &str) -> Result<String, Unreadable> {
    super::verify::day(word).map(|_| word.to_owned())
}
