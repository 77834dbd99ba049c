//! `repro diff A B`

use super::{
    Error, Global, Status,
    image::Image,
    many::{self, Many, Sharded},
    progress,
    publish::{Also, Publication},
};
use repro::{
    bytes::stream::Stream,
    diff::{self, Input, Options},
    model::{DiffReport, Meter, Record, Verdict},
    report::{diff::Diff, format::Format},
};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Explain why two files, trees or packages differ
#[derive(clap::Args, Debug)]
#[command(override_usage = "repro diff [OPTIONS] <A> <B>\n       repro diff [OPTIONS] --pairs <FILE>")]
pub struct Args {
    /// One side: a file, a folder, a pipe, `-` for standard input, or an image: oci:DIR[:TAG],
    /// oci-archive:FILE[:TAG], docker-archive:FILE[:REF]
    #[arg(required_unless_present = "pairs", conflicts_with = "pairs")]
    a: Option<PathBuf>,
    /// The other side
    #[arg(required_unless_present = "pairs")]
    b: Option<PathBuf>,
    /// Compare each pair of FILE, a line A<TAB>B or NAME<TAB>A<TAB>B. Prints a line of JSON for each; --output is continued
    #[arg(long, value_name = "FILE", group = "listed", conflicts_with_all = ["record_a", "also"])]
    pairs: Option<PathBuf>,
    #[command(flatten)]
    sharded: Sharded,
    #[command(flatten)]
    records: super::known::Records,
    #[command(flatten)]
    also: Also,
    /// Show every finding and difference
    #[arg(short, long)]
    verbose: bool,
}

/// Exit status 0 identical, 1 differs, 2 undetermined.
pub fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    if let Some(list) = &args.pairs {
        return pairs(args, list, global);
    }
    let (a, b) = (
        args.a.as_deref().unwrap_or(Path::new("")),
        args.b.as_deref().unwrap_or(Path::new("")),
    );
    let publication = Publication::new(global, &args.also, args.verbose, &[])?;
    let records = args.records.read()?;
    let compared = Compared::new(
        [a, b],
        records.as_ref(),
        publication.asks(Format::Html),
        global.progress(),
    )?;
    compared.told(&mut |report| publication.publish(report))?;
    Ok(compared.status())
}

/// Many pairs, a line of JSON each.
fn pairs(args: &Args, list: &Path, global: &Global) -> Result<Status, Error> {
    global.start_threads()?;
    let many = Many {
        command: "repro diff",
        option: "--pairs",
        list,
        columns: many::PAIRS,
        sharded: &args.sharded,
        options: BTreeMap::new(),
    };
    many::run(&many, global, &mut |fields| {
        let sides = match fields {
            [a, b] => [Path::new(a), Path::new(b)],
            _ => return Err(Error::new("a pair has two sides")),
        };
        if let Some(pipe) = sides.into_iter().find(|side| Stream::named(side).is_some()) {
            let pipe = pipe.display();
            return Err(Error::new(format!("{pipe} is a pipe, which no list may name")));
        }
        let compared = Compared::new(sides, None, false, false)?;
        let mut done = None;
        compared.told(&mut |report| {
            done = Some(many::done(report, compared.status())?);
            Ok(())
        })?;
        done.ok_or_else(|| Error::new("it was not compared"))
    })
}

/// Two sides, and what came of comparing them.
struct Compared {
    sides: [PathBuf; 2],
    report: DiffReport,
}

impl Compared {
    fn new(
        [first, second]: [&Path; 2],
        records: Option<&[Record; 2]>,
        details: bool,
        progress: bool,
    ) -> Result<Self, Error> {
        let streams = [first, second].map(Stream::named);
        if let [Some(a), Some(b)] = &streams
            && a.is(b)
        {
            let dash = [first, second].contains(&Path::new("-"));
            let what = if dash { "standard input" } else { "a pipe" };
            let (a, b) = (first.display(), second.display());
            return Err(Error::new(format!("{a} and {b}: {what} can be one side only")));
        }
        let images = [first, second].map(Image::named);
        let (a, b) = inputs([first, second], &images, streams.iter().all(Option::is_some))?;
        let meter = Meter::default();
        let mut options = Options::default();
        options.details = details;
        options.records = records.map(<[Record; 2]>::each_ref);
        options.meter = Some(&meter);
        // Each side is hashed, and compared.
        let total = progress.then(|| (a.size() + b.size()).saturating_mul(2));
        let report = progress::with_bar(&meter, total, || diff::diff(&a, &b, &options));
        if let Some(why) = report.misfit() {
            return Err(repro::bytes::Error::malformed(why).into());
        }
        let path =
            |image: &Option<Image>, side: &Path| image.as_ref().map_or(side.to_owned(), |image| image.path.clone());
        let [x, y] = &images;
        Ok(Self {
            sides: [path(x, first), path(y, second)],
            report,
        })
    }

