//! `--matrix`: many builds, a line of JSON each.

use super::{Args, asked, status};
use crate::cli::{
    Error, Global, Status,
    many::{self, Many},
};
use repro::{batch::Done, rebuild, settings::Repository};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Exit status: the worst of all.
pub(super) fn run(args: &Args, list: &Path, global: &Global) -> Result<Status, Error> {
    let many = Many {
        command: "repro build",
        option: "--matrix",
        list,
        columns: many::BUILDS,
        sharded: &args.sharded,
        options: options(args),
    };
    many::run(&many, global, &mut |fields| {
        let mut own = args.clone();
        let (source, command) = match fields {
            [source] => (source, Vec::new()),
            [source, command] => (source, vec![(*command).to_owned()]),
            _ => return Err(Error::new("a build has a folder, and perhaps a command")),
        };
        (own.source, own.command) = (PathBuf::from(source), command);
        built(&own)
    })
}

fn built(args: &Args) -> Result<Done, Error> {
    let repository = Repository::read(&args.source)?;
    let choice = asked::choice(args, &repository)?;
    let build = asked::build(args, &repository, choice.as_ref())?;
    let found = rebuild::run(&build, &|_| {})?;
    let mut done = many::done(&found, status(&found, build.only.is_some()))?;
    done.report.iter_mut().for_each(costs_apart);
    Ok(done)
}

/// What a run cost differs from time to time; the line tells what all of them did.
fn costs_apart(report: &mut Value) {
    let runs = report.get_mut("runs").and_then(Value::as_array_mut);
    for run in runs.into_iter().flatten() {
        if let Some(run) = run.as_object_mut() {
            run.shift_remove("cpu_seconds");
        }
    }
}

/// What is asked for beside the list, as far as it changes what is found.
fn options(args: &Args) -> BTreeMap<String, String> {
    let number = |number: Option<u64>| number.map_or(String::new(), |number| number.to_string());
    many::options([
        ("artifact", many::words(&args.artifacts)),
        ("all-files", many::switch(args.all_files)),
        ("env", many::words(&args.env)),
        ("secret", many::words(&args.secrets)),
        ("variations", many::words(&args.variations)),
        ("without", many::words(&args.without)),
        ("vary", many::words(&args.vary)),
        ("remedy", many::words(&args.remedies)),
        ("unpin", many::words(&args.unpin)),
        ("network", many::switch(args.network)),
        ("output-limit", number(args.output_limit)),
        ("disk-limit", number(args.disk_limit)),
        ("memory-limit", number(args.memory_limit)),
        ("process-limit", number(args.process_limit)),
        ("seed", number(args.seed)),
        ("timeout", number(args.timeout.map(|time| time.as_secs()))),
        ("total-timeout", number(args.total_timeout.map(|time| time.as_secs()))),
        ("clock", args.clock.map_or(String::new(), |clock| format!("{clock:?}"))),
        ("quick", many::switch(args.quick)),
        ("try-fixes", many::switch(args.try_fixes)),
    ])
}
