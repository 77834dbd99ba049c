//! Starting a command of the build: what it inherits, up to `execve`.

use super::{
    RunSpec, Step,
    kernel::{failed, put, saying},
    root::Root,
};
use crate::{bytes::Error, rebuild::environment::Environment};
use nix::{
    errno::Errno,
    fcntl::OFlag,
    sched::{CloneFlags, CpuSet, sched_getaffinity, sched_setaffinity, unshare},
    sys::{
        personality::{self, Persona},
        resource::{Resource, setrlimit},
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
        self.go.write_all(b"g").map_err(saying("can't start the build"))?;
        // The user namespace's maps are written by us once it is there.
        let mut text = String::new();
        Ok((self.error.read_to_string(&mut text).is_ok() && !text.is_empty()).then_some(text))
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
        // The child has made its user namespace once it closes its end.
        let _ = File::from(mapped_end).read(&mut [0]);
        map_user(place, child, &spec.environment)?;
    }
    Ok(Child {
        pid: child,
        go: File::from(go),
        error: File::from(error),
    })
}

impl RunSpec {
    /// Whether root plays another user: by a user namespace of the command's own.
    fn maps_user(&self) -> bool {
        !self.means.user_namespace
            && self.means.mounts
            && nix::unistd::getuid().is_root()
            && self.environment.user.uid != 0
    }
}

/// Exchanges the user's numbers with those of root, and leaves all others: files of root are then the user's.
fn map_user(place: &Place, child: Pid, environment: &Environment) -> Result<(), Error> {
    let map = |id: u32| {
        format!(
            "{id} 0 1\n0 {id} 1\n1 1 {}\n{next} {next} {}\n",
            id - 1,
            65_536_u32.saturating_sub(id),
            next = id + 1
        )
    };
    let proc = place.inside(format!("/proc/{child}"));
    put(proc.join("gid_map"), &map(environment.user.gid))?;
    put(proc.join("uid_map"), &map(environment.user.uid))
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
        unshare(CloneFlags::CLONE_NEWUSER).map_err(failed("make a user namespace"))?;
    }
    drop(mapped);
    let mut byte = [0];
    File::from(go)
        .read_exact(&mut byte)
        .map_err(saying("the tracer is gone"))?;
    chdir(Path::new(&environment.build_path)).map_err(failed("enter the source copy"))?;
    umask(Mode::from_bits_truncate(environment.umask));
    setrlimit(Resource::RLIMIT_FSIZE, spec.disk_limit, spec.disk_limit).map_err(failed("limit the size of files"))?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0).map_err(failed("forbid core dumps"))?;
    if spec.means.aslr && !environment.aslr {
        personality::set(Persona::ADDR_NO_RANDOMIZE).map_err(failed("fix addresses"))?;
    }
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
