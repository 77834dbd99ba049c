//! Runs are made by processes of their own: a program that builds starts itself again for each. This is what it does then.

use super::{Error, janitor, probe, sandbox};
use crate::notation::clean;
use std::{
    env,
    ffi::OsString,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

/// Whether this program would answer if it were started again.
static HOOKED: AtomicBool = AtomicBool::new(false);

/// Does the work of a process that a build has started, and ends it; comes back at once in any other.
///
/// A program that builds (or gates with a build, or double-compiles) calls this first in `main`, before it looks at its arguments or starts
/// a thread: each run is made by the program itself, started again with an argument of its own. One that does not call it names the program
/// `repro` as [`Build::program`](super::Build::program) instead; with neither, a build is refused.
pub fn hook() {
    HOOKED.store(true, Relaxed);
    let mut words = env::args_os().skip(1);
    let Some(name) = words.next() else { return };
    let done = match name.to_str() {
        Some(sandbox::COMMAND) => sandbox::supervise().map_err(|error| Error::at(Path::new(sandbox::COMMAND), &error)),
        Some(janitor::COMMAND) => clean_up(words.next()),
        Some(probe::COMMAND) => tell(),
        _ => return,
    };
    let code = match done {
        Ok(()) => 0,
        Err(error) => {
            let _ = writeln!(io::stderr(), "repro: {}", clean(&error.to_string()));
            2
        }
    };
    process::exit(code);
}

/// The program that makes runs: as given, else this one.
///
/// # Errors
/// None is given, and this one has not called [`hook`]: started again, it would not make a run but whatever else it does.
pub fn program(given: Option<&Path>) -> Result<PathBuf, Error> {
    match given {
        Some(given) => Ok(given.to_owned()),
        // Not by its path: another program may lie there by now.
        None if HOOKED.load(Relaxed) => Ok(PathBuf::from("/proc/self/exe")),
        None => Err(Error::usage(
            "a build starts this program again for each run: call `repro::rebuild::hook()` first in `main`, or name the program `repro`",
        )),
    }
}

fn clean_up(base: Option<OsString>) -> Result<(), Error> {
    let base = base.ok_or_else(|| Error::usage(format!("{}: no folder is given", janitor::COMMAND)))?;
    janitor::run(Path::new(&base))
}

/// Prints what a build would see here.
fn tell() -> Result<(), Error> {
    let failed = |error: io::Error| Error::at(Path::new("standard output"), &error);
    let mut text = serde_json::to_vec_pretty(&probe::observe()).map_err(|error| failed(error.into()))?;
    text.push(b'\n');
    io::stdout().write_all(&text).map_err(failed)
}
