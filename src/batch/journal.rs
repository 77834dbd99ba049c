//! Where lines go: a file that is continued, or standard output. The file tells what is done already.

use super::{
    ERROR, LINE, List,
    files::{CUT_OFF, Line, Lines, Resumed, Said, difference},
};
use crate::{
    bytes::Error,
    model::{BatchDropped, BatchHead, BatchLine},
};
use rustix::fs::{FlockOperation, flock};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Write},
    path::Path,
};

/// What a file already had.
#[derive(Debug, Default)]
pub struct Begun {
    /// Items that are done, from an earlier run.
    pub done: usize,
    /// Lines that are none.
    pub dropped: Vec<BatchDropped>,
    /// How often a run went on at an item.
    pub(super) resumed: BTreeMap<usize, usize>,
    /// Whether there was an earlier run.
    pub(super) earlier: bool,
}

/// Where lines go.
pub struct Journal {
    out: Box<dyn Write>,
    /// What it is called in errors.
    name: String,
    /// The exit status of what is done, by place in the list, from 0.
    done: Vec<Option<u8>>,
    /// Whether an item of which there is no report is done again.
    retry: bool,
    begun: Begun,
}

impl Journal {
    /// Lines to somebody who reads them: nothing is known of earlier runs.
    ///
    /// # Errors
    /// What `out` gives.
    pub fn stream(out: Box<dyn Write>, head: &BatchHead) -> Result<Self, Error> {
        let mut journal = Self::begin("standard output".to_owned(), head);
        journal.out = out;
        journal.put(head)?;
        Ok(journal)
    }

    /// Goes on in a file, or begins it. Until it is dropped, no other process can do so. A last line that was cut off is taken away. With
    /// `retry`, an item of which the file has no more than an error is not done.
    ///
    /// # Errors
    /// It can't be read or written, another process writes to it, or it holds something else.
    pub fn open(path: &Path, head: &BatchHead, list: &List, retry: bool) -> Result<Self, Error> {
        let at = |error: io::Error| Error::at(path, &error);
        let file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(at)?;
        let (name, regular) = (path.display().to_string(), file.metadata().map_err(at)?.is_file());
        let mut journal = Self::begin(name, head);
        journal.retry = retry;
        if !regular {
            journal.out = Box::new(file);
            journal.put(head)?;
            return Ok(journal);
        }
        // A file system without locks gives another error.
        if flock(&file, FlockOperation::NonBlockingLockExclusive) == Err(rustix::io::Errno::WOULDBLOCK) {
            return Err(Error::refused("another process is writing to it").of(path));
        }
        let whole = journal.read(path, head, list)?;
        file.set_len(whole).map_err(at)?;
        journal.out = Box::new(file);
        if whole == 0 {
            journal.put(head)?;
        }
        Ok(journal)
    }

    fn begin(name: String, head: &BatchHead) -> Self {
        Self {
            out: Box::new(io::sink()),
            name,
            done: vec![None; head.list.items],
            retry: false,
            begun: Begun::default(),
        }
    }

    /// Takes in what a file has, and says where its last whole line ends.
    fn read(&mut self, path: &Path, head: &BatchHead, list: &List) -> Result<u64, Error> {
        if never_begun(path, head)? {
            return Ok(0);
        }
        let Some(mut lines) = Lines::open(path)? else {
            return Ok(0);
        };
        if let Some((found, wanted)) = other(&lines.head, head) {
            let why = format!("holds lines {found}; these would be {wanted}: name another --output");
            return Err(Error::refused(why).of(path));
        }
        self.begun.earlier = true;
        let mut whole = None;
        while let Some(line) = lines.next().map_err(|error| Error::at(path, &error))? {
            let end = line.offset + line.length as u64;
            whole = Some(match &line.said {
                Said::Nothing(why) if why == CUT_OFF => line.offset,
                _ => end,
            });
            self.take(&line, list);
        }
        self.begun.done = self.done.iter().flatten().count();
        match whole {
            Some(whole) => Ok(whole),
            None => Ok(std::fs::metadata(path).map_err(|error| Error::at(path, &error))?.len()),
        }
    }

