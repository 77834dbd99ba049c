//! A pager for reports that somebody reads on a terminal, as git's.

use super::{Global, dumb};
use repro::report::format::Format;
use std::{
    env,
    ffi::{OsStr, OsString},
    io::{self, IsTerminal, Write},
    os::unix::ffi::OsStrExt,
    process::{Child, Command, ExitStatus, Stdio},
};

/// What a shell has to read before it can be run.
const SHELL: &[u8] = b"|&;<>()$`\\\"' \t\n*?[#~=%";
/// What a shell ends with when it can't run a program, or does not find it.
const NOT_RUN: [i32; 2] = [126, 127];

/// A program that shows a report page by page.
pub struct Pager(OsString);

impl Pager {
    /// The pager of `REPRO_PAGER`, `PAGER` or `less`, if what is printed is text for a terminal.
    pub fn wanted(global: &Global, format: Format) -> Option<Self> {
        let text = format == Format::Text && global.output.is_none();
        if global.no_pager || !text || !io::stdout().is_terminal() {
            return None;
        }
        let named = env::var_os("REPRO_PAGER").or_else(|| env::var_os("PAGER"));
        // `less` would have to move about on the terminal.
        let usual = || (!dumb()).then(|| OsString::from("less"));
        let command = named.or_else(usual)?;
        (!command.is_empty() && command != "cat").then_some(Self(command))
    }

    /// Shows a text, and waits until it was read; false if the pager can't be run. How the pager ends is nobody's concern.
    pub fn show(&self, text: &[u8]) -> bool {
        let Ok(mut pager) = self.start() else { return false };
        if let Some(mut input) = pager.stdin.take() {
            // It may be closed before it has seen all.
            let _ = input.write_all(text);
        }
        pager.wait().is_ok_and(ran)
    }

    fn start(&self) -> io::Result<Child> {
        let mut command = match self.0.as_bytes().iter().any(|byte| SHELL.contains(byte)) {
            true => shell(&self.0),
            false => Command::new(&self.0),
        };
        // Colours, and no page for what fits on one; whoever has set it knows better.
        for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
            if env::var_os(name).is_none() {
                command.env(name, value);
            }
        }
        command.stdin(Stdio::piped()).spawn()
    }
}

fn shell(words: &OsStr) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(words);
    command
}

fn ran(status: ExitStatus) -> bool {
    status.code().is_none_or(|code| !NOT_RUN.contains(&code))
}
