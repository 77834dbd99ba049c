//! One action, made again: what it makes now, what the cache has, and why they differ.

use super::super::{
    api::{Action, ActionResult, Command},
    blob::{BlobId, Pieces},
    client::Remote,
    execute::{self, Ended},
    outputs::{Output, Outputs},
    unlike::unlike,
};
use crate::{
    bytes::Error,
    diff::{self, Input, Options},
    model::{DiffReport, Fact, FactKind, Known, Record, RemoteAction, RemoteCause, RemoteOutput, RemoteVerdict},
};
use std::{collections::BTreeSet, fs, path::Path, time::Duration};

/// The longest that an action runs that says nothing of it itself.
const TIMEOUT: Duration = Duration::from_secs(3600);
/// The pause before a run that is compared with the last: a clock that shows in what they make then shows another second.
const APART: Duration = Duration::from_millis(1100);
/// Outputs that are looked into; if thousands differ, these show why.
const OUTPUTS: usize = 50;
/// The largest output that is looked into.
const LARGEST: u64 = 1 << 30;

/// A result, and its outputs.
struct Made {
    told: ActionResult,
    outputs: Outputs,
}

/// Makes it so often, and says what it found.
pub(super) fn check(remote: &Remote, id: BlobId, times: u32, found: &mut RemoteAction) -> Result<(), Error> {
    let action: Action = remote.message(id, "action")?;
    let command = action.command_digest.as_ref().and_then(BlobId::told);
    let command = command.ok_or_else(|| Error::malformed(format!("action {id} names no command")))?;
    found.command = remote.message::<Command>(command, "command")?.arguments;
    let Some(told) = remote.remembered(id)? else {
        found.reason = Some("the cache holds no result of it".to_owned());
        return Ok(());
    };
    let cached = read(remote, told)?;
    for run in 0..times {
        let Some(made) = make(remote, id, &action, run, found)? else {
            return Ok(());
        };
        if differing(&cached, &made).is_empty() && cached.told.exit_code == made.told.exit_code {
            continue;
        }
        found.verdict = RemoteVerdict::Unreproducible;
        compare(remote, &cached, &made, found)?;
        // Does it differ from run to run, or only from what is in the cache?
        std::thread::sleep(APART);
        if let Some(other) = make(remote, id, &action, run + 1, found)? {
            found.steady = Some(made.outputs == other.outputs && made.told.exit_code == other.told.exit_code);
        }
        return Ok(());
    }
    found.verdict = RemoteVerdict::Reproducible;
    Ok(())
}

fn read(remote: &Remote, told: ActionResult) -> Result<Made, Error> {
    let outputs = remote.outputs(&told)?;
    Ok(Made { told, outputs })
}

/// Runs it, as an action that is never cached and never taken for another.
fn make(
    remote: &Remote,
    id: BlobId,
    action: &Action,
    run: u32,
    found: &mut RemoteAction,
) -> Result<Option<Made>, Error> {
    let told = action
        .timeout
        .as_ref()
        .and_then(|time| u64::try_from(time.seconds).ok());
    let timeout = told.filter(|seconds| *seconds > 0).map_or(TIMEOUT, Duration::from_secs);
    let mut pieces = Pieces::default();
    let again = Action {
        do_not_cache: true,
        salt: [&action.salt, format!("repro {id} {run} {}", unlike()).as_bytes()].concat(),
        ..action.clone()
    };
    let name = pieces.message(&again);
    let mut open = |why: &str| {
        found.reason.get_or_insert_with(|| why.to_owned());
        Ok(None)
    };
    match remote.try_run(name, &pieces, timeout)? {
        Ended::Done(told) => read(remote, *told).map(Some),
        Ended::TimedOut => open("it takes longer than it may"),
        Ended::Missing(_) => open("the server no longer has all of its inputs"),
    }
}

/// Paths of outputs that are not the same, or that just one has.
fn differing(a: &Made, b: &Made) -> BTreeSet<String> {
    let names = a.outputs.keys().chain(b.outputs.keys());
    names
        .filter(|name| a.outputs.get(*name) != b.outputs.get(*name))
        .cloned()
        .collect()
}

fn compare(remote: &Remote, cached: &Made, made: &Made, found: &mut RemoteAction) -> Result<(), Error> {
    if cached.told.exit_code != made.told.exit_code {
        let (was, is) = (cached.told.exit_code, made.told.exit_code);
        found.reason = Some(format!("exit status {is}, in the cache {was}"));
    }
    let records = [&cached.told, &made.told].map(record);
    let folder = tempfile::tempdir().map_err(|error| Error::io(&error).about("a folder for outputs"))?;
    for (number, path) in differing(cached, made).into_iter().enumerate() {
        let sides = [cached, made].map(|side| side.outputs.get(&path));
        let mut output = RemoteOutput {
            path: path.clone(),
            cached: sides[0].map(Output::sha256),
            made: sides[1].map(Output::sha256),
            verdict: "different".to_owned(),
            causes: Vec::new(),
            unexplained: 0,
        };
        if let [Some(Output::File { id: a, .. }), Some(Output::File { id: b, .. })] = sides
            && number < OUTPUTS
            && a != b
            && a.size().max(b.size()) <= LARGEST
        {
            let name = Path::new(&path).file_name().unwrap_or_default();
            let place = |side: &str| folder.path().join(format!("{number}-{side}")).join(name);
            let (a, b) = (fetch(remote, *a, &place("cached"))?, fetch(remote, *b, &place("made"))?);
            let options = Options {
                records: Some([&records[0], &records[1]]),
                ..Options::default()
            };
            tell(&diff::diff(&a, &b, &options), &mut output);
        }
        found.outputs.push(output);
    }
    Ok(())
}

fn fetch(remote: &Remote, id: BlobId, path: &Path) -> Result<Input, Error> {
    let at = |error: std::io::Error| Error::at(path, &error);
    fs::create_dir_all(crate::bytes::folder_of(path)).map_err(at)?;
    remote.save(id, path)?;
    Input::open(path).map_err(at)
}

fn tell(report: &DiffReport, output: &mut RemoteOutput) {
    output.verdict = report.verdict.word().to_owned();
    output.unexplained = report.unexplained.len() + report.undetermined.len();
    let causes = report.findings.iter().map(|finding| RemoteCause {
        cause: finding.cause.to_owned(),
        address: finding.address.clone(),
        summary: finding.summary.clone(),
        fix: finding.fix.clone(),
        knock_on: finding.knock_on,
    });
    output.causes = causes.collect();
}

/// What is known of a run: when it was.
fn record(result: &ActionResult) -> Record {
    let clock = execute::when(result).map(|(from, to)| Fact {
        kind: FactKind::Clock,
        value: Known::Window { from, to },
        place: "execution metadata".to_owned(),
    });
    Record {
        whose: "server's account of the run".to_owned(),
        facts: clock.into_iter().collect(),
        made: Vec::new(),
    }
}
