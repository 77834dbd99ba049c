//! The process that watches one run from outside: makes the namespaces, forks the run's first process, enforces the limits,
//! and kills what is left, whatever happens to the others.

use super::{
    Caller, Means, RunResult, RunSpec, confine, inside,
    kernel::{failed, on, put, saying},
    kill,
    meter::{Meter, TICK},
    sent::{Answer, Sent},
};
use crate::{bytes::Error, model::RunOutcome};
use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sched::{CloneFlags, unshare},
    sys::{
        resource::{UsageWho, getrusage},
        wait::waitpid,
    },
    unistd::{ForkResult, Pid, fork, getegid, geteuid, pipe2, setsid},
};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::fd::{AsFd, OwnedFd},
    path::PathBuf,
    time::{Duration, Instant},
};

/// Reads a [`RunSpec`] from standard input, does the run, writes an `Answer` to standard output.
///
/// Ends the run when standard input is closed: then the process that asked for it is gone.
pub fn main() -> io::Result<()> {
    let mut stdin = io::stdin().lock();
    let mut size = [0; 8];
    stdin.read_exact(&mut size)?;
    // The other end is this program, so the size is not hostile.
    let mut text = vec![0; usize::try_from(u64::from_le_bytes(size)).map_err(io::Error::other)?];
    stdin.read_exact(&mut text)?;
    drop(stdin);
    let answer = serde_json::from_slice(&text)
        .map_err(|e| Error::failed(&e).because(e))
        .and_then(|(spec, home): (RunSpec, Option<PathBuf>)| supervise(&spec, home));
    let answer: Answer = answer.map_err(Sent::from);
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &answer)?;
    out.flush()
}

fn supervise(spec: &RunSpec, home: Option<PathBuf>) -> Result<RunResult, Error> {
    // A terminal's SIGINT is for the main process; closing our standard input is how it reaches us.
    let _ = setsid();
    nix::sys::prctl::set_child_subreaper(true).map_err(failed("become the reaper of the build's processes"))?;
    let log = File::create(spec.folder.join("log")).map_err(on(&spec.folder))?;
    let (answer_end, answer_start) = pipe2(nix::fcntl::OFlag::O_CLOEXEC).map_err(failed("make a pipe"))?;
    let (printed_end, printed_start) = pipe2(nix::fcntl::OFlag::O_CLOEXEC).map_err(failed("make a pipe"))?;
    // Seen from the caller's network namespace, which is left next.
    let sockets = sockets(&fs::read_to_string("/proc/self/net/unix").unwrap_or_default());
    let caller = Caller { home, sockets };
    separate(spec)?;
    confine::close_up()?;
    // SAFETY: this process has one thread, so the child may do anything that the parent may.
    #[allow(unsafe_code)]
    let first = match unsafe { fork() }.map_err(failed("start the run's first process"))? {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            drop((answer_end, printed_end));
            inside::main(spec, &caller, answer_start, printed_start);
        }
    };
    drop((answer_start, printed_start));
    let watched = watch(spec, first, answer_end, printed_end, log);
    kill::descendants();
    let used = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(failed("read the processor time"))?;
    let seconds = |t: nix::sys::time::TimeVal| t.tv_sec() as f64 + t.tv_usec() as f64 / 1e6;
    let mut result = watched?;
    result.cpu_seconds = seconds(used.user_time()) + seconds(used.system_time());
    Ok(result)
}

/// The paths that sockets are bound to, from the text of `/proc/net/unix`: seven columns, and a name where there is one.
fn sockets(text: &str) -> Vec<PathBuf> {
    let names = text
        .lines()
        .skip(1)
        .filter_map(|line| Some(&line[line.find(" /")? + 1..]));
    names.map(PathBuf::from).collect()
}

/// Leaves the namespaces of the caller, as far as the means go.
fn separate(spec: &RunSpec) -> Result<(), Error> {
    let Means {
        mounts,
        pids,
        uts,
        ipc,
        net,
        time,
        user_namespace,
        ..
    } = spec.means;
    let mut flags = CloneFlags::empty();
    flags.set(CloneFlags::CLONE_NEWNS, mounts);
    flags.set(CloneFlags::CLONE_NEWPID, pids);
    flags.set(CloneFlags::CLONE_NEWUTS, uts);
    flags.set(CloneFlags::CLONE_NEWIPC, ipc);
    flags.set(CloneFlags::CLONE_NEWNET, net && !spec.network);
    let (uid, gid) = (geteuid(), getegid());
    if user_namespace {
        let user = &spec.environment.user;
        unshare(CloneFlags::CLONE_NEWUSER).map_err(failed("make a user namespace"))?;
        put("/proc/self/setgroups", "deny")?;
        put("/proc/self/uid_map", &format!("{} {uid} 1", user.uid))?;
        put("/proc/self/gid_map", &format!("{} {gid} 1", user.gid))?;
    }
    unshare(flags).map_err(failed("make namespaces"))?;
    if time {
        unshare(new_time_namespace()).map_err(failed("make a time namespace"))?;
        let up = rustix::time::clock_gettime(rustix::time::ClockId::Boottime).tv_sec;
        let offset = i64::try_from(spec.environment.uptime).unwrap_or(0) - up;
        put(
            "/proc/self/timens_offsets",
            &format!("monotonic {offset} 0\nboottime {offset} 0\n"),
        )?;
    }
    Ok(())
}

