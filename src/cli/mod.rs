//! The command line: options shared by every subcommand, one file a subcommand, exit statuses.
//!
//! Exit status: 0 same or done, 1 differs, 2 trouble. Errors go to standard error as `repro: path: what`.

mod attest;
mod build;
mod check;
mod ci;
mod commit;
mod ddc;
mod diff;
mod doctor;
mod explain;
mod formats;
mod gate;
mod hash;
mod help;
mod history;
mod image;
mod init;
mod known;
mod lint;
mod lists;
mod lock;
mod many;
mod merge;
mod names;
mod pager;
mod progress;
mod publish;
mod rebuild;
mod record;
mod remote;
mod remote_check;
mod save;
mod schema;
mod shell;
mod trace;
mod verify;

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use repro::{
    notation::clean,
    report::{format::Format, wrap::USUAL},
};
use save::{replace, save};

/// Whether text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set; always if CLICOLOR_FORCE is.
    Auto,
    Always,
    Never,
}

/// Options that every subcommand takes.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// How the result is written; the help of each command lists its formats [default: text]
    #[arg(long, global = true, value_name = "FORMAT", value_parser = formats::parser(Format::ALL), hide_possible_values = true)]
    pub format: Option<Format>,
    /// Write the result to FILE; `-` is standard output
    #[arg(short, long, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// When to colour text
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    pub color: Color,
    /// Threads to use [default: one a processor]
    #[arg(short, long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Print only the result and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Draw no progress bar
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Show text on a terminal without a pager (REPRO_PAGER, PAGER, less)
    #[arg(long, global = true)]
    pub no_pager: bool,
    /// Tell on standard error when steps begin and end: info, debug, or ROOM=LEVEL, as repro::diff=debug [default: REPRO_LOG]
    #[arg(long, global = true, value_name = "LEVEL", conflicts_with = "quiet")]
    log: Option<trace::Directives>,
    /// Print on standard error, in the end, how long the steps took
    #[arg(long, global = true, conflicts_with = "quiet")]
    timings: bool,
}

impl Global {
    /// Threads to use: `--jobs`, else one for each processor this process may run on.
    pub fn jobs(&self) -> usize {
        self.jobs.map_or_else(
            || std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            usize::from,
        )
    }

    /// The asked-for output format, or text.
    pub fn format(&self) -> Format {
        self.format.unwrap_or(Format::Text)
    }

    /// The same; an error if it is none of those that are left by another option.
    pub fn only(&self, option: &str, written: &[Format]) -> Result<Format, Error> {
        let asked = self.format();
        match written.contains(&asked) {
            true => Ok(asked),
            false => Err(Error::new(format!(
                "--format {}: {option} writes {}",
                asked.name(),
                formats::names(written)
            ))),
        }
    }

    /// Starts that many threads, for commands that work in parallel.
    pub fn start_threads(&self) -> Result<(), Error> {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(self.jobs());
        builder.build_global().map_err(|e| {
            repro::bytes::Error::failed(&e)
                .about("can't start threads")
                .because(e)
                .into()
        })
    }

    /// Whether a progress bar is drawn: only on a terminal that can, and only if nobody asked for silence.
    pub fn progress(&self) -> bool {
        // Lines of a log would go through the bar.
        !self.quiet && !self.no_progress && self.log.is_none() && !dumb() && io::stderr().is_terminal()
    }

    /// The path given by `--output`, if it names a file that is not standard output itself.
    pub fn output_file(&self) -> Option<&Path> {
        let path = self.output.as_deref().filter(|path| *path != Path::new("-"))?;
        let file = |found: std::fs::Metadata| (found.dev(), found.ino(), found.rdev());
        let itself = std::fs::metadata(path).ok().map(file);
        let stdout = std::fs::metadata("/proc/self/fd/1").ok().map(file);
        (itself.is_none() || itself != stdout).then_some(path)
    }

    /// Whether the result is coloured.
    pub fn color(&self) -> bool {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if set("NO_COLOR") => false,
            Color::Auto if set("CLICOLOR_FORCE") => std::env::var_os("CLICOLOR_FORCE").is_some_and(|v| v != "0"),
            Color::Auto if dumb() => false,
            Color::Auto => self.output_file().is_none() && io::stdout().is_terminal(),
        }
    }

    /// Columns for prose: the terminal's. What is written elsewhere depends on nobody's terminal.
    pub fn width(&self) -> Option<usize> {
        let shown = match self.output_file() {
            None => columns(io::stdout()),
            Some(_) => None,
        };
        shown.or(Some(USUAL))
    }

    /// Writes the result where `--output` says. A file is replaced only once it is complete.
    pub fn write(&self, body: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        let Some(path) = self.output_file() else {
            let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
            return match body(&mut out).and_then(|()| out.flush()) {
                // A reader that has gone away changes nothing about the outcome, so neither about the exit status.
                Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                written => written.map_err(|e| Error::at("standard output", e)),
            };
        };
        save(path, body)
    }
}

