//! `repro diff A B`

use super::{Error, Format, Global, Status};
use repro::{
    diff::{self, Input, Options},
    model::Verdict,
    report::{json, markdown, text},
};
use std::path::PathBuf;

/// Explain why two files, trees or packages differ
#[derive(clap::Args, Debug)]
pub struct Args {
    /// One side: a file, a folder, or `-` for standard input
    a: PathBuf,
    /// The other side
    b: PathBuf,
    /// Show every finding and difference
    #[arg(short, long)]
    verbose: bool,
}

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
    let format = global.format(&[Format::Text, Format::Json, Format::Markdown])?;
    let report = diff::diff(&a, &b, &Options::default());
    global.write(|out| match format {
        Format::Json => json::write(&report, out),
        Format::Markdown => markdown::write(&report, out),
        _ => text::write(
            &report,
            text::Options {
                color: global.color(),
                verbose: args.verbose,
            },
            out,
        ),
    })?;
    Ok(match report.verdict {
        Verdict::Identical => Status::Same,
        Verdict::Explained | Verdict::Different => Status::Differs,
        Verdict::Undetermined => Status::Trouble,
    })
}
