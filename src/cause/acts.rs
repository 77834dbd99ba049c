//! Text that acts: a command, a comparison, what a loader is told. A record of the build can't be told from a changed program there.

use super::find;
use crate::model::{Change, Difference, Role};

/// Commands and statements that run, load, fetch or compare what stands behind them.
const COMMANDS: &[&str] = &[
    ".",
    "[",
    "[[",
    "#elif",
    "#if",
    "#include",
    "-include",
    "ADD",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "FROM",
    "RUN",
    "assert",
    "bash",
    "case",
    "cat",
    "chmod",
    "chown",
    "cp",
    "curl",
    "dash",
    "dd",
    "elif",
    "eval",
    "exec",
    "export",
    "git",
    "grep",
    "if",
    "import",
    "include",
    "includedir",
    "includeoptional",
    "insmod",
    "install",
    "kill",
    "ln",
    "make",
    "mount",
    "load",
    "loadmodule",
    "loadplugin",
    "mv",
    "nice",
    "node",
    "nohup",
    "php",
    "perl",
    "python",
    "python3",
    "require",
    "return",
    "rm",
    "rsync",
    "ruby",
    "scp",
    "sed",
    "setsid",
    "sh",
    "source",
    "ssh",
    "start-stop-daemon",
    "su",
    "sudo",
    "systemd-run",
    "tar",
    "test",
    "timeout",
    "trap",
    "until",
    "wget",
    "while",
    "xargs",
    "zsh",
];

/// Settings that name what a loader, an interpreter or an init system runs.
const LOADED: &[&str] = &[
    "bash_env",
    "classpath",
    "command",
    "execreload",
    "execstart",
    "execstartpost",
    "execstartpre",
    "execstop",
    "ld_audit",
    "ld_library_path",
    "ld_preload",
    "library_path",
    "node_options",
    "node_path",
    "plugin",
    "perl5lib",
    "perl5opt",
    "pythonhome",
    "pythonpath",
    "pythonstartup",
    "rubylib",
    "rubyopt",
];

/// Whether one of the claimed parts of a line stands where it acts.
pub fn on(difference: &Difference, claims: &[Change]) -> bool {
    let line = matches!(difference.role, Role::Text | Role::String) && difference.both();
    line && !difference.address.contains(".debug_") && claims.iter().any(|claim| at(&difference.a.unit, claim))
}

fn at(unit: &[u8], claim: &Change) -> bool {
    let (start, end) = (claim.a.start.min(unit.len()), claim.a.end.min(unit.len()));
    let line = memchr::memrchr(b'\n', &unit[..start]).map_or(0, |i| i + 1);
    let before = String::from_utf8_lossy(&unit[line..start]);
    let before = before.trim_start();
    let after = String::from_utf8_lossy(&unit[end..unit.len().min(end + 16)]).into_owned();
    if before.starts_with("#!") {
        return true;
    }
    let directive = ["#include", "#if", "#elif"].iter().any(|word| before.starts_with(word));
    let comment = ["#", "//", "/*", "* ", "<!--", ";", "--", "%", ".\\\""];
    if !directive && comment.iter().any(|mark| before.starts_with(mark)) {
        return false;
    }
    compared(before, &after)
        || called(before)
        || command(before)
        || loaded(before)
        || table(before)
        || run(before, &unit[start..])
}

/// Functions that run, load or open what they are given.
const CALLS: &[&str] = &[
    "__import__",
    "cdll",
    "dlopen",
    "eval",
    "exec",
    "execfile",
    "execl",
    "execle",
    "execlp",
    "execv",
    "execve",
    "execvp",
    "fopen",
    "import",
    "import_module",
    "importlib",
    "include",
    "include_once",
    "load",
    "loadlibrary",
    "load_library",
    "open",
    "popen",
    "readfile",
    "require",
    "require_once",
    "require_relative",
    "run",
    "source",
    "spawn",
    "spawnsync",
    "execsync",
    "execfilesync",
    "system",
    "shell_exec",
    "passthru",
    "call",
    "check_call",
    "check_output",
    "opendir",
    "loadfile",
    "dofile",
    "add_subdirectory",
    "chdir",
    "symlink",
    "load_module",
    "load_source",
    "register",
    "use",
];

