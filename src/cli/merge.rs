//! `repro merge FILE…`

use super::{
    Error, Global, Status, many,
    publish::{Also, Publication},
};
use repro::{
    batch::{self, Columns, List},
    cause,
    lint::{Rule, select::every_rule},
    model::RuleHelp,
    report::batch::Batch,
};
use std::path::{Path, PathBuf};

/// Join what shards of one list have written to one report
///
/// The report is the same, byte for byte, for one run and for any number of shards. What is missing or there twice is said.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// What `repro diff --pairs`, `hash --list`, `lint --list`, `rebuild --list` and `build --matrix` wrote by --output
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The list that was done: names the items that are missing
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// Tell what the items cost, too, which differs from run to run
    #[arg(long)]
    costs: bool,
    #[command(flatten)]
    also: Also,
    /// Show every item
    #[arg(short, long)]
    verbose: bool,
}

/// Exit status: the worst of all items; 2 if some are missing, or contradict themselves.
pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let inputs: Vec<&Path> = args.files.iter().chain(&args.list).map(PathBuf::as_path).collect();
    let publication = Publication::new(global, &args.also, args.verbose, &inputs)?;
    let mut merged = batch::merge(&args.files, args.costs)?;
    if let Some(path) = &args.list {
        let list = List::read(path, columns(&merged.report().command))?;
        merged.name_missing(&list).map_err(|error| error.of(path))?;
    }
    let report = merged.report();
    publication.publish(&Batch {
        found: report,
        items: &|exit, act| merged.each(exit, act),
        rule: &rule,
    })?;
    Ok(match report.verdict {
        "same" => Status::Same,
        "differs" => Status::Differs,
        _ => Status::Trouble,
    })
}

/// How the list of a command is read.
fn columns(command: &str) -> Columns {
    match command {
        "repro diff" => many::PAIRS,
        "repro build" => many::BUILDS,
        _ => many::NAMES,
    }
}

/// What a cause or a rule of lint is.
fn rule(id: &str) -> Option<RuleHelp> {
    let cause = cause::by_id(id).map(cause::help);
    cause.or_else(|| every_rule().find(|rule| rule.id == id).map(Rule::help))
}
