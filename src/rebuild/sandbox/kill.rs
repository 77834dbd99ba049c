//! Ending processes, and saying which they were.

use nix::{
    sys::{
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};
use std::{collections::BTreeSet, fs, path::Path, thread::sleep, time::Duration};

/// Ends a run by its first process; a PID namespace dies with it.
pub(super) fn run(first: Pid) {
    let _ = kill(first, Signal::SIGKILL);
    let _ = waitpid(first, None);
}

/// Ends everything that descends from this process, and waits for it. Orphans come to us, so the loop ends when none is left.
pub(super) fn descendants() {
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG | WaitPidFlag::__WALL)) {
            Err(_) => return,
            // Looked for only here: usually everything has died with its namespace, and `/proc` is long.
            Ok(WaitStatus::StillAlive) => {
                for child in children(Path::new("/proc"), "self") {
                    let _ = kill(child, Signal::SIGKILL);
                }
                sleep(Duration::from_millis(1));
            }
            Ok(_) => {}
        }
    }
}

/// The command lines of a process and its descendants, parents first.
pub(super) fn tree(root: Pid) -> Vec<Vec<String>> {
    let proc = Path::new("/proc");
    let mut found = Vec::new();
    let mut left = children(proc, &root.to_string());
    left.reverse();
    // Bounded: a fork bomb's whole tree helps nobody.
    while let Some(pid) = left.pop()
        && found.len() < 100
    {
        found.push(command(proc, pid));
        let below = children(proc, &pid.to_string());
        left.extend(below.into_iter().rev());
    }
    found
}

/// A process and its descendants.
pub(super) fn family(root: Pid) -> BTreeSet<Pid> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let all = all.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let proc = Path::new("/proc");
    let mut parents: Vec<(i32, i32)> = all
        .filter_map(|pid| Some((pid, parent(proc, pid)?.parse().ok()?)))
        .collect();
    let mut family = BTreeSet::from([root]);
    loop {
        let (mine, others) = parents
            .into_iter()
            .partition(|(_, parent)| family.contains(&Pid::from_raw(*parent)));
        parents = others;
        let mine: Vec<(i32, i32)> = mine;
        if mine.is_empty() {
            return family;
        }
        family.extend(mine.into_iter().map(|(pid, _)| Pid::from_raw(pid)));
    }
}

/// Child processes of a process, or of `self`, sorted; numbered as this `/proc` numbers them.
pub(super) fn children(proc: &Path, of: &str) -> Vec<Pid> {
    // `task/*/children` would be less to read, but not every kernel has it.
    let of = fs::read_link(proc.join(of)).map_or_else(|_| of.to_owned(), |to| to.display().to_string());
    let processes = fs::read_dir(proc).into_iter().flatten().flatten();
    let mut found: Vec<i32> = processes
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid: &i32| parent(proc, *pid).is_some_and(|parent| parent == of))
        .collect();
    found.sort_unstable();
    found.into_iter().map(Pid::from_raw).collect()
}

/// The parent's number, in `/proc/PID/status` (proc_pid_status(5)).
fn parent(proc: &Path, pid: i32) -> Option<String> {
    let status = fs::read_to_string(proc.join(pid.to_string()).join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    Some(line.trim().to_owned())
}

/// The arguments that a process was started with; its short name in brackets where it has none.
pub(super) fn command(proc: &Path, pid: Pid) -> Vec<String> {
    let folder = proc.join(pid.to_string());
    let line = fs::read(folder.join("cmdline")).unwrap_or_default();
    let words: Vec<String> = line
        .split(|b| *b == 0)
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    match words.split_last() {
        Some((last, words)) if last.is_empty() && !words.is_empty() => words.to_vec(),
        _ if line.is_empty() => {
            let name = fs::read_to_string(folder.join("comm")).unwrap_or_default();
            vec![format!("[{}]", name.trim())]
        }
        _ => words,
    }
}
