//! The whole way from two paths to a report: open, compare, name the causes, prove.

mod assemble;
mod detail;
mod map;
mod members;
mod options;
mod records;
mod show;
mod side;

pub use members::members;
pub use options::Options;

use crate::{
    bytes::{
        source::{self, Watch},
        stream::Stream,
    },
    cause::{self, Book, Member, Survey},
    compare::{Compared, Comparer, Opener, Proved, prove},
    format,
    model::{
        Attribution, Blob, DiffReport, FormatId, Kind, Malformed, Meter, Of, Opened, Part, Places, Pointer, Space,
        Store, Undetermined,
    },
};
use rayon::prelude::*;
use std::{io, path::Path, sync::Arc};
use tracing::{debug_span, info_span};

/// One side of a comparison.
#[derive(Debug)]
pub struct Input {
    name: String,
    /// The file's own name; empty for a folder, or what has none.
    file: String,
    bytes: Blob,
    listing: Option<Opened>,
    /// The folder, or nothing.
    root: std::path::PathBuf,
    /// What was read from disk.
    watch: Arc<Watch>,
}

impl Input {
    /// What somebody named: also a pipe, or standard input (`-`), which is read to its end.
    ///
    /// # Errors
    /// It is not there, or can't be read.
    pub fn named(path: &Path) -> io::Result<Self> {
        let Some(stream) = Stream::named(path) else {
            return Self::open(path);
        };
        let mut input = Self::from_bytes(&path.to_string_lossy(), Vec::new());
        input.file = String::new();
        input.bytes = stream.load()?;
        Ok(input)
    }
    /// A file or a folder.
    ///
    /// # Errors
    /// It is not there, or can't be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::open_as(path, &path.to_string_lossy())
    }
    /// The same, under another name in the report.
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn open_as(path: &Path, name: &str) -> io::Result<Self> {
        let _step = info_span!("open", ?path).entered();
        let mut input = Self::from_bytes(name, Vec::new());
        if path.is_dir() {
            input.file = String::new();
            let (bytes, listing) = format::open_directory(path, &input.watch)?;
            (input.bytes, input.listing) = (bytes, Some(listing));
            path.clone_into(&mut input.root);
        } else {
            let file = path.file_name().map(|file| file.to_string_lossy().into_owned());
            input.file = file.unwrap_or_default();
            input.bytes = source::load_watched(path, &input.watch)?;
            path.clone_into(&mut input.root);
        }
        Ok(input)
    }
    /// The files that somebody changed since they were read: what was found of them may be true of neither state.
    fn changed(&self, side: &str) -> Vec<Undetermined> {
        let one = |path: &std::path::PathBuf| {
            let inside = path.strip_prefix(&self.root).unwrap_or(path);
            Undetermined {
                address: inside.to_string_lossy().into_owned(),
                reason: format!("{side} changed while it was compared"),
            }
        };
        self.watch.changed().iter().map(one).collect()
    }
    /// Bytes of its files, as far as can be told without opening them.
    pub fn size(&self) -> u64 {
        let Some(listing) = &self.listing else {
            return self.bytes.len() as u64;
        };
        let size = |part: &Part| {
            let found = self.root.join(&*part.name).symlink_metadata().ok()?;
            found.is_file().then_some(found.len())
        };
        listing.parts.par_iter().filter_map(size).sum()
    }
    /// One image of a layout or an archive: the one of this name, or the only one.
    ///
    /// # Errors
    /// It can't be read, or there is no such image.
    pub fn image(store: Store, path: &Path, reference: Option<&str>, name: &str) -> io::Result<Self> {
        let _step = info_span!("open", ?path).entered();
        let mut input = Self::from_bytes(name, Vec::new());
        input.file = String::new();
        let (bytes, listing) = format::image::open(store, path, reference, &input.watch)?;
        (input.bytes, input.listing) = (bytes, Some(listing));
        path.clone_into(&mut input.root);
        Ok(input)
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
            root: std::path::PathBuf::new(),
            watch: Arc::default(),
        }
    }
}

/// Every format of this program.
#[derive(Clone, Copy, Debug)]
pub struct Formats;

