//! `repro diff A B`

use super::{Error, Format, Global, Status};
use repro::{
    diff::{self, Input, Options},
    model::{Report, Verdict},
    report::{html, json, markdown, text},
};
use std::{io, io::Write, path::PathBuf};

/// Explain why two files, trees or packages differ
#[derive(clap::Args, Debug)]
pub struct Args {
    /// One side: a file, a folder, or `-` for standard input
    a: PathBuf,
    /// The other side
    b: PathBuf,
    /// Write a further report; may be given more than once
    #[arg(long, value_name = "FORMAT=FILE", value_parser = super::also)]
    also: Vec<(Format, PathBuf)>,
    /// Show every finding and difference
    #[arg(short, long)]
    verbose: bool,
}

/// What is written.
const FORMATS: &[Format] = &[Format::Text, Format::Json, Format::Html, Format::Markdown];

/// Exit status 0 identical, 1 differs, 2 undetermined.
pub fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let open = |path: &PathBuf| Input::open(path).map_err(|error| Error::at(path.display(), error));
    let (a, b) = (open(&args.a)?, open(&args.b)?);
    if a.is_folder() != b.is_folder() {
        let (folder, file) = if a.is_folder() {
            (&args.a, &args.b)
        } else {
            (&args.b, &args.a)
        };
        return Err(Error::new(format!(
            "{} is a folder, {} is not: give two folders or two files",
            folder.display(),
            file.display()
        )));
    }
    let format = global.format(FORMATS)?;
    if let Some((_, path)) = args.also.iter().find(|(format, _)| !FORMATS.contains(format)) {
        return Err(Error::new(format!(
            "--also: {}: this subcommand writes text, json, html, markdown",
            path.display()
        )));
    }
    let options = Options {
        details: format == Format::Html || args.also.iter().any(|(format, _)| *format == Format::Html),
        ..Options::default()
    };
    let report = diff::diff(&a, &b, &options);
    global.write(|out| write(&report, format, args.verbose, global.color(), out))?;
    for (format, path) in &args.also {
        super::replace(path, |out| write(&report, *format, args.verbose, false, out))
            .map_err(|error| Error::at(path.display(), error))?;
    }
    Ok(match report.verdict {
        Verdict::Identical => Status::Same,
        Verdict::Explained | Verdict::Different => Status::Differs,
        Verdict::Undetermined => Status::Trouble,
    })
}

fn write(report: &Report, format: Format, verbose: bool, color: bool, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Json => json::write(report, out),
        Format::Html => html::write(report, out),
        Format::Markdown => markdown::write(report, out),
        _ => text::write(report, text::Options { color, verbose }, out),
    }
}
