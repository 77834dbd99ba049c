//! `repro remote-check [ACTION…]`, `repro remote-check --compare A B`

use super::{Error, Global, Status, remote::Remote};
use std::path::PathBuf;

/// Make actions again whose results a remote cache holds, and show which of them do not reproduce
#[derive(clap::Args, Debug)]
#[cfg_attr(
    not(feature = "remote"),
    allow(dead_code, reason = "a program without it says how to get one with it")
)]
pub(super) struct Args {
    /// Actions by name, as SHA-256/SIZE
    #[arg(value_name = "ACTION")]
    actions: Vec<String>,
    /// An execution log of Bazel (compact, JSON or binary), or its build events as JSON; may be given more than once
    #[arg(long = "execution-log", value_name = "FILE")]
    logs: Vec<PathBuf>,
    /// Take a part of the actions only, as 1% or 0.01 [default: all]
    #[arg(long, value_name = "PART")]
    sample: Option<String>,
    /// Decides which actions are in the part
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Begin no action after so many minutes
    #[arg(long, value_name = "N")]
    minutes: Option<u64>,
    /// How often each action is made
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    times: u32,
    /// Write the result of each action as a line of JSON; what is in the file already is not made again
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,
    /// Make nothing: say from two execution logs why the second build missed the cache that the first had filled
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with_all = ["actions", "logs", "url"])]
    compare: Vec<PathBuf>,
    /// Show every action and cause
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    remote: Remote,
}

/// Exit status 0 all reproduce, 1 some do not, 2 anything that leaves the question open.
#[cfg(feature = "remote")]
pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    use super::{progress, publish};
    use repro::{
        model::RemoteVerdict,
        rebuild::Progress,
        remote::{check, miss},
    };
    use std::time::Duration;

    if let [a, b] = args.compare.as_slice() {
        let found = miss::compare(a, b)?;
        publish::print(&found, global, args.verbose)?;
        return Ok(if found.missed == 0 {
            Status::Same
        } else {
            Status::Differs
        });
    }
    if args.actions.is_empty() && args.logs.is_empty() {
        return Err(Error::new(
            "nothing to check: name actions as SHA-256/SIZE, or give --execution-log FILE",
        ));
    }
    let mut asked = check::Asked {
        logs: args.logs.clone(),
        time: args
            .minutes
            .map(|minutes| Duration::from_secs(minutes.saturating_mul(60))),
        times: args.times,
        results: args.results.clone(),
        ..check::Asked::default()
    };
    for action in &args.actions {
        asked.actions.push(action.parse()?);
    }
    if let Some(part) = &args.sample {
        asked.sample = part.parse()?;
    }
    asked.sample.seed = args.seed;
    let remote = args.remote.open()?;
    let found = progress::with_runs(global.progress(), |tell| {
        let told = |done: u64, name: &str| {
            let run = usize::try_from(done).unwrap_or(usize::MAX).saturating_add(1);
            tell(&Progress {
                run,
                known: run,
                varied: vec![name.to_owned()],
                left: None,
                at_once: 1,
            });
        };
        check::check(&remote, &asked, &told)
    })?;
    publish::print(&found, global, args.verbose)?;
    let count = |verdict: RemoteVerdict| found.counts.get(verdict.word()).copied().unwrap_or(0);
    Ok(match count(RemoteVerdict::Unreproducible) {
        0 if count(RemoteVerdict::Reproducible) > 0 && found.actions.is_empty() && found.left == 0 => Status::Same,
        0 => Status::Trouble,
        _ => Status::Differs,
    })
}

#[cfg(not(feature = "remote"))]
pub(super) fn run(_: &Args, _: &Global) -> Result<Status, Error> {
    Err(super::remote::unavailable())
}
