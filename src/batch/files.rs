//! Files of lines, as a shard has written them: read line by line. Nothing in them is believed.

use super::{KIND, LINE, Shard, VERSION, shard::key};
use crate::{
    bytes::{Error, source},
    model::{BatchCost, BatchHead},
};
use serde::{Deserialize, de::IgnoredAny};
use std::{
    cell::RefCell,
    collections::VecDeque,
    fs::File,
    io::{BufRead, BufReader, Read},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// Files that are open at once.
const OPEN: usize = 16;

/// What counts of an item's line before the line is written.
#[derive(Deserialize)]
pub(super) struct Mark {
    pub item: String,
    pub at: usize,
    pub verdict: String,
    pub exit: u8,
    pub problems: Vec<Rule>,
    pub cost: Option<BatchCost>,
    error: Option<IgnoredAny>,
    report: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct Rule {
    pub rule: String,
}

/// That a shard went on, and at which item, from 1.
#[derive(Deserialize, serde::Serialize)]
pub(super) struct Resumed {
    pub resumed: usize,
}

/// What a line is.
pub(super) enum Said {
    Item(Mark),
    Resumed(usize),
    /// None, and why.
    Nothing(String),
}

/// A line, and where it is.
pub(super) struct Line {
    pub offset: u64,
    pub length: usize,
    /// From 1.
    pub number: usize,
    pub said: Said,
}

/// Why a line is none that ended with its file.
pub(super) const CUT_OFF: &str = "cut off";

/// The head of a file, and the reader behind it; none of an empty file.
pub(super) struct Lines {
    pub head: BatchHead,
    reader: BufReader<File>,
    shard: Shard,
    offset: u64,
    number: usize,
}

impl Lines {
    /// Reads the first line.
    pub fn open(path: &Path) -> Result<Option<Self>, Error> {
        let file = source::open(path).map_err(|error| Error::at(path, &error))?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let mut first = Vec::new();
        let got = next(&mut reader, &mut first).map_err(|error| Error::at(path, &error))?;
        if got == 0 {
            return Ok(None);
        }
        let head = head(&first).map_err(|why| Error::malformed(why).of(path).in_line(Some(1)))?;
        let word = format!("{}/{}", head.shard.index, head.shard.of);
        let shard = word.parse().map_err(|_| {
            Error::malformed(format!("{word} is no shard"))
                .of(path)
                .in_line(Some(1))
        })?;
        Ok(Some(Self {
            head,
            reader,
            shard,
            offset: got as u64,
            number: 1,
        }))
    }

    /// The next line.
    pub fn next(&mut self) -> std::io::Result<Option<Line>> {
        let mut text = Vec::new();
        let got = next(&mut self.reader, &mut text)?;
        if got == 0 {
            return Ok(None);
        }
        self.number += 1;
        let line = Line {
            offset: self.offset,
            length: got,
            number: self.number,
            said: self.said(&text),
        };
        self.offset += got as u64;
        Ok(Some(line))
    }

    fn said(&self, text: &[u8]) -> Said {
        match text.last() {
            Some(b'\n') => {}
            _ if text.len() > LINE => return Said::Nothing(format!("longer than {LINE} bytes")),
            _ => return Said::Nothing(CUT_OFF.to_owned()),
        }
        if let Ok(Resumed { resumed }) = serde_json::from_slice(text) {
            return Said::Resumed(resumed);
        }
        match serde_json::from_slice::<Mark>(text) {
            Err(_) => Said::Nothing("not the line of an item".to_owned()),
            Ok(mark) if mark.error.is_some() && mark.report.is_some() => {
                Said::Nothing("not the line of an item".to_owned())
            }
            Ok(mark) if !(1..=self.head.list.items).contains(&mark.at) || mark.exit > 2 => {
                Said::Nothing("not an item of its list".to_owned())
            }
            Ok(mark) if !self.shard.has(key(&mark.item)) => Said::Nothing(format!(
                "not an item of shard {}/{}",
                self.shard.index(),
                self.shard.of()
            )),
            Ok(mark) => Said::Item(mark),
        }
    }
}

/// Reads up to the end of a line; of one that is too long, only as much as shows that. How many bytes it has.
fn next(reader: &mut BufReader<File>, line: &mut Vec<u8>) -> std::io::Result<usize> {
    let got = reader.by_ref().take(LINE as u64 + 1).read_until(b'\n', line)?;
    match line.last() {
        Some(b'\n') => Ok(got),
        _ if got > LINE => Ok(got + reader.skip_until(b'\n')?),
        _ => Ok(got),
    }
}

/// What the first line says.
fn head(line: &[u8]) -> Result<BatchHead, String> {
    #[derive(Deserialize)]
    struct Any {
        kind: String,
        schema_version: u32,
    }
    let none = || "not what `repro` writes of a list".to_owned();
    let Any { kind, schema_version } = serde_json::from_slice(line).map_err(|_| none())?;
    match (kind.as_str(), schema_version) {
        (KIND, VERSION) => serde_json::from_slice(line).map_err(|_| none()),
        (KIND, other) => Err(format!("its lines have version {other}, this program reads {VERSION}")),
        _ => Err(none()),
    }
}

/// In what two heads differ, but for their shards: what the second one is, and what the first.
pub(super) fn difference(first: &BatchHead, other: &BatchHead) -> Option<(String, String)> {
    let words: [fn(&BatchHead) -> String; 4] = [
        |head| format!("of `{}`", head.command),
        |head| format!("written by version {}", head.version),
        |head| {
            let options = head.options.iter().map(|(name, value)| format!(" {name}={value}"));
            match options.collect::<String>() {
                none if none.is_empty() => "made without options".to_owned(),
                all => format!("made with{all}"),
            }
        },
        |head| {
            let sha256 = head.list.sha256.get(..16).unwrap_or_default();
            format!("of the list {sha256}… with {} items", head.list.items)
        },
    ];
    let told = words.iter().map(|word| (word(other), word(first)));
    let mut told = told.filter(|(x, y)| x != y);
    // Digests that differ behind what is shown of them are not to be taken for equal ones.
    let hidden = first.list != other.list;
    told.next()
        .or_else(|| hidden.then(|| (other.list.sha256.clone(), first.list.sha256.clone())))
}

/// Files that lines are read from again, few of them open at once.
pub(super) struct Stand {
    paths: Vec<PathBuf>,
    open: RefCell<VecDeque<(usize, File)>>,
}

impl Stand {
    pub fn new(paths: &[PathBuf]) -> Self {
        Self {
            paths: paths.to_vec(),
            open: RefCell::default(),
        }
    }

    /// One of the files.
    pub fn path(&self, file: usize) -> PathBuf {
        self.paths.get(file).cloned().unwrap_or_default()
    }

    /// Bytes of one of the files.
    pub fn read(&self, file: usize, offset: u64, length: usize) -> std::io::Result<Vec<u8>> {
        let mut open = self.open.borrow_mut();
        if !open.iter().any(|(number, _)| *number == file) {
            if open.len() >= OPEN {
                open.pop_front();
            }
            open.push_back((file, source::open(&self.path(file))?));
        }
        let mut text = vec![0; length];
        match open.iter().find(|(number, _)| *number == file) {
            Some((_, file)) => file.read_exact_at(&mut text, offset)?,
            None => return Err(std::io::ErrorKind::NotFound.into()),
        }
        Ok(text)
    }
}
