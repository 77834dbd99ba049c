//! What programs say that most builds call: `sort`, `date`, the shell. They follow the locale as the C library does.

use super::Seen;
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

pub(super) fn observe(seen: &mut Seen) {
    // Capital and small letters, a letter with an accent, punctuation, digits.
    seen.maybe("collation", run(&["sort"], "b\nA\na\nB\né\nz\nch\nd\n_x\n1\n"));
    seen.maybe("month", run(&["date", "-u", "-d", "@1700000000", "+%A %B"], ""));
    seen.maybe("date", run(&["date", "+%Y-%m-%d %H:%M:%S %z"], ""));
    seen.maybe("decimal", run(&["bash", "-c", "printf %.1f 1"], ""));
    seen.maybe("messages", run(&["cat", "/there/is/no/such/file"], ""));
    seen.maybe("shell", run(&["sh", "-c", "readlink /proc/$$/exe"], ""));
}

/// What a program prints on standard output, or else on standard error; nothing if it is not installed.
fn run(command: &[&str], input: &str) -> Option<String> {
    let (name, arguments) = command.split_first()?;
    let places = ["/bin", "/usr/bin"].map(|folder| Path::new(folder).join(name));
    let program = places.iter().find(|path| path.exists())?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    // A program that reads nothing may have closed its end.
    let _ = child.stdin.take()?.write_all(input.as_bytes());
    let output = child.wait_with_output().ok()?;
    let said = match output.stdout.is_empty() {
        true => output.stderr,
        false => output.stdout,
    };
    Some(String::from_utf8_lossy(&said).trim_end().replace('\n', " "))
}
