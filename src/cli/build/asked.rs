//! From arguments and repro.toml to what is to be built, and how.

use super::{
    super::{Error, names},
    Args,
};
use repro::{
    rebuild::{Build, Replay, config::Words},
    settings::{
        BuildTable, Repository,
        preset::{self, Choice},
    },
};
use std::path::Path;

/// What the command line, `repro.toml` and the caller's environment ask for, in this order.
pub(super) fn build(args: &Args, repository: &Repository, choice: Option<&Choice>) -> Result<Build, Error> {
    let mut table = repository.settings().build.clone();
    if let Some(choice) = choice {
        fill(&mut table, choice.table()?);
    }
    over(args, &mut table);
    let mut build = table.build(repository.root())?;
    choose(args, &mut build);
    build.only = names::chosen(&args.vary);
    build.remedies.clone_from(&args.remedies);
    build.freed.clone_from(&args.unpin);
    build.trace = !args.no_trace;
    build.keep.clone_from(&args.keep);
    build.log.clone_from(&args.build_log);
    build.record.clone_from(&args.record);
    build.against.clone_from(&args.against);
    build.work.clone_from(&args.work);
    build.replay = replay(args);
    build.check()?;
    Ok(build)
}

/// What the tree is, where nobody says how it is built.
pub(super) fn choice(args: &Args, repository: &Repository) -> Result<Option<Choice>, Error> {
    let table = &repository.settings().build;
    match args.command.is_empty() && table.command.is_none() && table.steps.is_empty() {
        true => Ok(preset::choose(repository.root(), None)?),
        false => Ok(None),
    }
}

/// Takes from a proposal what is not written.
fn fill(table: &mut BuildTable, proposed: BuildTable) {
    table.command = proposed.command;
    if table.artifacts.is_empty() {
        table.artifacts = proposed.artifacts;
    }
    table.network = table.network.or(proposed.network);
    table.all_files = table.all_files.or(proposed.all_files);
    table.env.extend(proposed.env);
}

/// Puts what was given in the place of what is written, or beside it.
fn over(args: &Args, table: &mut BuildTable) {
    let words = match args.command.as_slice() {
        [] => None,
        [line] => Some(Words::Line(line.clone())),
        words => Some(Words::List(words.to_vec())),
    };
    if words.is_some() {
        table.command = words;
        table.steps.clear();
    }
    if !args.artifacts.is_empty() {
        table.artifacts.clone_from(&args.artifacts);
    }
    table.env.extend_from_slice(&args.env);
    table.secrets.extend_from_slice(&args.secrets);
    let switch = |given: bool, written: Option<bool>| given.then_some(true).or(written);
    table.all_files = switch(args.all_files, table.all_files);
    table.network = switch(args.network, table.network);
    table.quick = switch(args.quick, table.quick).filter(|_| !args.try_fixes);
    table.try_fixes = switch(args.try_fixes, table.try_fixes);
    table.timeout = args.timeout.or(table.timeout);
    table.total_timeout = args.total_timeout.or(table.total_timeout);
    table.output_limit = args.output_limit.or(table.output_limit);
    table.disk_limit = args.disk_limit.or(table.disk_limit);
    table.memory_limit = args.memory_limit.or(table.memory_limit);
    table.process_limit = args.process_limit.or(table.process_limit);
    table.seed = args.seed.or(table.seed);
    table.clock = args.clock.unwrap_or_default().or(table.clock);
}

/// Which variations are tested: with --variations, nothing that is written counts.
fn choose(args: &Args, build: &mut Build) {
    if !args.variations.is_empty() {
        build.variations.clone_from(&args.variations);
        build.without.clone_from(&args.without);
        return;
    }
    build.without.extend_from_slice(&args.without);
    build.without.sort();
    build.without.dedup();
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
    let sizes = [
        ("--output-limit", args.output_limit),
        ("--disk-limit", args.disk_limit),
        ("--memory-limit", args.memory_limit),
        ("--process-limit", args.process_limit),
    ];
    for (name, size) in sizes {
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
    options.extend(args.remote.words());
    let mut choice: Vec<String> = args.quick.then(|| "--quick".to_owned()).into_iter().collect();
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