    fn take(&mut self, line: &Line, list: &List) {
        let why = match &line.said {
            Said::Resumed(at) => {
                *self.begun.resumed.entry(*at).or_default() += 1;
                return;
            }
            Said::Item(mark) if *list.item(mark.at - 1).name == *mark.item => {
                if let Some(done) = self.done.get_mut(mark.at - 1) {
                    *done = (!self.retry || mark.verdict != ERROR).then_some(mark.exit);
                }
                return;
            }
            Said::Item(_) => "not an item of its list",
            Said::Nothing(why) => why,
        };
        self.begun.dropped.push(BatchDropped {
            file: self.name.clone(),
            line: line.number,
            why: why.to_owned(),
        });
    }

    /// What there was of earlier runs.
    pub fn begun(&self) -> &Begun {
        &self.begun
    }

    /// The worst exit status of all items, those of earlier runs included.
    pub fn worst(&self) -> u8 {
        self.done.iter().flatten().copied().max().unwrap_or_default()
    }

    /// Whether the next item is the one at which the run before ended: items are done in their order.
    pub(super) fn goes_on(&self) -> bool {
        self.begun.earlier && !self.retry
    }

    /// Whether the item in this place, from 0 on, has its line.
    pub(super) fn has(&self, at: usize) -> bool {
        self.done.get(at).is_some_and(Option::is_some)
    }

    /// Notes that a run goes on at an item.
    pub(super) fn resume(&mut self, at: usize) -> Result<(), Error> {
        self.put(&Resumed { resumed: at })
    }

    /// Writes a line, at once.
    pub(super) fn line(&mut self, line: &BatchLine) -> Result<(), Error> {
        let text = text(line)?;
        if text.len() <= LINE {
            self.note(line);
            return self.write(&text);
        }
        let why = format!(
            "its report has {} bytes, more than the {LINE} of a line: do it alone",
            text.len()
        );
        let line = BatchLine {
            verdict: ERROR.to_owned(),
            exit: 2,
            summary: why.clone(),
            problems: Vec::new(),
            error: Some(why),
            report: None,
            ..line.clone()
        };
        self.note(&line);
        self.put(&line)
    }

    fn note(&mut self, line: &BatchLine) {
        if let Some(done) = line.at.checked_sub(1).and_then(|at| self.done.get_mut(at)) {
            *done = Some(line.exit);
        }
    }

    fn put(&mut self, what: &impl Serialize) -> Result<(), Error> {
        self.write(&text(what)?)
    }

    fn write(&mut self, text: &[u8]) -> Result<(), Error> {
        let written = self.out.write_all(text).and_then(|()| self.out.flush());
        written.map_err(|error| Error::io(&error).about(&self.name))
    }
}

fn text(what: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut text = serde_json::to_vec(what).map_err(|error| Error::failed(&error).because(error))?;
    text.push(b'\n');
    Ok(text)
}

/// Whether a file is empty, or has no more than the beginning of its head: the run was killed at once.
fn never_begun(path: &Path, head: &BatchHead) -> Result<bool, Error> {
    let at = |error: io::Error| Error::at(path, &error);
    let head = text(head)?;
    if std::fs::metadata(path).map_err(at)?.len() >= head.len() as u64 {
        return Ok(false);
    }
    Ok(head.starts_with(&std::fs::read(path).map_err(at)?))
}

/// In what the head of a file differs from the one that is wanted.
fn other(found: &BatchHead, wanted: &BatchHead) -> Option<(String, String)> {
    let shard = |head: &BatchHead| format!("of shard {}/{}", head.shard.index, head.shard.of);
    difference(wanted, found).or_else(|| (found.shard != wanted.shard).then(|| (shard(found), shard(wanted))))
}
