//! Lines of any shards of one list, joined. What is kept is where each line stands; the lines themselves are read again when they are asked for.

use super::{
    ERROR, List, VERSION,
    files::{Lines, Mark, Said, Stand, difference},
};
use crate::{
    bytes::Error,
    model::{BatchCost, BatchDropped, BatchHead, BatchLine, BatchMissing, BatchReport, BatchTwice},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
};

/// Names, files and lines that are listed of what is missing, there twice, or dropped.
const LISTED: usize = 100;

/// Joined lines.
pub struct Merged {
    report: BatchReport,
    stand: Stand,
    /// One for each item of which there is a line, in the order of the list.
    places: Vec<Place>,
    costs: bool,
}

/// Where the line of an item stands.
#[derive(Clone, Copy)]
struct Place {
    /// From 1.
    at: usize,
    file: usize,
    offset: u64,
    length: usize,
    exit: u8,
    /// Whether it tells no more than an error.
    error: bool,
}

/// Reads files of lines. With `costs`, what the items cost is part of the result, which then differs from run to run.
///
/// # Errors
/// A file can't be read, or is not of the same list, command, options and version as the first.
pub fn merge(paths: &[PathBuf], costs: bool) -> Result<Merged, Error> {
    let heads = heads(paths)?;
    let Some(first) = heads.first() else {
        return Err(Error::usage("there is no file to join"));
    };
    let mut gathered = Gathered::default();
    for (file, path) in paths.iter().enumerate() {
        gathered.file(file, path).map_err(|error| Error::at(path, &error))?;
    }
    let stand = Stand::new(paths);
    let again = gathered.part();
    let twice = gathered.twice(&again, &stand)?;
    let missing = missing(paths, &heads, &gathered.places);
    let items = gathered.places.iter().map(|place| place.exit);
    let open = missing.items > 0 || twice.contradictions > 0;
    let worst = items.chain(open.then_some(2)).max().unwrap_or(2);
    let report = BatchReport {
        schema_version: VERSION,
        kind: "merged",
        version: first.version.clone(),
        command: first.command.clone(),
        options: first.options.clone(),
        list: first.list.clone(),
        verdict: match worst {
            0 => "same",
            1 => "differs",
            _ => "undetermined",
        },
        verdicts: gathered.verdicts,
        rules: gathered.rules,
        missing,
        twice,
        dropped: gathered.dropped,
        cost: costs.then_some(gathered.cost),
    };
    Ok(Merged {
        report,
        stand,
        places: gathered.places,
        costs,
    })
}

impl Merged {
    /// All but the items.
    pub fn report(&self) -> &BatchReport {
        &self.report
    }

    /// Calls `act` with each item in the order of the list; with `exit`, with those of this exit status.
    ///
    /// # Errors
    /// A line can't be read again, or what `act` gives.
    pub fn each(&self, exit: Option<u8>, act: &mut dyn FnMut(BatchLine) -> io::Result<()>) -> io::Result<()> {
        let wanted = self
            .places
            .iter()
            .filter(|place| exit.is_none_or(|exit| exit == place.exit));
        for place in wanted {
            let mut line: BatchLine = line(&self.stand, place)?;
            if !self.costs {
                line.cost = None;
            }
            act(line)?;
        }
        Ok(())
    }

    /// Names what is missing, by the list that the lines are of.
    ///
    /// # Errors
    /// It is another list.
    pub fn name_missing(&mut self, list: &List) -> Result<(), Error> {
        if list.digest() != self.report.list.sha256 {
            return Err(Error::refused("is not the list that the lines are of"));
        }
        let there: BTreeSet<usize> = self.places.iter().map(|place| place.at).collect();
        let missing = (1..=list.len()).filter(|at| !there.contains(at));
        let names = missing.take(LISTED).map(|at| list.item(at - 1).name.into_owned());
        self.report.missing.names = names.collect();
        Ok(())
    }
}

/// The heads of files that can be joined.
fn heads(paths: &[PathBuf]) -> Result<Vec<BatchHead>, Error> {
    let mut heads: Vec<BatchHead> = Vec::new();
    let mut strangers = Vec::new();
    for path in paths {
        let Some(lines) = Lines::open(path)? else {
            return Err(Error::malformed("is empty: do its shard again").of(path));
        };
        if let Some(first) = heads.first()
            && let Some((other, wanted)) = difference(first, &lines.head)
        {
            strangers.push(format!("{} is {other}, not {wanted}", path.display()));
        }
        heads.push(lines.head);
    }
    match (strangers.as_slice(), paths) {
        ([_, ..], [first, ..]) => {
            let more = strangers.len().saturating_sub(LISTED);
            strangers.truncate(LISTED);
            let more = if more > 0 {
                format!("; and {more} more")
            } else {
                String::new()
            };
            let what = format!("these can't be joined with it: {}{more}", strangers.join("; "));
            Err(Error::refused(what).of(first))
        }
        _ => Ok(heads),
    }
}

/// What is known while files are read.
#[derive(Default)]
struct Gathered {
    places: Vec<Place>,
    verdicts: BTreeMap<String, usize>,
    rules: BTreeMap<String, usize>,
    dropped: Vec<BatchDropped>,
    cost: BatchCost,
}