/// Columns of a terminal that tells how many it has.
fn columns(terminal: impl std::os::fd::AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(terminal).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

/// Whether the terminal can only print: it knows no colours, and no way back to a line's beginning.
fn dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// What ends a command.
#[derive(Debug)]
pub enum Error {
    /// What standard error is told, without the leading `repro: `.
    Told(repro::bytes::Error),
    /// The reader of our output has gone; there is nobody to tell.
    BrokenPipe,
}

impl Error {
    /// An I/O failure on `what`, which is usually a path.
    #[allow(clippy::needless_pass_by_value, reason = "an error ends here")]
    pub fn at(what: impl Display, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Error::BrokenPipe,
            _ => repro::bytes::Error::io(&error).about(what).into(),
        }
    }

    /// What was asked for can't be done.
    pub fn new(what: impl Display) -> Self {
        repro::bytes::Error::usage(what).into()
    }

    /// What is told of it, if anything.
    pub fn text(&self) -> Option<String> {
        match self {
            Error::Told(error) => Some(error.to_string()),
            Error::BrokenPipe => None,
        }
    }

    /// Says it on standard error, and gives the exit status. Every kind ends in 2 today, as the interface has it.
    fn end(&self) -> ExitCode {
        if let Error::Told(error) = self {
            warn(error);
            error.hint().into_iter().for_each(|hint| note("hint", hint));
        }
        ExitCode::from(2)
    }
}

impl From<repro::bytes::Error> for Error {
    fn from(error: repro::bytes::Error) -> Self {
        Error::Told(error)
    }
}

/// A message on standard error; that it may be closed is no error.
pub fn warn(what: impl Display) {
    note("repro", what);
}

/// The same, of whom it is.
fn note(whose: &str, what: impl Display) {
    // Names of files and what is quoted from them do nothing to a terminal.
    let text = what.to_string();
    let lines: Vec<String> = text.split('\n').map(clean).collect();
    let _ = writeln!(io::stderr(), "{whose}: {}", ci::harmless(&lines.join("\n")));
}

/// How a subcommand ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Exit status 0.
    Same,
    /// Exit status 1.
    Differs,
    /// Exit status 2, and standard error has already said why.
    Trouble,
}

#[derive(Parser)]
#[command(name = "repro", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Hash(hash::Args),
    Check(check::Args),
    Diff(diff::Args),
    Explain(explain::Args),
    Build(Box<build::Args>),
    Rebuild(Box<rebuild::Args>),
    RemoteCheck(Box<remote_check::Args>),
    Init(init::Args),
    Ddc(Box<ddc::Args>),
    Doctor(doctor::Args),
    Lint(lint::Args),
    Lock(lock::Args),
    Merge(merge::Args),
    Gate(gate::Args),
    Attest(attest::Args),
    Verify(verify::Args),
    History(history::Args),
    Schema(schema::Args),
    Completions(shell::Completions),
    Man(shell::Man),
}

/// All commands, each with the formats that it writes, and what its help says behind the options.
fn command() -> clap::Command {
    help::tell(formats::offer(Cli::command()))
}

/// Changes the command of a path below another.
fn below(command: clap::Command, path: &[&str], change: &dyn Fn(clap::Command) -> clap::Command) -> clap::Command {
    match path {
        [] => change(command),
        [name, path @ ..] => command.mut_subcommand(*name, |found| below(found, path, change)),
    }
}

fn parse() -> Result<Cli, clap::Error> {
    let mut all = command();
    let matches = all.try_get_matches_from_mut(std::env::args_os())?;
    formats::check(&all, &matches)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut all))
}

/// Parses the arguments, runs the subcommand, says what went wrong.
pub fn main() -> ExitCode {
    repro::rebuild::hook();
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not errors; a reader that has gone away is neither.
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match run(cli) {
        Ok(Status::Same) => ExitCode::SUCCESS,
        Ok(Status::Differs) => ExitCode::from(1),
        Ok(Status::Trouble) => ExitCode::from(2),
        // A reader that has gone away is told nothing, but somebody should have been.
        Err(error) => error.end(),
    }
}

fn run(mut cli: Cli) -> Result<Status, Error> {
    if cli.global.log.is_none() && !cli.global.quiet {
        cli.global.log = trace::variable()?;
    }
    let timings = trace::start(cli.global.log.as_ref(), cli.global.timings);
    let ended = dispatch(&cli);
    timings.iter().for_each(trace::Timings::print);
    ended
}

fn dispatch(cli: &Cli) -> Result<Status, Error> {
    match &cli.command {
        Command::Hash(args) => hash::run(args, &cli.global),
        Command::Check(args) => check::run(args, &cli.global),
        Command::Schema(args) => schema::run(args, &cli.global),
        Command::Completions(args) => shell::completions(args, &cli.global),
        Command::Man(args) => shell::man(args, &cli.global),
        Command::Diff(args) => diff::run(args, &cli.global),
        Command::Explain(args) => explain::run(args, &cli.global),
        Command::Build(args) => build::run(args, &cli.global),
        Command::Rebuild(args) => rebuild::run(args, &cli.global),
        Command::RemoteCheck(args) => remote_check::run(args, &cli.global),
        Command::Init(args) => init::run(args, &cli.global),
        Command::Ddc(args) => ddc::run(args, &cli.global),
        Command::Lint(args) => lint::run(args, &cli.global),
        Command::Merge(args) => merge::run(args, &cli.global),
        Command::Lock(args) => lock::run(args, &cli.global),
        Command::Gate(args) => gate::run(args, &cli.global),
        Command::Attest(args) => attest::run(args, &cli.global),
        Command::Verify(args) => verify::run(args, &cli.global),
        Command::History(args) => history::run(args, &cli.global),
        Command::Doctor(args) => doctor::run(args, &cli.global),
    }
}
