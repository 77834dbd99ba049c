//! `repro history [OPTIONS]` and `repro history prune`

use super::{Error, Global, Status, names, publish};
use clap::builder::TypedValueParser;
use repro::{
    history::{
        analyse::{self, Asked},
        moment,
        store::History,
    },
    model::RunKind,
    notation::Unreadable,
    report::format::Format,
    settings::Repository,
};
use std::path::{Path, PathBuf};

/// How often builds were reproducible, and what changed when they were not
///
/// Shows what `repro gate --record-history` and `repro build --record-history` recorded. The rate is the share of results that are
/// reproductions, over the runs in the window: a result is one artifact in one run, and what could not be judged is not a reproduction.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    place: Place,
    /// Only the runs of this project
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// Only the runs of this command
    #[arg(long, value_name = "gate|build", value_parser = kind(), hide_possible_values = true)]
    kind: Option<RunKind>,
    /// Only artifacts whose path matches
    #[arg(long, value_name = "GLOB")]
    artifact: Option<String>,
    /// Count only runs since this day or moment (RFC 3339)
    #[arg(long, value_name = "DATE", value_parser = moment::parse)]
    since: Option<i64>,
    /// Count only the newest N runs
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    last: Option<usize>,
    /// Exit status 1 if the rate is below this share, from 0 to 1
    #[arg(long, value_name = "SHARE", value_parser = super::gate::share)]
    fail_below: Option<f64>,
    /// Exit status 1 if an artifact's newest run failed, or could not judge it, where the run before reproduced it
    #[arg(long)]
    fail_on_regression: bool,
    /// Show every artifact
    #[arg(short, long)]
    verbose: bool,
}

/// Where the history lies.
#[derive(clap::Args, Debug)]
struct Place {
    /// The history [default: `file` in [history] of repro.toml, else repro-history.sqlite at the root]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
}

#[derive(clap::Subcommand, Debug)]
enum Action {
    /// Remove all but the newest runs of each project and command
    Prune {
        /// How many stay
        #[arg(long, value_name = "N", value_parser = at_least_one)]
        keep: usize,
        #[command(flatten)]
        place: Place,
    },
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    if let Some(Action::Prune { keep, place }) = &args.action {
        return prune(*keep, place, global);
    }
    let asked = Asked {
        project: args.project.clone(),
        kind: args.kind,
        artifact: args.artifact.clone(),
        since: args.since,
        last: args.last,
        fail_below: args.fail_below,
        fail_on_regression: args.fail_on_regression,
    };
    let history = args.place.open()?;
    let found = analyse::analyse(history.as_ref(), &asked)?;
    let checked = args.fail_below.is_some() || args.fail_on_regression;
    if found.runs == 0 && checked {
        return Err(Error::new(
            "no recorded run is of what was asked for, so there is no rate and no regression to judge",
        ));
    }
    publish::print(&found, global, args.verbose)?;
    Ok(match found.checks.failed.is_empty() {
        true => Status::Same,
        false => Status::Differs,
    })
}

impl Place {
    fn path(&self) -> Result<PathBuf, Error> {
        match &self.file {
            Some(file) => Ok(file.clone()),
            None => Repository::read(&self.root)
                .and_then(|repository| repository.history("--file"))
                .map_err(Error::from),
        }
    }

    /// Opens it; nothing where no run was recorded. A file that was named must be there.
    fn open(&self) -> Result<Option<History>, Error> {
        let path = self.path()?;
        self.must_be(&path)?;
        History::read(&path).map_err(Error::from)
    }

    fn must_be(&self, path: &Path) -> Result<(), Error> {
        match self.file.is_some() && !path.exists() {
            true => Err(missing(path)),
            false => Ok(()),
        }
    }
}

fn prune(keep: usize, place: &Place, global: &Global) -> Result<Status, Error> {
    let format = global.format();
    let path = place.path()?;
    if !path.exists() {
        return Err(missing(&path));
    }
    let mut history = History::write(&path)?;
    let pruned = history.prune(keep)?;
    global.write(|out| match format {
        Format::Json => {
            let value = serde_json::json!({"schema_version": 1, "removed": pruned.removed, "kept": pruned.kept});
            writeln!(out, "{value:#}")
        }
        _ => writeln!(out, "{} runs removed, {} kept", pruned.removed, pruned.kept),
    })?;
    Ok(Status::Same)
}

fn kind() -> impl TypedValueParser<Value = RunKind> {
    names::one_of(&[RunKind::Gate, RunKind::Build], RunKind::word)
}

fn missing(path: &Path) -> Error {
    repro::bytes::Error::not_found("there is no such history")
        .of(path)
        .into()
}

fn at_least_one(word: &str) -> Result<usize, Unreadable> {
    match word.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(Unreadable::said(word, "give a number from 1 on")),
    }
}
