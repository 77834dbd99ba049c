//! Many items of one list, by any command: `--shard`, lines of JSON to `--output`, which is continued, and the worst of all as exit status.

mod cost;

use super::{Error, Global, Status, ci, progress, publish, warn};
use repro::{
    batch::{self, Begun, Columns, Done, Item, Journal, List, Shard},
    model::{BatchProblem, Level, ProblemReport},
    report::{Checked, format::Format},
};
use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A list of pairs: `repro diff`.
pub(super) const PAIRS: Columns = Columns {
    bare: 2,
    named: 3..=3,
    usage: "A<TAB>B or NAME<TAB>A<TAB>B",
};
/// A list of folders that are built: `repro build`.
pub(super) const BUILDS: Columns = Columns {
    bare: 1,
    named: 2..=3,
    usage: "DIR, NAME<TAB>DIR or NAME<TAB>DIR<TAB>COMMAND",
};
/// A list of names: all others.
pub(super) const NAMES: Columns = Columns {
    bare: 1,
    #[allow(clippy::reversed_empty_ranges, reason = "such a line has no name of its own")]
    named: 1..=0,
    usage: "one name, without a tab",
};

/// Which part of a list is done.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Sharded {
    /// With a list: do the items of one shard only; an item's shard follows from the hash of its name
    #[arg(long, value_name = "I/N", requires = "listed")]
    shard: Option<Shard>,
    /// With a list and --output: do items again of which there is no more than an error
    #[arg(long, requires_all = ["listed", "output"])]
    retry_errors: bool,
    /// With a list: write no reports, only what all commands say alike: verdict, summary, the first problem of each rule
    #[arg(long, requires = "listed")]
    brief: bool,
}

/// What is done, and of which list.
pub(super) struct Many<'m> {
    /// `repro diff`.
    pub(super) command: &'static str,
    /// The option that names the list.
    pub(super) option: &'static str,
    pub(super) list: &'m Path,
    pub(super) columns: Columns,
    pub(super) sharded: &'m Sharded,
    /// What else was asked for, as far as it changes what is found.
    pub(super) options: BTreeMap<String, String>,
}

/// Options that change what is found, by name; those that were not given are left out.
pub(super) fn options<const N: usize>(all: [(&str, String); N]) -> BTreeMap<String, String> {
    let given = all.into_iter().filter(|(_, value)| !value.is_empty());
    given.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Some words as one.
pub(super) fn words<T: ToString>(words: &[T]) -> String {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    words.join(",")
}

/// A path, if there is one.
pub(super) fn path(path: Option<&PathBuf>) -> String {
    path.map_or(String::new(), |path| path.display().to_string())
}

/// A switch.
pub(super) fn switch(on: bool) -> String {
    if on { "yes".to_owned() } else { String::new() }
}

/// Does the items that are not done. Exit status: the worst of all, those of earlier runs included.
pub(super) fn run(
    many: &Many<'_>,
    global: &Global,
    work: &mut dyn FnMut(&[&str]) -> Result<Done, Error>,
) -> Result<Status, Error> {
    if global.format.is_some() {
        global.only(many.option, &[Format::Json])?;
    }
    let list = List::read(many.list, many.columns.clone())?;
    let shard = many.sharded.shard.unwrap_or(Shard::WHOLE);
    let brief = many.sharded.brief;
    let options = many.options.iter().map(|(name, value)| (name.clone(), value.clone()));
    let options = options.chain(brief.then(|| ("brief".to_owned(), switch(true))));
    let head = batch::head(many.command, options.collect(), &list, shard);
    let mut journal = match global.output_file() {
        Some(path) => Journal::open(path, &head, &list, many.sharded.retry_errors)?,
        None => Journal::stream(Box::new(Printed), &head)?,
    };
    if !global.quiet {
        list.twice().iter().for_each(warn);
        tell(journal.begun(), head.shard.items);
    }
    let mut work = |item: &Item<'_>| {
        let fields = item.fields.as_deref().unwrap_or_default();
        let mut done = work(fields).map_err(|error| match error {
            Error::Told(error) => error,
            Error::BrokenPipe => repro::bytes::Error::failed("a reader has gone away"),
        })?;
        done.report = done.report.filter(|_| !brief);
        Ok(done)
    };
    let (done, items) = (journal.begun().done, head.shard.items);
    progress::with_items(global.progress(), done, items, |bar| {
        let told = |item: &Item<'_>, why: Option<&str>| {
            bar.inc(1);
            if let Some(why) = why.filter(|_| !global.quiet) {
                bar.suspend(|| warn(format_args!("{}: {why}", item.name)));
            }
        };
        batch::run(&list, shard, &mut journal, &mut work, &cost::measured, &told)
    })?;
    Ok(status(journal.worst()))
}

/// What an earlier run left.
fn tell(begun: &Begun, items: usize) {
    for dropped in &begun.dropped {
        warn(format_args!(
            "{}:{}: dropped: {}",
            dropped.file, dropped.line, dropped.why
        ));
    }
    if begun.done > 0 {
        warn(format_args!("{} of {items} items are done already", begun.done));
    }
}

/// The status of a number.
pub(super) fn status(exit: u8) -> Status {
    match exit {
        0 => Status::Same,
        1 => Status::Differs,
        _ => Status::Trouble,
    }
}

/// What came of an item, from its report.
pub(super) fn done(report: &dyn Checked, status: Status) -> Result<Done, Error> {
    let mut json = Vec::new();
    report.json(&mut json).map_err(Error::new)?;
    let problems = publish::helped(report.problems());
    Ok(Done {
        verdict: report.verdict(),
        exit: exit(status),
        summary: problems.summary.clone(),
        problems: first_of_each(&problems),
        report: Some(serde_json::from_slice(&json).map_err(Error::new)?),
    })
}

/// The number of a status.
pub(super) fn exit(status: Status) -> u8 {
    match status {
        Status::Same => 0,
        Status::Differs => 1,
        Status::Trouble => 2,
    }
}

/// The first problem of each rule, in the order of the report, without notes.
fn first_of_each(report: &ProblemReport) -> Vec<BatchProblem> {
    let mut all: Vec<BatchProblem> = Vec::new();
    for problem in report.problems.iter().filter(|problem| problem.level > Level::Note) {
        match all.iter_mut().find(|known| known.rule == problem.rule) {
            Some(known) => known.count += 1,
            None => all.push(BatchProblem {
                rule: problem.rule.to_owned(),
                level: problem.level,
                path: problem.path.clone(),
                region: problem.region,
                message: problem.message.clone(),
                fix: problem.fix.clone(),
                count: 1,
            }),
        }
    }
    all
}

/// Standard output, line by line.
struct Printed;

impl Write for Printed {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        io::stdout().write_all(&ci::json(text))?;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}