impl Gathered {
    fn file(&mut self, file: usize, path: &Path) -> io::Result<()> {
        let lines = Lines::open(path).map_err(io::Error::other)?;
        let mut lines = lines.ok_or_else(|| io::Error::other("changed while it was read"))?;
        while let Some(line) = lines.next()? {
            match line.said {
                Said::Resumed(_) => {}
                Said::Nothing(_) if self.dropped.len() >= LISTED => {}
                Said::Nothing(why) => self.dropped.push(BatchDropped {
                    file: path.display().to_string(),
                    line: line.number,
                    why,
                }),
                Said::Item(mark) => {
                    self.places.push(Place {
                        at: mark.at,
                        file,
                        offset: line.offset,
                        length: line.length,
                        exit: mark.exit,
                        error: mark.verdict == ERROR,
                    });
                    self.count(mark);
                }
            }
        }
        Ok(())
    }

    fn count(&mut self, mark: Mark) {
        *self.verdicts.entry(mark.verdict).or_default() += 1;
        for rule in mark.problems {
            *self.rules.entry(rule.rule).or_default() += 1;
        }
        if let Some(cost) = mark.cost {
            self.cost.seconds += cost.seconds;
            self.cost.cpu_seconds += cost.cpu_seconds;
            self.cost.peak_bytes = self.cost.peak_bytes.max(cost.peak_bytes);
        }
    }

    /// Puts the places in order and parts them: the first of each item stays, the others are returned, each with the one that stays. In one
    /// file, what comes behind an error was done again, and takes its place.
    fn part(&mut self) -> Vec<[Place; 2]> {
        self.places.sort_by_key(|place| place.at);
        let mut again = Vec::new();
        self.places.dedup_by(|later, first| {
            if later.at != first.at {
                return false;
            }
            if first.error && first.file == later.file {
                std::mem::swap(first, later);
            }
            again.push([*first, *later]);
            true
        });
        again
    }

    /// What is there twice; it no longer counts.
    fn twice(&mut self, again: &[[Place; 2]], stand: &Stand) -> Result<BatchTwice, Error> {
        let (mut agree, mut contradict, mut files) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for [first, later] in again {
            let of = |place: &Place| stand.path(place.file);
            let read = |place: &Place| line::<BatchLine>(stand, place).map_err(|error| Error::at(&of(place), &error));
            let (mut x, mut y) = (read(first)?, read(later)?);
            (x.cost, y.cost) = (None, None);
            if !(later.error && first.file == later.file) {
                let kind = if x == y { &mut agree } else { &mut contradict };
                kind.insert((first.at, x.item));
                files.extend([first, later].map(|place| of(place).display().to_string()));
            }
            let mark = line::<Mark>(stand, later).map_err(|error| Error::at(&of(later), &error))?;
            self.discount(&mark);
        }
        agree.retain(|item| !contradict.contains(item));
        let names = contradict
            .iter()
            .chain(&agree)
            .take(LISTED)
            .map(|(_, name)| name.clone());
        Ok(BatchTwice {
            items: agree.len() + contradict.len(),
            contradictions: contradict.len(),
            names: names.collect(),
            files: files.into_iter().take(LISTED).collect(),
        })
    }

    fn discount(&mut self, mark: &Mark) {
        let rules = mark.problems.iter().map(|rule| &rule.rule);
        for (counts, name) in rules.map(|rule| (true, rule)).chain([(false, &mark.verdict)]) {
            let counts = if counts { &mut self.rules } else { &mut self.verdicts };
            if let Some(count) = counts.get_mut(name) {
                *count -= 1;
            }
            counts.retain(|_, count| *count > 0);
        }
    }
}

/// What of the list there is no line of.
fn missing(paths: &[PathBuf], heads: &[BatchHead], places: &[Place]) -> BatchMissing {
    let mut missing = BatchMissing::default();
    let Some(first) = heads.first() else { return missing };
    missing.items = first.list.items.saturating_sub(places.len());
    if missing.items == 0 {
        return missing;
    }
    let of = first.shard.of;
    if heads.iter().all(|head| head.shard.of == of) {
        let there: BTreeSet<usize> = heads.iter().map(|head| head.shard.index).collect();
        let gone = (1..=of).filter(|index| !there.contains(index));
        missing.shards = gone.take(LISTED).map(|index| format!("{index}/{of}")).collect();
    }
    let mut lines = vec![0; paths.len()];
    for place in places {
        if let Some(count) = lines.get_mut(place.file) {
            *count += 1;
        }
    }
    for ((path, head), lines) in paths.iter().zip(heads).zip(lines) {
        let left = head.shard.items.saturating_sub(lines);
        if left > 0 && missing.unfinished.len() < LISTED {
            missing.unfinished.insert(path.display().to_string(), left);
        }
    }
    missing
}

fn line<T: serde::de::DeserializeOwned>(stand: &Stand, place: &Place) -> io::Result<T> {
    let text = stand.read(place.file, place.offset, place.length)?;
    serde_json::from_slice(&text).map_err(|_| io::Error::other("changed while it was read"))
}
