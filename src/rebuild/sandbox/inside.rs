//! The run's first process: makes the root, starts the steps, is the tracer and the reaper, collects what was made.

use super::{
    Caller, RunResult, RunSpec, Step, Trace, filter,
    kernel::{failed, on, saying},
    kill,
    root::{self, Root},
    sent::{Answer, Sent},
    start::{self, Place},
    system,
    texts::Texts,
    tracer::{self, Tracer},
    veil::Veil,
};
use crate::{
    bytes::{
        Error,
        digest::{Algorithm, Hasher},
    },
    model::RunOutcome,
    rebuild::{artifacts, environment::Filesystem, source},
};
use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::{
        signal::Signal,
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write,
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::MetadataExt,
    },
    path::{Path, PathBuf},
    process::exit,
    thread::sleep,
    time::Duration,
};

/// How long processes may go on after the last step before they count as left behind.
const GRACE: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(2);

/// Does the run and ends the process.
pub(super) fn main(spec: &RunSpec, caller: &Caller, answer: OwnedFd, printed: OwnedFd) -> ! {
    let result: Answer = end_with_watcher(&answer)
        .and_then(|()| run(spec, caller, printed))
        .map_err(Sent::from);
    let mut out = File::from(answer);
    let written = serde_json::to_vec(&result).map_err(std::io::Error::other);
    let written = written.and_then(|bytes| out.write_all(&bytes));
    exit(i32::from(written.is_err()))
}

/// Ends this process with the one that watches it.
fn end_with_watcher(answer: &OwnedFd) -> Result<(), Error> {
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL).map_err(|e| Error::failed(e).because(e))?;
    // Had it ended before that, no signal would come; in a PID namespace its number tells nothing, but nobody reads then.
    let mut reader = [PollFd::new(answer.as_fd(), PollFlags::empty())];
    poll(&mut reader, PollTimeout::ZERO).map_err(|e| Error::failed(e).because(e))?;
    match reader[0].revents() {
        Some(found) if found.contains(PollFlags::POLLERR) => exit(1),
        _ => Ok(()),
    }
}

fn run(spec: &RunSpec, caller: &Caller, printed: OwnedFd) -> Result<RunResult, Error> {
    let start = tracer::now();
    let place = prepare(spec, caller)?;
    let folder = place.inside(&spec.environment.build_path);
    let device = fs::metadata(&folder).map_err(on(&folder))?.dev();
    let entries = place.root.as_ref().map(Root::entries);
    let program = spec.means.interposition.then(|| filter::program(spec));
    let mut run = Run {
        spec,
        tracer: program
            .is_some()
            .then(|| Tracer::new(spec, &place.proc(), start, device)),
        place,
    };
    let mut why = None;
    for (number, step) in spec.steps.iter().enumerate() {
        if let Some(reason) = run.attempt(step, number as u64, program.as_ref(), &printed)? {
            why.get_or_insert(reason);
            if step.halt_on_failure {
                break;
            }
        }
    }
    let leftovers = run.leftovers();
    if let Some(why) = run.tracer.as_ref().and_then(Tracer::over) {
        return Ok(RunResult::over(why.clone()));
    }
    let strays = match (&run.place.root, entries) {
        (Some(root), Some(before)) => root.entries().difference(&before).cloned().collect(),
        _ => Vec::new(),
    };
    let found = match spec.artifacts.as_slice() {
        [] => Ok(BTreeMap::new()),
        globs => artifacts::collect(&folder, globs, &artifacts::folder(&spec.folder)),
    };
    let artifacts = match found {
        Ok(found) => found,
        Err(_) if why.is_some() => BTreeMap::new(),
        Err(error) => {
            why = Some(error.to_string());
            BTreeMap::new()
        }
    };
    let trace = run.tracer.map(Tracer::into_trace).filter(|_| spec.trace);
    Ok(RunResult {
        outcome: if why.is_some() {
            RunOutcome::Failed
        } else {
            RunOutcome::Built
        },
        why,
        artifacts,
        written: written(&folder, start.seconds, trace.as_ref(), spec),
        leftovers,
        strays,
        trace,
        ..RunResult::empty()
    })
}

/// A run under way.
struct Run<'a> {
    spec: &'a RunSpec,
    place: Place,
    tracer: Option<Tracer<'a>>,
}