    /// Tells somebody what was found.
    fn told(&self, to: &mut dyn FnMut(&Diff<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let [a, b] = &self.sides;
        let files = Files::new(a, b);
        to(&Diff {
            found: &self.report,
            file: &|address| files.file(address),
        })
    }

    fn status(&self) -> Status {
        match self.report.verdict {
            Verdict::Identical => Status::Same,
            Verdict::Explained | Verdict::Plausible | Verdict::Different => Status::Differs,
            Verdict::Undetermined => Status::Trouble,
        }
    }
}

/// Both sides, opened: two images, two folders or two files.
fn inputs([first, second]: [&Path; 2], images: &[Option<Image>; 2], at_once: bool) -> Result<(Input, Input), Error> {
    let (a, b) = match images {
        [Some(a), Some(b)] => {
            let single = Image::single(a, b);
            let open = |image: &Image| {
                image
                    .open(single)
                    .map_err(|error| Error::at(image.path.display(), error))
            };
            (open(a)?, open(b)?)
        }
        [None, None] => open([first, second], at_once)?,
        [a, _] => {
            let (image, other) = if a.is_some() { (first, second) } else { (second, first) };
            return Err(Error::new(format!(
                "{} is an image, {} is not: give two images, two folders or two files",
                image.display(),
                other.display()
            )));
        }
    };
    if a.is_folder() != b.is_folder() {
        let (folder, file) = if a.is_folder() {
            (first, second)
        } else {
            (second, first)
        };
        return Err(Error::new(format!(
            "{} is a folder, {} is not: give two folders or two files",
            folder.display(),
            file.display()
        )));
    }
    Ok((a, b))
}

/// Both sides; two pipes at once, for one program may write to both.
fn open([a, b]: [&Path; 2], at_once: bool) -> Result<(Input, Input), Error> {
    let open = |path: &Path| Input::named(path).map_err(|error| Error::at(path.display(), error));
    if !at_once {
        return Ok((open(a)?, open(b)?));
    }
    std::thread::scope(|scope| {
        let first = scope.spawn(|| open(a));
        let b = open(b);
        let a = first.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((a?, b?))
    })
}

/// The files of the two sides, by the addresses that lead into them.
struct Files<'p> {
    sides: [&'p Path; 2],
    /// A name that is not there, in its folder, and what is there of this name with a further extension.
    compressed: RefCell<BTreeMap<PathBuf, Option<PathBuf>>>,
}

impl<'p> Files<'p> {
    fn new(a: &'p Path, b: &'p Path) -> Self {
        Self {
            sides: [b, a],
            compressed: RefCell::default(),
        }
    }

    /// The file that an address leads into: of a folder, as far down as names are found on either side.
    fn file(&self, address: &str) -> String {
        let [b, a] = self.sides.map(|root| self.below(root, address));
        match a.components().count() > b.components().count() {
            true => a.to_string_lossy().into_owned(),
            false => b.to_string_lossy().into_owned(),
        }
    }

    fn below(&self, root: &Path, address: &str) -> PathBuf {
        let mut path = root.to_owned();
        for name in address.split('/') {
            if matches!(name, "" | "." | "..") || !path.is_dir() {
                break;
            }
            let next = path.join(name);
            let found = match next.symlink_metadata() {
                Ok(_) => Some(next),
                Err(_) => self.compressed(next),
            };
            match found {
                Some(next) => path = next,
                None => break,
            }
        }
        path
    }

    /// A compressed file goes by the name of what is in it.
    fn compressed(&self, wanted: PathBuf) -> Option<PathBuf> {
        let mut known = self.compressed.borrow_mut();
        let find = |wanted: &Path| {
            let (folder, stem) = (wanted.parent()?, format!("{}.", wanted.file_name()?.to_str()?));
            let names = fs::read_dir(folder)
                .ok()?
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            let first = names.filter(|name| name.starts_with(&stem)).min()?;
            Some(folder.join(first))
        };
        known.entry(wanted).or_insert_with_key(|wanted| find(wanted)).clone()
    }
}