/// The first argument of a call that runs, loads or opens it.
fn called(before: &str) -> bool {
    let Some((function, argument)) = before.rsplit_once('(') else {
        return false;
    };
    let name = function
        .trim_end()
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .next();
    let name = name.unwrap_or_default().to_ascii_lowercase();
    !argument.contains(')') && CALLS.contains(&name.as_str())
}

fn quotes(c: char) -> bool {
    matches!(c, ' ' | '\t' | '"' | '\'')
}

/// A comparison right before or behind.
fn compared(before: &str, after: &str) -> bool {
    const OPERATORS: &[&str] = &["==", "!=", ">=", "<=", "~=", "=~", " <", " >"];
    const NUMERIC: &[&str] = &[" -eq", " -ne", " -lt", " -gt", " -le", " -ge"];
    let key = before.trim_end_matches(quotes);
    let spaced = |sign: &&&str| !sign.starts_with(' ') || key.len() < before.len();
    let left = OPERATORS
        .iter()
        .chain(NUMERIC)
        .filter(spaced)
        .any(|sign| key.ends_with(sign));
    let rest = after.trim_start_matches(quotes);
    left || ["==", "!=", ">=", "<=", "=~"].iter().any(|sign| rest.starts_with(sign))
}

/// The statement, or the substitution inside it, begins with a command; not with a key of that name (`source = …`).
fn command(before: &str) -> bool {
    // By byte, for a line may be long and have many claims.
    let bytes = before.as_bytes();
    let end = memchr::memrchr3(b'|', b';', b'&', bytes).max(memchr::memrchr(b'`', bytes));
    let statement = &before[end.map_or(0, |end| end + 1)..];
    statement.split("$(").any(|part| {
        let part = part.trim_start();
        let end = part.find([' ', '\t', '(']).unwrap_or(part.len());
        let (word, rest) = part.split_at(end);
        let call = rest.starts_with('(') && !matches!(word, "if" | "elif" | "while" | "assert" | "return");
        let key = rest.trim_start().starts_with(['=', ':', '?']);
        (COMMANDS.contains(&word) || COMMANDS.contains(&word.to_ascii_lowercase().as_str()))
            && !rest.is_empty()
            && !call
            && !key
    })
}

/// A line of a table that cron or login reads: five fields of a time, or a user and his number.
fn table(before: &str) -> bool {
    let time = |word: &str| word.bytes().all(|c| c.is_ascii_digit() || b"*/,-".contains(&c));
    let cron = before.split_whitespace().take_while(|word| time(word)).count() >= 5;
    let user: Vec<&str> = before.splitn(6, ':').collect();
    let number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    cron || before.starts_with("@reboot") || user.len() > 5 && number(user[2]) && number(user[3])
}

/// The line begins with a program that is given options.
fn run(before: &str, from: &[u8]) -> bool {
    let line = from.split(|&c| c == b'\n').next().unwrap_or_default();
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    before.is_empty()
        && words.next().is_some_and(|word| word.starts_with(b"/"))
        && words.next().is_some_and(|word| word.starts_with(b"-"))
}

/// The value of a setting that something loads.
fn loaded(before: &str) -> bool {
    let lower = find::before(before.as_bytes(), before.len(), 160);
    let Some((key, _)) = lower.rsplit_once(['=', ':']).map(|(k, v)| (k.to_owned(), v)) else {
        return false;
    };
    let word = key
        .trim_end()
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .next()
        .unwrap_or_default();
    let word: String = word.chars().filter(|&c| c != '_').collect();
    LOADED
        .iter()
        .any(|name| name.chars().filter(|&c| c != '_').eq(word.chars()))
}
