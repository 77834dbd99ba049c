//! The work folder, and a process that removes it however the main process ends.
//!
//! The janitor is this program again, in a session of its own and deaf to the signals that end the main process. It
//! reads a pipe whose other end only the main process holds: when that ends, by itself or by SIGKILL, the pipe
//! ends too, and the janitor removes the folder. So it needs no message, and no process id that may be someone else's by then.

use super::Error;
use crate::bytes::plain;
use std::{
    ffi::OsString,
    fs::{self, Permissions},
    io::{self, Read},
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        fs::PermissionsExt,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    thread,
    time::Duration,
};

/// The argument with which a program that calls `hook` is a janitor.
pub const COMMAND: &str = "_janitor";
/// How often removal is tried again while something still writes, and how long it waits between: half a minute in all.
const TRIES: u32 = 300;
const PAUSE: Duration = Duration::from_millis(100);

/// A folder `repro-XXXXXX` of mode 0700 for everything that an experiment writes. Dropping it removes it.
#[derive(Debug)]
pub struct Work {
    path: PathBuf,
    /// Closed to let the janitor begin.
    pipe: Option<ChildStdin>,
    janitor: Child,
}

impl Work {
    /// Starts a janitor with the program `repro`, then has it make the folder below `base` (else `$TMPDIR`, else `/tmp`).
    ///
    /// # Errors
    /// There is no such folder, it can't be written to, or the janitor can't be started.
    pub fn create(base: Option<&Path>, repro: &Path) -> Result<Self, Error> {
        let variable = || std::env::var_os("TMPDIR").filter(|v| !v.is_empty()).map(PathBuf::from);
        let base = base
            .map(Path::to_owned)
            .or_else(variable)
            .unwrap_or_else(|| "/tmp".into());
        let below = format!("a work folder below {}", base.display());
        let failed = |error: io::Error| Error::io(&error).about(&below);
        let base = fs::canonicalize(&base).map_err(failed)?;
        let mut janitor = Command::new(repro)
            .arg(COMMAND)
            .arg(&base)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .current_dir("/")
            .spawn()
            .map_err(|error| Error::at(repro, &error))?;
        let pipe = janitor.stdin.take();
        let mut answer = Vec::new();
        if let Some(mut out) = janitor.stdout.take() {
            out.read_to_end(&mut answer).map_err(failed)?;
        }
        match answer.split_first() {
            Some((b'/', _)) => Ok(Self {
                path: PathBuf::from(OsString::from_vec(answer)),
                pipe,
                janitor,
            }),
            _ => {
                let _ = janitor.wait();
                let why = String::from_utf8_lossy(&answer).into_owned();
                let why = if why.is_empty() {
                    "the cleaning process did not start"
                } else {
                    why.trim_start_matches('!')
                };
                let why = format!("{why}; choose another with --work");
                Err(Error::usage(why).about(format_args!("a work folder below {}", base.display())))
            }
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let _ = self.janitor.wait();
    }
}

/// What a janitor does: makes the folder, prints its path (or `!` and what is wrong), and waits.
///
/// # Errors
/// Something is still there at the end.
pub fn run(base: &Path) -> Result<(), Error> {
    // Before the folder exists, so that no signal can come between.
    alone();
    let made = tempfile::Builder::new()
        .prefix("repro-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(base);
    let path = match made {
        Ok(folder) => folder.keep(),
        Err(error) => {
            say(format!("!{}", plain(&error)).as_bytes());
            return Ok(());
        }
    };
    say(path.as_os_str().as_bytes());
    // Nothing is ever written to the pipe: this ends when its last writer has gone.
    let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
    remove(&path)
}

/// A session of its own, deaf to what a terminal or a service manager sends to end the others.
fn alone() {
    use nix::sys::signal::{SigHandler, Signal, signal};
    let _ = nix::unistd::setsid();
    for which in [
        Signal::SIGINT,
        Signal::SIGTERM,
        Signal::SIGHUP,
        Signal::SIGQUIT,
        Signal::SIGPIPE,
    ] {
        // SAFETY: ignoring a signal runs no code.
        #[allow(unsafe_code)]
        let _ = unsafe { signal(which, SigHandler::SigIgn) };
    }
}

/// Prints and closes standard output, which tells the other side that this is all.
fn say(bytes: &[u8]) {
    let out = io::stdout();
    let _ = rustix::io::write(&out, bytes);
    // The place of the closed pipe is taken, so that no later file becomes standard output.
    if let Ok(null) = fs::OpenOptions::new().write(true).open("/dev/null") {
        let _ = nix::unistd::dup2_stdout(&null);
    }
}

/// Removes a folder and all in it, again and again while something still writes there.
///
/// # Errors
/// Something in it can't be removed.
pub fn remove(path: &Path) -> Result<(), Error> {
    let mut last = None;
    for _ in 0..TRIES {
        match fs::remove_dir_all(path) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => last = Some(error),
        }
        open_up(path);
        if fs::remove_dir_all(path).is_ok() {
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
    match last {
        Some(error) => Err(Error::at(path, &error)),
        None => Ok(()),
    }
}

/// Lets the owner into every folder: a build may have closed some.
fn open_up(path: &Path) {
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let _ = fs::set_permissions(&folder, Permissions::from_mode(0o700));
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        folders.extend(
            entries
                .filter(|e| e.file_type().is_ok_and(|kind| kind.is_dir()))
                .map(|e| e.path()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_folders_go_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("work");
        fs::create_dir_all(path.join("a/b/c")).unwrap();
        fs::write(path.join("a/b/c/file"), "").unwrap();
        for name in ["a/b/c", "a/b", "a"] {
            fs::set_permissions(path.join(name), Permissions::from_mode(0o0)).unwrap();
        }
        remove(&path).unwrap();
        assert!(!path.exists());
        remove(&path).unwrap();
    }

    #[test]
    fn a_missing_base_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let error = Work::create(Some(&missing), Path::new("/bin/true")).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("a work folder below {}: No such file or directory", missing.display())
        );
        let error = Work::create(None, Path::new("/bin/true")).unwrap_err().to_string();
        assert!(error.contains("the cleaning process did not start"), "{error}");
    }
}
