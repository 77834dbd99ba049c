//! However `repro build` ends, nothing of it is left: no process, no mount, no folder.

use crate::support::copy_program;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    fs,
    os::unix::{fs::PermissionsExt, fs::chown, process::ExitStatusExt},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

/// `nobody`.
const PLAIN: u32 = 65534;

/// Ids of the processes one of whose arguments is `word`.
fn processes(word: &str) -> Vec<i32> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    all.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            line.split(|byte| *byte == 0).any(|part| part == word.as_bytes())
        })
        .collect()
}

/// Waits until something is so.
#[track_caller]
fn until(what: &str, is: impl Fn() -> bool) {
    for _ in 0..1200 {
        if is() {
            return;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("after a minute, it is not so that {what}");
}

/// Starts a build that never ends and has a daemon, below the folder `work`; `mark` tells its processes from others'.
fn start(work: &Path, mark: &str, user: Option<u32>) -> Child {
    let source = work.join("source");
    fs::create_dir(&source).unwrap();
    copy_program(&work.join("repro"));
    fs::create_dir(work.join("runs")).unwrap();
    for folder in [work, &source, &work.join("runs")] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        chown(folder, user, user).unwrap();
    }
    // A shell without job control starts what runs in its background with SIGINT ignored, and that is inherited.
    let mut command = Command::new("env");
    command.arg("--default-signal=INT,TERM");
    if let Some(id) = user {
        let ids = [format!("--reuid={id}"), format!("--regid={id}")];
        command.arg("setpriv").args(ids).args(["--clear-groups", "--"]);
    }
    command.arg(work.join("repro"));
    // The daemon leaves the build's session and closes what it has inherited.
    let line = format!("echo x > made; setsid sleep {mark} >/dev/null 2>&1 & sleep {mark}");
    let child = command
        .args(["build", "--variations", "umask", "--artifact", "made", "--work"])
        .arg(work.join("runs"))
        .args(["--source".as_ref(), source.as_os_str()])
        .args(["--", &line])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Two builds at once at most, each with a shell whose line holds more than the mark.
    until("the build runs", || processes(mark).len() >= 2);
    child
}

#[track_caller]
fn nothing_left(work: &Path, mark: &str) {
    until("every process is gone", || processes(mark).is_empty());
    let runs = work.join("runs");
    until("the work folder is empty", || fs::read_dir(&runs).unwrap().count() == 0);
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains(work.to_str().unwrap()), "{mounts}");
    let name = work.join("repro");
    let name = name.to_str().unwrap();
    until("every process of ours is gone", || {
        let all = fs::read_dir("/proc").unwrap().flatten();
        !all.map(|entry| fs::read_link(entry.path().join("exe")).unwrap_or_default())
            .any(|program| program.to_string_lossy().starts_with(name))
    });
}

/// What no other run of this test has in its command lines.
#[allow(clippy::disallowed_methods, reason = "it shows in no output")]
fn mark_base() -> u32 {
    700_000 + std::process::id()
}

fn users() -> Vec<Option<u32>> {
    match nix::unistd::geteuid().is_root() {
        true => vec![None, Some(PLAIN)],
        false => vec![None],
    }
}

#[test]
fn nothing_is_left_however_it_ends() {
    a_signal_to_the_main_process();
    the_watcher_of_a_run_is_killed();
}

fn a_signal_to_the_main_process() {
    for (number, signal) in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGKILL, Signal::SIGABRT]
        .into_iter()
        .enumerate()
    {
        for user in users() {
            let work = tempfile::tempdir().unwrap();
            let mark = format!("{}{number}{}", mark_base(), u32::from(user.is_some()));
            let mut child = start(work.path(), &mark, user);
            kill(Pid::from_raw(child.id() as i32), signal).unwrap();
            let status = child.wait().unwrap();
            assert_eq!(status.signal(), Some(signal as i32), "{signal} as {user:?}");
            nothing_left(work.path(), &mark);
        }
    }
}

fn the_watcher_of_a_run_is_killed() {
    for user in users() {
        let work = tempfile::tempdir().unwrap();
        let mark = format!("{}8{}", mark_base(), u32::from(user.is_some()));
        let mut child = start(work.path(), &mark, user);
        for pid in processes("_sandbox") {
            let parent = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let parent = parent
                .rsplit(") ")
                .next()
                .and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
            if parent == Some(child.id()) {
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
        }
        assert_eq!(child.wait().unwrap().code(), Some(2));
        nothing_left(work.path(), &mark);
    }
}