/// CLONE_NEWTIME, which `nix` has no name for.
fn new_time_namespace() -> CloneFlags {
    CloneFlags::from_bits_retain(libc::CLONE_NEWTIME)
}

/// Waits for the run's end, its timeout, or our caller's end.
#[allow(clippy::disallowed_methods, reason = "a deadline; the time is not reported")]
fn watch(spec: &RunSpec, first: Pid, answer: OwnedFd, printed: OwnedFd, log: File) -> Result<RunResult, Error> {
    let end = Instant::now() + Duration::from_millis(spec.timeout_ms);
    let (mut answer, mut printed) = (File::from(answer), Some(File::from(printed)));
    let mut log = Log {
        file: log,
        left: spec.output_limit,
    };
    let mut text = Vec::new();
    let stdin = io::stdin();
    let mut meter = Meter::new(spec, first);
    let mut look = Instant::now() + TICK;
    let stopped = loop {
        let now = Instant::now();
        let left = end.saturating_duration_since(now);
        if left.is_zero() {
            break Some(format!("no end after {} s", spec.timeout_ms as f64 / 1e3));
        }
        if now >= look {
            look = now + TICK;
            if let Some(why) = meter.over() {
                kill::run(first);
                return Ok(RunResult::over(why));
            }
        }
        let wait = PollTimeout::try_from(left.min(look.saturating_duration_since(now)) + Duration::from_millis(1));
        let mut ends = vec![
            PollFd::new(answer.as_fd(), PollFlags::POLLIN),
            PollFd::new(stdin.as_fd(), PollFlags::POLLIN),
        ];
        ends.extend(printed.iter().map(|end| PollFd::new(end.as_fd(), PollFlags::POLLIN)));
        match poll(&mut ends, wait.unwrap_or(PollTimeout::MAX)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(e) => return Err(saying("can't wait for the build")(e)),
        }
        let ready: Vec<bool> = ends.iter().map(|end| end.any().unwrap_or(false)).collect();
        if ready[1] {
            kill::run(first);
            return Err(Error::failed("stopped"));
        }
        if ready.get(2) == Some(&true) && !log.take(&mut printed)? {
            break Some(format!("more than {} bytes of output", spec.output_limit));
        }
        if ready[0] {
            let mut piece = [0; 1 << 16];
            match answer.read(&mut piece) {
                Ok(0) => break None,
                Ok(n) => text.extend_from_slice(&piece[..n]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(saying("can't read the run's result")(e)),
            }
        }
    };
    if let Some(why) = stopped {
        let hanging = kill::tree(first);
        kill::run(first);
        return Ok(RunResult::stopped(why, hanging));
    }
    let ended = waitpid(first, None);
    // Whatever is still in the pipe was printed before the end.
    while printed.as_ref().is_some_and(readable) && log.take(&mut printed)? {}
    if text.is_empty() {
        return Err(Error::failed(format!(
            "the run's first process ended without a result: {ended:?}"
        )));
    }
    let answer: Answer = serde_json::from_slice(&text).map_err(saying("the run's result"))?;
    Ok(answer?)
}

fn readable(file: &File) -> bool {
    let mut end = [PollFd::new(file.as_fd(), PollFlags::POLLIN)];
    poll(&mut end, PollTimeout::ZERO).is_ok() && end[0].revents().is_some_and(|r| r.contains(PollFlags::POLLIN))
}

/// What the build prints, up to a limit.
struct Log {
    file: File,
    left: u64,
}

impl Log {
    /// Takes what can be read now, or closes what has come to its end; false if it is more than the limit.
    fn take(&mut self, from: &mut Option<File>) -> Result<bool, Error> {
        let mut piece = [0; 1 << 16];
        let n = match from.as_mut().map_or(Ok(0), |file| file.read(&mut piece)) {
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => return Ok(true),
            Err(e) => return Err(saying("can't read what the build prints")(e)),
        };
        if n == 0 {
            *from = None;
            return Ok(true);
        }
        let keep = n.min(usize::try_from(self.left).unwrap_or(n));
        self.file
            .write_all(&piece[..keep])
            .map_err(saying("can't keep what the build prints"))?;
        self.left -= keep as u64;
        Ok(keep == n)
    }
}

impl RunResult {
    /// A run that took more of the machine than it may.
    pub(super) fn over(why: String) -> Self {
        Self {
            why: Some(why),
            ..Self::empty()
        }
    }

    /// A run that was ended from outside.
    fn stopped(why: String, hanging: Vec<Vec<String>>) -> Self {
        Self {
            outcome: RunOutcome::Hung,
            why: Some(why),
            hanging,
            ..Self::empty()
        }
    }
}
