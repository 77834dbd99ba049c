//! Interposition: seccomp stops the system calls named in `filter.rs`, and this process, the tracer, answers or amends them.
//!
//! Works for dynamic and static programs, since the vDSO is hidden from each new program (its `AT_SYSINFO_EHDR` is blanked).
//! Does not reach: 32-bit programs, programs that trace others themselves, setuid programs (they lose their privilege).

mod amend;
mod clock;
mod directory;
mod files;
mod flows;
mod look;
mod memory;
mod moment;
mod random;
mod sockets;
mod stamps;

pub(super) use moment::now;

use super::{Process, RunSpec, Trace, kill};
use crate::rebuild::environment::Moment;
use clock::Clock;
use directory::Listings;
use libc::user_regs_struct;
use look::Views;
use nix::{
    errno::Errno,
    sys::{
        ptrace::{self, Event, Options},
        signal::Signal,
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};
use stamps::Stamps;
use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// `PTRACE_EVENT_STOP` of linux/ptrace.h, which `nix` has no name for.
const EVENT_STOP: i32 = 128;

/// What is to happen when a system call returns.
#[allow(clippy::large_enum_variant, reason = "one a thread, and short-lived")]
enum Pending {
    /// Amend what it answered.
    Amend,
    /// It was turned into another one: put the registers back, and answer this.
    Answer { registers: user_regs_struct, value: u64 },
    /// It slept: the clock shows at least this, in nanoseconds of the run's own time.
    Sleep { until: u64 },
}

/// One thread of the build.
struct Thread {
    /// Its place in the tree of processes: the same in every run that starts the same processes in the same order.
    place: u64,
    children: u64,
    /// Index into the trace.
    program: Option<usize>,
    /// Thread group: the process.
    group: Pid,
    clock_calls: u64,
    random_calls: u64,
    pending: Option<Pending>,
}

/// The build's threads, and what they are told.
pub(super) struct Tracer<'a> {
    spec: &'a RunSpec,
    /// The build's `/proc`.
    proc: PathBuf,
    /// When this run began, by the real clock.
    start: Moment,
    /// Device of the folder below which the build writes.
    device: u64,
    /// Devices of what else the build was handed.
    inputs: BTreeSet<u64>,
    clock: Clock,
    stamps: Stamps,
    views: Views,
    threads: BTreeMap<Pid, Thread>,
    /// Threads that have stopped before their parent told of them.
    early: BTreeSet<Pid>,
    listings: Listings,
    /// How often a program of each name was executed.
    executions: BTreeMap<String, u64>,
    trace: Trace,
    reads: BTreeSet<String>,
    /// Why the run must end, if it must.
    over: Option<String>,
    /// Whether the kernel keeps abstract sockets of others away, once that was asked.
    scoped: Option<bool>,
}

impl<'a> Tracer<'a> {
    pub(super) fn new(spec: &'a RunSpec, proc: &Path, start: Moment, device: u64) -> Self {
        Self {
            spec,
            proc: proc.to_owned(),
            start,
            device,
            inputs: spec.inputs.iter().filter_map(|input| device_of(&input.from)).collect(),
            clock: Clock::default(),
            stamps: Stamps::default(),
            views: Views::default(),
            threads: BTreeMap::new(),
            early: BTreeSet::new(),
            listings: Listings::default(),
            executions: BTreeMap::new(),
            trace: Trace::default(),
            reads: BTreeSet::new(),
            over: None,
            scoped: None,
        }
    }

    /// Begins to trace a child that waits to be let go.
    pub(super) fn adopt(&mut self, child: Pid, step: u64) -> Result<(), Errno> {
        let options = Options::PTRACE_O_TRACESECCOMP
            | Options::PTRACE_O_TRACEEXEC
            | Options::PTRACE_O_TRACEFORK
            | Options::PTRACE_O_TRACEVFORK
            | Options::PTRACE_O_TRACECLONE
            | Options::PTRACE_O_TRACESYSGOOD
            | Options::PTRACE_O_EXITKILL;
        ptrace::seize(child, options)?;
        self.views.new_root();
        let place = random::place(self.spec.environment.random, step);
        self.threads.insert(child, Thread::new(place, child, None));
        Ok(())
    }

