//! What a tool that no package has says of its version.

use super::{Kind, UsedFile};
use std::{
    io::Read,
    process::{Command, Stdio},
    time::Duration,
};

/// Compilers and interpreters that answer, and the argument they answer to.
const KNOWN: &[(&str, &str)] = &[
    ("cargo", "--version"),
    ("clang", "--version"),
    ("cmake", "--version"),
    ("dotnet", "--version"),
    ("g++", "--version"),
    ("gcc", "--version"),
    ("ghc", "--version"),
    ("go", "version"),
    ("java", "--version"),
    ("javac", "--version"),
    ("ld", "--version"),
    ("make", "--version"),
    ("ninja", "--version"),
    ("node", "--version"),
    ("ocaml", "-version"),
    ("perl", "--version"),
    ("php", "--version"),
    ("python", "--version"),
    ("ruby", "--version"),
    ("rustc", "--version"),
    ("tcc", "-v"),
    ("zig", "version"),
];

/// Names of tools that most builds use, and that say nothing of themselves that a digest does not.
const OTHERS: &[&str] = &[
    "ar", "as", "c++", "cc", "cpp", "ld.gold", "ld.lld", "python3", "tar", "xz", "gzip", "zip",
];

/// Names of the tools that are looked for where no build was watched.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|(name, _)| *name).chain(OTHERS.iter().copied())
}

/// Longest time of one answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Most bytes of one answer.
const ANSWER: u64 = 4096;

/// Fills in the version of well-known tools without a package.
pub(super) fn ask(files: &mut [UsedFile]) {
    for file in files {
        if file.kind == Kind::Executable
            && file.package.is_none()
            && let Some(argument) = argument(&file.path)
        {
            file.version = answer(&file.path, argument, TIMEOUT);
        }
    }
}

/// How the tool is asked; `python3.11` and `gcc-12` are known by their stems.
fn argument(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next()?;
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    KNOWN
        .iter()
        .find(|(known, _)| *known == stem)
        .map(|(_, argument)| *argument)
}

/// The first line that it prints, if it ends well and in time.
pub(super) fn answer(path: &str, argument: &str, timeout: Duration) -> Option<String> {
    let mut child = Command::new(path)
        .arg(argument)
        .env_clear()
        .envs([("PATH", "/usr/bin:/bin"), ("LC_ALL", "C.UTF-8")])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut output = child.stdout.take()?;
    let (sender, receiver) = std::sync::mpsc::channel();
    // Whoever keeps the pipe open beyond the timeout keeps this thread waiting, but not us.
    std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = output.by_ref().take(ANSWER).read_to_end(&mut text);
        let _ = std::io::copy(&mut output, &mut std::io::sink());
        let _ = sender.send(text);
    });
    let text = receiver.recv_timeout(timeout).ok();
    // What has closed its output ends soon, or is ended.
    for _ in 0..50 {
        if text.is_none() || child.try_wait().ok()?.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let _ = child.kill();
    let status = child.wait().ok()?;
    let text = String::from_utf8_lossy(&text?).into_owned();
    let line = text.lines().next().filter(|_| status.success())?.trim().to_owned();
    (!line.is_empty()).then_some(line)
}
