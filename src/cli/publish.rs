//! How a report reaches people and programs: printed, written beside by `--also`, and told to CI.

use super::{Error, Global, ci, formats, save};
use repro::{
    cause,
    model::ProblemReport,
    notation::Unreadable,
    report::{
        Checked, Report,
        format::{Format, Options},
        lists, subject,
    },
};
use std::{
    cell::LazyCell,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// What is written of the report, and how.
type Body<'b> = &'b dyn Fn(&mut dyn Write) -> io::Result<()>;

/// Further reports.
#[derive(clap::Args, Clone, Debug)]
pub struct Also {
    #[arg(long = "also", value_name = "FORMAT=FILE", value_parser = also, help = help())]
    also: Vec<(Format, PathBuf)>,
}

fn help() -> String {
    let formats = formats::names(Format::CHECKED);
    format!("Write a further report; may be given more than once. FORMAT: {formats}")
}

/// `FORMAT=FILE`: a further report.
fn also(word: &str) -> Result<(Format, PathBuf), Unreadable> {
    let wrong = |why: &str| Unreadable::said(word, why);
    let (name, path) = word.split_once('=').ok_or_else(|| wrong("give FORMAT=FILE"))?;
    let format = Format::of(name)
        .filter(|format| Format::CHECKED.contains(format))
        .ok_or_else(|| {
            let formats = formats::names(Format::CHECKED);
            Unreadable::not(name, format_args!("a format of this report: it has {formats}"))
        })?;
    match path {
        "" => Err(wrong("the file's name is empty")),
        "-" => Err(wrong("give the name of a file: standard output is for --format")),
        path => Ok((format, PathBuf::from(path))),
    }
}

/// What was asked for, known before the work is done.
pub struct Publication<'g> {
    global: &'g Global,
    also: &'g [(Format, PathBuf)],
    verbose: bool,
}

impl<'g> Publication<'g> {
    /// No two reports go to one file, and none in the place of what is read (`inputs`). What an earlier run left goes: should this one fail,
    /// nobody is to take it for its report.
    pub fn new(global: &'g Global, also: &'g Also, verbose: bool, inputs: &[&Path]) -> Result<Self, Error> {
        let also = also.also.as_slice();
        let mut paths: Vec<&Path> = global.output_file().into_iter().collect();
        for (_, path) in also {
            if paths.contains(&path.as_path()) {
                return Err(Error::new(format!("{}: two reports to one file", path.display())));
            }
            paths.push(path);
        }
        for (_, path) in also {
            let real = std::fs::canonicalize(path).unwrap_or_default();
            let read = |input: &&&Path| std::fs::canonicalize(input).is_ok_and(|input| real.starts_with(input));
            if let Some(input) = inputs.iter().find(read) {
                let (path, input) = (path.display(), input.display());
                return Err(Error::new(format!(
                    "{path}: a report can't take the place of what is read ({input})"
                )));
            }
        }
        for (_, path) in also {
            if path.symlink_metadata().is_ok_and(|found| found.is_file()) {
                std::fs::remove_file(path).map_err(|error| Error::at(path.display(), error))?;
            }
        }
        Ok(Self { global, also, verbose })
    }

    /// Whether a format is asked for, by `--format` or by `--also`.
    pub fn asks(&self, wanted: Format) -> bool {
        self.global.format() == wanted || self.also.iter().any(|(format, _)| *format == wanted)
    }

    /// Prints the report, writes the further ones, and tells CI.
    pub fn publish(&self, report: &dyn Checked) -> Result<(), Error> {
        self.publish_with(report, None)
    }

    /// The same, but for what is printed.
    pub fn publish_with(&self, report: &dyn Checked, instead: Option<Body<'_>>) -> Result<(), Error> {
        // Listed only when somebody asks: most runs print text.
        let problems = LazyCell::new(|| helped(report.problems()));
        let write = |format: Format, color: bool, out: &mut dyn Write| match lists::writer(format) {
            Some(list) => list(&problems, out),
            None => subject::write(report, format, self.options(color), out),
        };
        let format = self.global.format();
        ci::print(self.global, format, |out| match instead {
            Some(body) => body(out),
            None => write(format, self.global.color(), out),
        })?;
        for (format, path) in self.also {
            save(path, |out| write(*format, false, out))?;
        }
        ci::announce(self.global, format, report, problems);
        Ok(())
    }

    fn options(&self, color: bool) -> Options {
        Options {
            color,
            verbose: self.verbose,
            quiet: self.global.quiet,
            width: self.global.width(),
        }
    }
}

/// Prints a report that has no verdict.
pub fn print(report: &dyn Report, global: &Global, verbose: bool) -> Result<(), Error> {
    let format = global.format();
    let options = Options {
        color: global.color(),
        verbose,
        quiet: global.quiet,
        width: global.width(),
    };
    ci::print(global, format, |out| subject::write(report, format, options, out))
}

/// The help of each rule that is a cause, from its advice: the same in every report.
pub(super) fn helped(mut problems: ProblemReport) -> ProblemReport {
    for rule in &mut problems.rules {
        if let Some(cause) = cause::by_id(rule.id) {
            *rule = cause::help(cause);
        }
    }
    problems
}