    /// Lets everything run until this child has ended; its wait status.
    pub(super) fn until_end_of(&mut self, child: Pid) -> Result<WaitStatus, Errno> {
        loop {
            let status = match waitpid(None, Some(WaitPidFlag::__WALL)) {
                Err(Errno::EINTR) => continue,
                status => status?,
            };
            self.step(status);
            if matches!(status, WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..) if pid == child) {
                return Ok(status);
            }
        }
    }

    /// Takes one step if anything has stopped or ended; false if everything is still running, an error if nothing is left.
    pub(super) fn poll(&mut self) -> Result<bool, Errno> {
        match waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::WNOHANG))? {
            WaitStatus::StillAlive => Ok(false),
            status => {
                self.step(status);
                Ok(true)
            }
        }
    }

    /// What was recorded.
    pub(super) fn into_trace(mut self) -> Trace {
        self.trace.reads = self.reads.into_iter().collect();
        self.trace
    }

    /// Deals with one stop. A thread that is gone meanwhile is no error: its end is reported by itself.
    fn step(&mut self, status: WaitStatus) {
        match status {
            WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..) => {
                self.threads.remove(&pid);
                self.early.remove(&pid);
                self.listings.forget(pid);
                self.views.forget(pid);
            }
            WaitStatus::PtraceEvent(pid, signal, event) => self.event(pid, signal, event),
            WaitStatus::PtraceSyscall(pid) => {
                self.leave(pid);
                let _ = ptrace::cont(pid, None);
            }
            WaitStatus::Stopped(pid, signal) => {
                let _ = ptrace::cont(pid, Some(signal));
            }
            _ => {}
        }
    }

    fn event(&mut self, pid: Pid, signal: Signal, event: i32) {
        if event == Event::PTRACE_EVENT_SECCOMP as i32 {
            let go_on = match self.enter(pid) {
                true => ptrace::syscall(pid, None),
                false => ptrace::cont(pid, None),
            };
            let _ = go_on;
            return;
        }
        if event == EVENT_STOP {
            if !self.threads.contains_key(&pid) {
                // Its parent's event will let it go.
                self.early.insert(pid);
                return;
            }
            if matches!(
                signal,
                Signal::SIGSTOP | Signal::SIGTSTP | Signal::SIGTTIN | Signal::SIGTTOU
            ) {
                memory::listen(pid);
                return;
            }
        } else if event == Event::PTRACE_EVENT_EXEC as i32 {
            self.executed(pid);
        } else {
            self.forked(pid, event);
        }
        let _ = ptrace::cont(pid, None);
    }

    /// A thread has started another one.
    fn forked(&mut self, pid: Pid, event: i32) {
        let Ok(new) = ptrace::getevent(pid) else { return };
        let new = Pid::from_raw(new as i32);
        let Some(parent) = self.threads.get_mut(&pid) else {
            return;
        };
        parent.children += 1;
        let place = random::place(parent.place, parent.children);
        let (program, group) = (parent.program, parent.group);
        let is_thread = event == Event::PTRACE_EVENT_CLONE as i32 && self.is_thread_of(new, group);
        self.threads
            .insert(new, Thread::new(place, if is_thread { group } else { new }, program));
        self.count();
        if self.early.remove(&new) {
            let _ = ptrace::cont(new, None);
        }
    }

    /// Ends all of them if they are too many; none can start another one without us.
    fn count(&mut self) {
        let most = self.spec.limits.processes;
        if self.threads.len() as u64 > most {
            self.over
                .get_or_insert_with(|| format!("more than {most} processes at once"));
            for group in self.threads.values().map(|thread| thread.group) {
                let _ = nix::sys::signal::kill(group, Signal::SIGKILL);
            }
        }
    }

    /// Why the run must end, if it must.
    pub(super) fn over(&self) -> Option<&String> {
        self.over.as_ref()
    }

    fn is_thread_of(&self, thread: Pid, group: Pid) -> bool {
        self.proc.join(format!("{group}/task/{thread}")).exists()
    }

    /// A program was executed: no vDSO for it, and random bytes of ours.
    fn executed(&mut self, pid: Pid) {
        // Another thread than the first may have called execve; it then bears the first one's id.
        let former = ptrace::getevent(pid).map_or(pid, |former| Pid::from_raw(former as i32));
        if former != pid
            && let Some(thread) = self.threads.remove(&former)
        {
            self.threads.insert(pid, thread);
        }
        let program = std::fs::read_link(self.proc.join(format!("{pid}/exe"))).unwrap_or_default();
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let times = self.executions.entry(name.clone()).or_default();
        *times += 1;
        // Which shell forked it, and how often, must not matter.
        let place = random::program(self.spec.environment.random, &name, *times);
        let Some(thread) = self.threads.get_mut(&pid) else {
            return;
        };
        thread.place = place;
        thread.children = 0;
        thread.random_calls = 0;
        thread.pending = None;
        thread.clock_calls = 0;
        let bytes = random::bytes(thread.place, u64::MAX, 16);
        memory::prepare_program(pid, &bytes);
        if self.spec.trace {
            self.trace.processes.push(Process {
                parent: thread.program,
                program: program.to_string_lossy().into_owned(),
                command: kill::command(&self.proc, pid),
            });
            thread.program = Some(self.trace.processes.len() - 1);
            self.inherited(pid, &program);
        }
    }
}

fn device_of(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|found| found.dev())
}

impl Thread {
    fn new(place: u64, group: Pid, program: Option<usize>) -> Self {
        Self {
            place,
            children: 0,
            program,
            group,
            clock_calls: 0,
            random_calls: 0,
            pending: None,
        }
    }
}