impl Run<'_> {
    /// A step, as often as it may be tried; why it failed.
    fn attempt(
        &mut self,
        step: &Step,
        number: u64,
        program: Option<&seccompiler::BpfProgram>,
        printed: &OwnedFd,
    ) -> Result<Option<String>, Error> {
        let mut failure = None;
        for _ in 0..=step.retry {
            let child = start::start(self.spec, &self.place, step, program, printed)?;
            if let Some(tracer) = &mut self.tracer {
                tracer.adopt(child.pid, number).map_err(failed("trace the build"))?;
            }
            let pid = child.pid;
            if let Some(error) = child.go()? {
                return Ok(Some(format!("{}: {error}", step.name)));
            }
            let end = self.end_of(pid);
            if self.tracer.as_ref().is_some_and(|tracer| tracer.over().is_some()) {
                return Ok(Some(step.name.clone()));
            }
            failure = match end.map_err(saying("can't wait for the build"))? {
                WaitStatus::Exited(_, 0) => return Ok(None),
                WaitStatus::Exited(_, 127) => Some(format!("{}: exit status 127: command not found", step.name)),
                WaitStatus::Exited(_, status) => Some(format!("{}: exit status {status}", step.name)),
                WaitStatus::Signaled(_, signal, _) => Some(format!("{}: {signal}", step.name)),
                other => Some(format!("{}: {other:?}", step.name)),
            };
        }
        Ok(failure)
    }

    fn end_of(&mut self, child: Pid) -> Result<WaitStatus, Errno> {
        if let Some(tracer) = &mut self.tracer {
            return tracer.until_end_of(child);
        }
        loop {
            let status = waitpid(None, Some(WaitPidFlag::__WALL));
            match status {
                Ok(WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..)) if pid == child => return status,
                Err(Errno::EINTR) | Ok(_) => {}
                Err(_) => return status,
            }
        }
    }

    /// Processes that go on after the build; they are ended.
    fn leftovers(&mut self) -> Vec<Vec<String>> {
        let mut waited = Duration::ZERO;
        let mut found = Vec::new();
        loop {
            let step = match &mut self.tracer {
                Some(tracer) => tracer.poll(),
                None => waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::WNOHANG))
                    .map(|status| status != WaitStatus::StillAlive),
            };
            match step {
                Ok(true) => continue,
                Err(Errno::ECHILD) => return found,
                Ok(false) | Err(_) => sleep(TICK),
            }
            waited += TICK;
            if waited == GRACE {
                let proc = self.place.proc();
                let left = kill::children(&proc, "self");
                found = left.into_iter().map(|pid| kill::command(&proc, pid)).collect();
            }
            if waited >= GRACE {
                self.end_all();
            }
        }
    }

    fn end_all(&self) {
        if self.spec.means.pids {
            // Everything in this PID namespace but ourselves.
            let _ = nix::sys::signal::kill(Pid::from_raw(-1), Signal::SIGKILL);
        } else {
            for child in kill::children(Path::new("/proc"), "self") {
                let _ = nix::sys::signal::kill(child, Signal::SIGKILL);
            }
        }
    }
}

/// Root and source copy.
fn prepare(spec: &RunSpec, caller: &Caller) -> Result<Place, Error> {
    nix::sys::prctl::set_child_subreaper(true).map_err(|e| Error::failed(e).because(e))?;
    start::confine(spec);
    start::name_host(spec)?;
    let root: Option<Root> = spec.means.mounts.then(|| root::make(spec)).transpose()?;
    if let Some(root) = &root {
        system::dress(spec, root)?;
        Veil::of(caller.home.as_deref(), spec.folder.parent()).lay(root, spec)?;
        root.without_sockets(&caller.sockets)?;
    }
    let place = Place { root };
    let environment = &spec.environment;
    let folder = place.inside(&environment.build_path);
    for path in [&environment.home, &environment.temporary] {
        let at = place.inside(path);
        fs::create_dir_all(&at).map_err(on(&at))?;
    }
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(on(&parent))?;
    }
    match (&place.root, &environment.locales) {
        (Some(root), _) => {
            root.show(spec)?;
            if !environment.home_is_written {
                root.protect(&environment.home)?;
            }
        }
        (None, Some(locales)) => {
            let at = environment.locale_folder();
            std::os::unix::fs::symlink(locales, at).map_err(saying(at))?;
        }
        (None, None) => {}
    }
    if spec.means.mounts && environment.filesystem == Filesystem::Memory {
        number_files(folder.parent().unwrap_or(&folder))?;
    }
    source::copy_tree(&spec.source, &folder)?;
    source::stamp(&folder, environment.source_time, environment.source_times_spread)?;
    Ok(place)
}

/// Uses up inode numbers to a round one, so that those of the source and of what is made do not tell how many folders lie above them. A file
/// system in memory counts upwards.
fn number_files(folder: &Path) -> Result<(), Error> {
    const ROUND: u64 = 1 << 12;
    let path = folder.join(".number");
    for _ in 0..ROUND {
        let file = File::create(&path).map_err(on(&path))?;
        let number = file.metadata().map_err(on(&path))?.ino();
        fs::remove_file(&path).map_err(on(&path))?;
        if number % ROUND == 0 {
            break;
        }
    }
    Ok(())
}

/// SHA-256 of what a run has written below its folder. Texts are kept, if that is asked for.
fn written(folder: &Path, start: i64, trace: Option<&Trace>, spec: &RunSpec) -> BTreeMap<String, String> {
    let Some(trace) = trace else { return BTreeMap::new() };
    let named: std::collections::BTreeSet<&str> = trace.writes.iter().map(|w| w.path.as_str()).collect();
    let mut texts = Texts::new(spec);
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).into_iter().flatten() {
        let Ok(path) = entry.path().strip_prefix(folder) else {
            continue;
        };
        let path = path.to_string_lossy();
        let Ok(metadata) = entry.metadata() else { continue };
        if entry.file_type().is_file()
            && (metadata.mtime() >= start || named.contains(path.as_ref()))
            && let Ok(digest) = digest(entry.path())
        {
            texts.keep(entry.path(), metadata.len(), &digest);
            found.insert(path.into_owned(), digest);
        }
    }
    found
}

fn digest(path: &Path) -> std::io::Result<String> {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    std::io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hasher.finish().to_string())
}

impl Place {
    /// The build's `/proc`.
    fn proc(&self) -> PathBuf {
        self.inside("/proc")
    }
}
