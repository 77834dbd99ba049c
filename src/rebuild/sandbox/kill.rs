//! Ending processes, and saying which they were.

use nix::{
    sys::{
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};
use std::{fs, path::Path, thread::sleep, time::Duration};

/// Ends a run by its first process; a PID namespace dies with it.
pub(super) fn run(first: Pid) {
    let _ = kill(first, Signal::SIGKILL);
    let _ = waitpid(first, None);
}

/// Ends everything that descends from this process, and waits for it. Orphans come to us, so the loop ends when none is left.
pub(super) fn descendants() {
    loop {
        for child in children(Path::new("/proc"), Pid::this()) {
            let _ = kill(child, Signal::SIGKILL);
        }
        match waitpid(None, Some(WaitPidFlag::WNOHANG | WaitPidFlag::__WALL)) {
            Err(_) => return,
            Ok(WaitStatus::StillAlive) => sleep(Duration::from_millis(1)),
            Ok(_) => {}
        }
    }
}

/// The command lines of a process and its descendants, parents first.
pub(super) fn tree(root: Pid) -> Vec<Vec<String>> {
    let proc = Path::new("/proc");
    let mut found = Vec::new();
    let mut left = children(proc, root);
    left.reverse();
    // Bounded: a fork bomb's whole tree helps nobody.
    while let Some(pid) = left.pop()
        && found.len() < 100
    {
        found.push(command(proc, pid));
        let below = children(proc, pid);
        left.extend(below.into_iter().rev());
    }
    found
}

/// Child processes, of all threads, sorted.
pub(super) fn children(proc: &Path, of: Pid) -> Vec<Pid> {
    let tasks = fs::read_dir(proc.join(of.to_string()).join("task"));
    let mut found: Vec<i32> = tasks
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| {
            text.split_whitespace()
                .filter_map(|p| p.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(Pid::from_raw).collect()
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
