//! Starting a command of the build: what it inherits, up to `execve`.

use super::{
    RunSpec, Step, confine,
    kernel::{failed, saying},
    root::Root,
};
use crate::bytes::Error;
use nix::{
    errno::Errno,
    fcntl::OFlag,
    sched::{CloneFlags, CpuSet, sched_getaffinity, sched_setaffinity, unshare},
    sys::{
        personality::{self, Persona},
        resource::{Resource, getrlimit, setrlimit},
        stat::{Mode, umask},
    },
    unistd::{ForkResult, Pid, chdir, dup2_stderr, dup2_stdin, dup2_stdout, fork, pipe2, setsid},
};
use seccompiler::BpfProgram;
use std::{
    ffi::CString,
    fs::File,
    io::{Read, Write},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::exit,
};

/// Where the build lives: in a root of its own, or in the machine's.
pub(super) struct Place {
    /// The root, where mount namespaces can be had.
    pub root: Option<Root>,
}

impl Place {
    /// Where a path of the build lies, seen from the supervising process.
    pub(super) fn inside(&self, path: impl AsRef<Path>) -> PathBuf {
        match &self.root {
            Some(root) => root.inside(path),
            None => path.as_ref().to_owned(),
        }
    }
}

/// A child that waits to be let go.
pub(super) struct Child {
    pub pid: Pid,
    go: File,
    error: File,
}

impl Child {
    /// Lets it go; what kept it from becoming the command.
    pub(super) fn go(mut self) -> Result<Option<String>, Error> {
        let gone = self.go.write_all(b"g");
        let mut text = String::new();
        if self.error.read_to_string(&mut text).is_ok() && !text.is_empty() {
            return Ok(Some(text));
        }
        gone.map_err(saying("can't start the build"))?;
        Ok(None)
    }
}

/// Groups and processors that the build inherits.
pub(super) fn confine(spec: &RunSpec) {
    if nix::unistd::geteuid().is_root() {
        // Root's other groups would show in `id`.
        let _ = nix::unistd::setgroups(&[nix::unistd::getegid()]);
    }
    // One real processor unless the run is to be parallel: the tracer and what it traces are then never apart.
    if spec.environment.jobs == 1
        && let Ok(allowed) = sched_getaffinity(Pid::from_raw(0))
    {
        let mine: Vec<usize> = (0..CpuSet::count())
            .filter(|n| allowed.is_set(*n).unwrap_or(false))
            .collect();
        let mut one = CpuSet::new();
        if let Some(cpu) = mine.get(spec.slot % mine.len().max(1))
            && one.set(*cpu).is_ok()
        {
            let _ = sched_setaffinity(Pid::from_raw(0), &one);
        }
    }
}

/// Host and domain name, and the loopback interface: in namespaces of our own.
pub(super) fn name_host(spec: &RunSpec) -> Result<(), Error> {
    if spec.means.uts {
        nix::unistd::sethostname(&spec.environment.hostname).map_err(failed("set the host name"))?;
        rustix::system::setdomainname(spec.environment.domainname.as_bytes())
            .map_err(saying("can't set the domain name"))?;
    }
    if spec.means.net && !spec.network {
        super::loopback::up()?;
    }
    Ok(())
}

/// Forks a child that will become the command once it is let go.
pub(super) fn start(
    spec: &RunSpec,
    place: &Place,
    step: &Step,
    filter: Option<&BpfProgram>,
    printed: &OwnedFd,
) -> Result<Child, Error> {
    let (go_end, go) = pipe2(OFlag::O_CLOEXEC).map_err(failed("make a pipe"))?;
    let (error, error_start) = pipe2(OFlag::O_CLOEXEC).map_err(failed("make a pipe"))?;
    let mapped = spec.maps_user();
    let (mapped_end, mapped_start) = pipe2(OFlag::O_CLOEXEC).map_err(failed("make a pipe"))?;
    if let Some(root) = &place.root
        && spec.means.pids
    {
        root.next_pid(spec.environment.first_pid)?;
    }
    // SAFETY: this process has one thread, so the child may do anything that the parent may.
    #[allow(unsafe_code)]
    let forked = unsafe { fork() }.map_err(failed("start the build"))?;
    let ForkResult::Parent { child } = forked else {
        drop((go, error, mapped_end));
        let mut error = File::from(error_start);
        let Err(why) = become_command(spec, place, step, filter, printed, (go_end, mapped_start));
        let _ = error.write_all(why.to_string().as_bytes());
        exit(127);
    };
    drop((go_end, error_start, mapped_start));
    if mapped {
        // The child says when it has made its user namespace, or else why it has not.
        if !File::from(mapped_end).read(&mut [0]).is_ok_and(|length| length > 0) {
            let mut why = String::new();
            let _ = File::from(error).read_to_string(&mut why);
            return Err(Error::unavailable(why));
        }
        let user = &spec.environment.user;
        confine::map_ids(&place.inside(format!("/proc/{child}")), user.uid, user.gid)?;
    }
    Ok(Child {
        pid: child,
        go: File::from(go),
        error: File::from(error),
    })
}

