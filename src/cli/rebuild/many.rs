//! `--list`: many subjects, a line of JSON each. What an earlier run has written is not done again.

use super::{Args, Error, Global, Status, options, rebuilt, status, told::Telling};
use crate::cli::warn;
use repro::{bytes, notation::Unreadable, report::format::Format};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// A file of subjects is not larger.
const LIMIT: u64 = 256 << 20;

/// Which subjects of a list are done: the `index`-th of every `of`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shard {
    index: usize,
    of: usize,
}

/// `2/8`.
pub(super) fn shard(word: &str) -> Result<Shard, Unreadable> {
    let wrong = || Unreadable::said(word, "give I/N, with I from 1 to N");
    let (index, of) = word.split_once('/').ok_or_else(wrong)?;
    let number = |text: &str| text.parse::<usize>().map_err(|_| wrong());
    let (index, of) = (number(index)?, number(of)?);
    match (1..=of).contains(&index) {
        true => Ok(Shard { index, of }),
        false => Err(wrong()),
    }
}

/// Exit status: the worst of all.
pub(super) fn run(args: &Args, list: &Path, mut telling: Telling, global: &Global) -> Result<Status, Error> {
    if global.format.is_some() {
        global.only("--list", &[Format::Json])?;
    }
    let text = bytes::source::text(list, LIMIT).map_err(|error| Error::at(list.display(), error))?;
    let subjects = subjects(&text, args.shard);
    let done = match global.output_file() {
        Some(path) => done(path)?,
        None => BTreeSet::new(),
    };
    let mut options = options(args)?;
    options.plan = None;
    let mut worst = 0;
    for subject in subjects.iter().filter(|subject| !done.contains(**subject)) {
        let line = match rebuilt(subject, &options) {
            Ok(report) => {
                worst = worst.max(rank(status(&report)));
                telling.tell(&report)?;
                serde_json::to_value(&report).map_err(Error::new)?
            }
            Err(error) => {
                worst = 2;
                let why = error.text().unwrap_or_default();
                if !global.quiet {
                    warn(&why);
                }
                json!({"schema_version": 1, "subject": subject, "error": why})
            }
        };
        write(global, &line)?;
    }
    Ok(match worst {
        0 => Status::Same,
        1 => Status::Differs,
        _ => Status::Trouble,
    })
}

fn rank(status: Status) -> u8 {
    match status {
        Status::Same => 0,
        Status::Differs => 1,
        Status::Trouble => 2,
    }
}

/// The lines that name something, of one shard.
fn subjects(text: &str, shard: Option<Shard>) -> Vec<&str> {
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    let named = lines.filter(|line| !line.is_empty()).enumerate();
    let chosen = named.filter(|(number, _)| shard.is_none_or(|Shard { index, of }| number % of == index - 1));
    chosen.map(|(_, line)| line).collect()
}

/// Subjects of which a file already has a line. A last line that was cut off is taken away.
fn done(path: &Path) -> Result<BTreeSet<String>, Error> {
    let at = |error| Error::at(path.display(), error);
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        text => text.map_err(at)?,
    };
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    if whole < text.len() {
        let file = OpenOptions::new().write(true).open(path).map_err(at)?;
        file.set_len(whole as u64).map_err(at)?;
    }
    let subject = |line: &str| {
        let line: Value = serde_json::from_str(line).ok()?;
        Some(line.get("subject")?.as_str()?.to_owned())
    };
    Ok(text
        .get(..whole)
        .unwrap_or_default()
        .lines()
        .filter_map(subject)
        .collect())
}

/// Appends a line, at once.
fn write(global: &Global, line: &Value) -> Result<(), Error> {
    let text = format!("{line}\n");
    let Some(path) = global.output_file() else {
        let mut out = io::stdout();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        return written.map_err(|error| Error::at("standard output", error));
    };
    let append = || {
        File::options()
            .create(true)
            .append(true)
            .open(path)?
            .write_all(text.as_bytes())
    };
    append().map_err(|error| Error::at(path.display(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_share_a_list() {
        let text = "a\n# none\nb # second\n\nc\nd\n";
        assert_eq!(subjects(text, None), ["a", "b", "c", "d"]);
        let of = |word| subjects(text, Some(shard(word).unwrap()));
        assert_eq!(
            (of("1/3"), of("2/3"), of("3/3")),
            (vec!["a", "d"], vec!["b"], vec!["c"])
        );
        for wrong in ["0/3", "4/3", "1", "1/0", "a/b"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }
}