impl Opener for Formats {
    fn open(&self, bytes: &Blob, hint: Option<FormatId>) -> (Opened, Option<Malformed>) {
        debug_span!("split", bytes = bytes.len()).in_scope(|| format::open(bytes, hint))
    }
    fn kind(&self, format: FormatId) -> Kind {
        format::kind(format)
    }
    fn space(&self, format: FormatId, bytes: &Blob) -> Option<Space> {
        format::by_id(format)?.space(bytes)
    }
    fn links(&self, format: FormatId, bytes: &Blob, space: &Space) -> Vec<Pointer> {
        let found = || Some(format::by_id(format)?.links(bytes, space));
        debug_span!("links", bytes = bytes.len())
            .in_scope(found)
            .unwrap_or_default()
    }
    fn open_at(&self, format: FormatId, bytes: &Blob, places: &Arc<Places>, of: Of) -> Option<Opened> {
        format::by_id(format)?.open_at(bytes, places, of)
    }
}

/// Compares two inputs and explains the result. The report is the same for any number of threads.
pub fn diff(a: &Input, b: &Input, options: &Options<'_>) -> DiffReport {
    let (unread, records) = (Meter::default(), options.records);
    let meter = options.meter.unwrap_or(&unread);
    let comparer = Comparer::new(options.formats, options.limits).metered(meter);
    let end = |input: &Input| assemble::artifact(&input.name, &input.bytes, input.listing.as_ref(), meter);
    let both = || match (&a.listing, &b.listing) {
        (Some(x), Some(y)) => comparer.compare_opened((&a.bytes, x), (&b.bytes, y)),
        _ => comparer.compare(&a.bytes, &b.bytes),
    };
    let (ends, compared) = info_span!("compare").in_scope(|| rayon::join(|| rayon::join(|| end(a), || end(b)), both));
    let (mut undetermined, stopped) = comparer.finish();
    let book = records.map(Book::new);
    let compared = compared
        .filter(|_| !stopped)
        .map(|pair| explain(pair, common_name(a, b), book.as_ref()));
    let (compared, proved) = compared.map_or((None, true), |(pair, proved)| (Some(pair), proved));
    // Now that every file was read.
    undetermined.extend(a.changed("a").into_iter().chain(b.changed("b")));
    let uses = records.zip(book.as_ref()).map(|(records, book)| {
        let found = compared.as_ref().map(Compared::located).unwrap_or_default();
        let entries: Vec<&Proved> = found.into_iter().map(|(_, entry)| entry).collect();
        let files =
            [(a, &ends.0.sha256), (b, &ends.1.sha256)].map(|(side, sha256)| (side.file.as_str(), sha256.as_str()));
        records::uses(&entries, book, records, files)
    });
    let _step = info_span!("assemble").entered();
    assemble::report(
        ends,
        compared.as_ref(),
        proved,
        undetermined,
        stopped,
        uses.unwrap_or_default(),
        options.details,
    )
}

/// The file name of both sides, as far as it tells what they are: one whose suffix both have.
fn common_name<'n>(a: &'n Input, b: &Input) -> &'n str {
    let name = |input: &'n str| input.rsplit('/').next().unwrap_or(input);
    let suffix = |name: &str| name.rsplit_once('.').map(|(_, suffix)| suffix.to_owned());
    let (x, y) = (name(&a.name), b.name.rsplit('/').next().unwrap_or(&b.name));
    if x == y || suffix(x).is_some() && suffix(x) == suffix(y) {
        x
    } else {
        ""
    }
}

/// Names causes for every difference, then proves the pair.
fn explain(pair: Compared, name: &str, book: Option<&Book<'_>>) -> (Compared<Proved>, bool) {
    let said = info_span!("attribute").in_scope(|| attribute(&pair, name, book));
    info_span!("prove").in_scope(|| prove(pair.attributed(&mut said.into_iter())))
}

/// What the causes say of each difference.
fn attribute(pair: &Compared, name: &str, book: Option<&Book<'_>>) -> Vec<Attribution> {
    let entries = pair.entries();
    let differences: Vec<_> = entries.iter().map(|entry| &entry.difference).collect();
    let whole = std::iter::once(pair).chain(pair.pairs());
    let members = whole.map(|inner| {
        let (a, b) = (inner.a.clone(), inner.b.clone());
        Member::new(inner.address.clone(), a, b, inner.kind, inner.rights.clone(), name).called(inner.digests.clone())
    });
    let survey = Survey::of(&differences, members.collect());
    cause::attribute(&differences, &survey, book)
}