impl RunSpec {
    /// Whether the command gets a user namespace of its own: for its rights, and so that root plays another user.
    fn maps_user(&self) -> bool {
        let plays = !self.means.user_namespace && nix::unistd::getuid().is_root() && self.environment.user.uid != 0;
        self.means.mounts && (self.means.confined || plays)
    }
}

/// Becomes the command; returns only with what went wrong.
fn become_command(
    spec: &RunSpec,
    place: &Place,
    step: &Step,
    filter: Option<&BpfProgram>,
    printed: &OwnedFd,
    (go, mapped): (OwnedFd, OwnedFd),
) -> Result<std::convert::Infallible, Error> {
    let environment = &spec.environment;
    setsid().map_err(failed("start a session"))?;
    let null = File::open("/dev/null").map_err(saying("/dev/null"))?;
    dup2_stdin(&null).map_err(failed("redirect standard input"))?;
    dup2_stdout(printed).map_err(failed("redirect standard output"))?;
    dup2_stderr(printed).map_err(failed("redirect standard error"))?;
    if let Some(root) = &place.root {
        unshare(CloneFlags::CLONE_NEWNS).map_err(failed("make a mount namespace"))?;
        root.enter()?;
    }
    if spec.maps_user() {
        confine::enter_user_namespace()?;
        let mut mapped = File::from(mapped);
        mapped.write_all(b"m").map_err(saying("the tracer is gone"))?;
    }
    let mut byte = [0];
    File::from(go)
        .read_exact(&mut byte)
        .map_err(saying("the tracer is gone"))?;
    chdir(Path::new(&environment.build_path)).map_err(failed("enter the source copy"))?;
    umask(Mode::from_bits_truncate(environment.umask));
    setrlimit(Resource::RLIMIT_FSIZE, spec.disk_limit, spec.disk_limit).map_err(failed("limit the size of files"))?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0).map_err(failed("forbid core dumps"))?;
    if spec.means.confined && !spec.means.interposition {
        // Counted in the user namespace, but not for root. The tracer counts by itself.
        let (_, hard) = getrlimit(Resource::RLIMIT_NPROC).map_err(failed("read the limit of processes"))?;
        let most = spec.limits.processes.min(hard);
        setrlimit(Resource::RLIMIT_NPROC, most, most).map_err(failed("limit processes"))?;
    }
    if spec.means.aslr && !environment.aslr {
        personality::set(Persona::ADDR_NO_RANDOMIZE).map_err(failed("fix addresses"))?;
    }
    confine::give_up(spec)?;
    if let Some(filter) = filter {
        seccompiler::apply_filter(filter).map_err(saying("can't install the filter"))?;
    }
    let variables: Vec<CString> = environment
        .variables()
        .into_iter()
        .filter_map(|(name, value)| CString::new(format!("{name}={value}")).ok())
        .collect();
    let words: Vec<CString> = step
        .command
        .iter()
        .map(|word| CString::new(word.as_str()).map_err(|e| Error::usage("NUL in the command").because(e)))
        .collect::<Result<_, _>>()?;
    let Some(name) = step.command.first() else {
        return Err(Error::usage("no command"));
    };
    let mut outcome = Errno::ENOENT;
    for program in candidates(name, &environment.path()) {
        let Ok(path) = CString::new(program) else { continue };
        let Err(error) = nix::unistd::execve(&path, &words, &variables);
        if !matches!(error, Errno::ENOENT | Errno::ENOTDIR) {
            outcome = error;
        }
    }
    Err(match outcome {
        Errno::ENOENT => Error::not_found(format!("command not found: {name}")),
        error => Error::failed(error.desc()).about(name).because(error),
    })
}

/// Where a command may lie: in the folders of PATH, unless it names a folder itself.
fn candidates(name: &str, search_path: &str) -> Vec<String> {
    if name.contains('/') {
        return vec![name.to_owned()];
    }
    search_path
        .split(':')
        .filter(|f| !f.is_empty())
        .map(|folder| format!("{folder}/{name}"))
        .collect()
}
