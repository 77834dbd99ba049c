//! The whole way from two paths to a report: open, compare, name the causes, prove.

mod assemble;
mod detail;
mod members;
mod records;
mod show;

pub use members::members;

use crate::{
    bytes::source,
    cause::{self, Book, Member, Survey},
    compare::{Compared, Comparer, Limits, prove},
    format,
    model::{Blob, Opened, Record, Report},
};
use rayon::prelude::*;
use std::{io, path::Path};

/// What a comparison may cost, and how much of it is reported.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Limits against hostile artifacts.
    pub limits: Limits,
    /// Collect the bytes round differences, and where in the artifacts they lie: for a page.
    pub details: bool,
}

/// One side of a comparison.
#[derive(Debug)]
pub struct Input {
    name: String,
    /// The file's own name; empty for a folder, or what has none.
    file: String,
    bytes: Blob,
    listing: Option<Opened>,
}

impl Input {
    /// A file, a folder, or standard input (`-`).
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::open_as(path, &path.to_string_lossy())
    }
    /// The same, under another name in the report.
    pub fn open_as(path: &Path, name: &str) -> io::Result<Self> {
        let name = name.to_owned();
        if path == Path::new("-") {
            return Ok(Self {
                name,
                file: String::new(),
                bytes: source::load_stdin()?,
                listing: None,
            });
        }
        if path.is_dir() {
            let (bytes, listing) = format::open_directory(path)?;
            return Ok(Self {
                name,
                file: String::new(),
                bytes,
                listing: Some(listing),
            });
        }
        let file = path.file_name().map(|file| file.to_string_lossy().into_owned());
        Ok(Self {
            name,
            file: file.unwrap_or_default(),
            bytes: source::load(path)?,
            listing: None,
        })
    }
    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.listing.is_some()
    }
    /// Bytes at hand.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            file: name.to_owned(),
            bytes: bytes.into(),
            listing: None,
        }
    }
}

/// Compares two inputs and explains the result. The report is the same for any number of threads.
pub fn diff(a: &Input, b: &Input, options: &Options) -> Report {
    compare(a, b, None, options)
}

/// The same, where records of both builds are known: of a's, and of b's.
pub fn diff_known(a: &Input, b: &Input, records: [&Record; 2], options: &Options) -> Report {
    compare(a, b, Some(records), options)
}

fn compare(a: &Input, b: &Input, records: Option<[&Record; 2]>, options: &Options) -> Report {
    let comparer = Comparer::new(&format::open, options.limits);
    let end = |input: &Input| assemble::artifact(&input.name, &input.bytes, input.listing.as_ref());
    let (ends, compared) = rayon::join(
        || rayon::join(|| end(a), || end(b)),
        || match (&a.listing, &b.listing) {
            (Some(x), Some(y)) => comparer.compare_opened((&a.bytes, x), (&b.bytes, y)),
            _ => comparer.compare(&a.bytes, &b.bytes),
        },
    );
    let (undetermined, stopped) = comparer.finish();
    let mut compared = compared.filter(|_| !stopped);
    let book = records.map(Book::new);
    let proved = compared.as_mut().is_none_or(|pair| explain(pair, book.as_ref()));
    let uses = records.zip(book.as_ref()).map(|(records, book)| {
        let entries = compared.as_ref().map(Compared::entries).unwrap_or_default();
        let files =
            [(a, &ends.0.sha256), (b, &ends.1.sha256)].map(|(side, sha256)| (side.file.as_str(), sha256.as_str()));
        records::uses(&entries, book, records, files)
    });
    let uses = uses.unwrap_or_default();
    assemble::report(
        ends,
        compared.as_ref(),
        proved,
        undetermined,
        stopped,
        uses,
        options.details,
    )
}

/// Names causes for every difference, then proves the pair.
fn explain(pair: &mut Compared, book: Option<&Book<'_>>) -> bool {
    let entries = pair.entries();
    let differences: Vec<_> = entries.iter().map(|entry| &entry.difference).collect();
    let members = pair.pairs().into_iter().map(|inner| Member {
        address: inner.address.clone(),
        a: inner.a.clone(),
        b: inner.b.clone(),
    });
    let survey = Survey::of(&differences, members.collect());
    let mut entries = pair.entries_mut();
    entries
        .par_iter_mut()
        .for_each(|entry| entry.claims = cause::attribute(&mut entry.difference, &survey));
    if let Some(book) = book {
        entries.par_iter_mut().for_each(|entry| records::vouch(entry, book));
    }
    let mut claimed: Vec<_> = entries
        .into_iter()
        .filter(|entry| !entry.claims.is_empty())
        .map(|entry| (&mut entry.difference, &mut entry.claims))
        .collect();
    cause::check_consistency(&mut claimed);
    prove(pair)
}
