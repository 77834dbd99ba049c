//! What there is on the host for a build to reach: files, listeners, a process, a terminal; all of it the caller's.

use nix::{
    poll::{PollFd, PollFlags, PollTimeout, poll},
    pty::openpty,
    unistd::ttyname,
};
use std::{
    collections::BTreeMap,
    fs::{self, File, Permissions},
    io::Read,
    net::TcpListener,
    os::{
        fd::AsFd,
        linux::net::SocketAddrExt,
        unix::{
            fs::{PermissionsExt, chown},
            net::{UnixDatagram, UnixListener},
            process::CommandExt,
        },
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Something that waits to be reached.
enum Listener {
    Stream(UnixListener),
    Datagram(UnixDatagram),
    Tcp(TcpListener),
    Terminal(File),
}

impl Listener {
    fn heard(&self) -> bool {
        let mut bytes = [0; 64];
        match self {
            Self::Stream(on) => on.set_nonblocking(true).is_ok() && on.accept().is_ok(),
            Self::Datagram(on) => on.set_nonblocking(true).is_ok() && on.recv(&mut bytes).is_ok(),
            Self::Tcp(on) => on.set_nonblocking(true).is_ok() && on.accept().is_ok(),
            Self::Terminal(on) => {
                let mut ends = [PollFd::new(on.as_fd(), PollFlags::POLLIN)];
                let ready = poll(&mut ends, PollTimeout::ZERO) == Ok(1);
                ready && (&mut &*on).read(&mut bytes).is_ok()
            }
        }
    }
}

/// The host of one build.
pub struct Host {
    folder: tempfile::TempDir,
    pub home: PathBuf,
    run: PathBuf,
    temporary: PathBuf,
    listeners: BTreeMap<&'static str, Listener>,
    /// What only this host says.
    pub secret: String,
    /// What files are called that attempts leave here.
    pub mark: String,
    victim: Child,
    name: String,
    shared: Option<String>,
    port: u16,
    terminal: PathBuf,
    /// Kept, so that the terminal is one.
    _slave: File,
    user: Option<u32>,
}

/// Makes files the caller's.
fn own(path: &Path, user: Option<u32>) {
    if user.is_some() {
        chown(path, user, user).unwrap();
    }
}

impl Host {
    /// `user` is who will run `repro`: if given, root must make it.
    pub fn new(user: Option<u32>) -> Self {
        let root = nix::unistd::geteuid().is_root();
        // Not below a folder that every build gets new and empty.
        let base = if root {
            Path::new("/srv")
        } else {
            Path::new(env!("CARGO_TARGET_TMPDIR"))
        };
        let folder = tempfile::Builder::new()
            .prefix("repro-escape-")
            .tempdir_in(base)
            .unwrap();
        let base = folder.path();
        let mark = base.file_name().unwrap().to_str().unwrap().to_owned();
        let run = match root {
            true => Path::new("/run").join(&mark),
            false => base.join("run"),
        };
        let temporary = Path::new("/tmp").join(&mark);
        let secret = format!("secret-of-{mark}");
        for folder in [
            &base.join("home"),
            &base.join("open"),
            &base.join("source"),
            &base.join("work"),
            &run,
            &temporary,
        ] {
            fs::create_dir(folder).unwrap();
            fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
            own(folder, user);
        }
        fs::set_permissions(base, Permissions::from_mode(0o755)).unwrap();
        for folder in [&base.join("home"), &run] {
            let file = folder.join("secret");
            fs::write(&file, &secret).unwrap();
            fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
            own(&file, user);
        }
        if root {
            of_root(base, &secret);
        }
        let pair = openpty(None, None).unwrap();
        let terminal = ttyname(&pair.slave).unwrap();
        own(&terminal, user);
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = tcp.local_addr().unwrap().port();
        let name = std::os::unix::net::SocketAddr::from_abstract_name(&mark).unwrap();
        let mut listeners = BTreeMap::from([
            ("tcp", Listener::Tcp(tcp)),
            ("abstract", Listener::Stream(UnixListener::bind_addr(&name).unwrap())),
            ("terminal", Listener::Terminal(File::from(pair.master))),
        ]);
        for (name, folder) in [("home", &base.join("home")), ("run", &run), ("tmp", &temporary)] {
            listeners.insert(name, stream(&folder.join("socket"), user));
        }
        for (name, file) in [("open", "socket"), ("relative", "relative"), ("linked", "linked")] {
            listeners.insert(name, stream(&base.join("open").join(file), user));
        }
        for name in ["datagram", "message"] {
            let at = base.join("open").join(name);
            listeners.insert(name, Listener::Datagram(UnixDatagram::bind(&at).unwrap()));
            own(&at, user);
        }
        let home = base.join("home");
        Self {
            home,
            run,
            temporary,
            listeners,
            secret,
            victim: victim(),
            name: fs::read_to_string("/proc/sys/kernel/hostname").unwrap(),
            shared: segment(user),
            port,
            terminal,
            _slave: File::from(pair.slave),
            user,
            mark,
            folder,
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Binds what is there only once the build runs.
    pub fn late(&mut self) {
        let at = self.path().join("open/late");
        self.listeners.insert("late", stream(&at, self.user));
    }

    /// What the attempts are told, as lines for a shell. Not as variables: a path that one names is shown to the build.
    pub fn told(&self) -> String {
        let disk = disk().unwrap_or_else(|| "8 0".to_owned());
        let values = [
            ("BASE", self.path().display().to_string()),
            ("HOME_OF_CALLER", self.home.display().to_string()),
            ("RUN", self.run.display().to_string()),
            ("TMP", self.temporary.display().to_string()),
            ("ABSTRACT", self.mark.clone()),
            ("PORT", self.port.to_string()),
            ("TERMINAL", self.terminal.display().to_string()),
            ("VICTIM", self.victim.id().to_string()),
            ("SHARED", self.shared.clone().unwrap_or_default()),
            ("DISK", disk),
        ];
        values
            .iter()
            .map(|(name, value)| format!("{name}='{value}'\n"))
            .collect()
    }

    pub fn heard(&self, name: &str) -> bool {
        self.listeners.get(name).is_some_and(Listener::heard)
    }

    pub fn victim_ended(&mut self) -> bool {
        self.victim.try_wait().unwrap().is_some()
    }

    pub fn renamed(&self) -> bool {
        fs::read_to_string("/proc/sys/kernel/hostname").unwrap() != self.name
    }

    /// Where a file of an attempt would be.
    pub fn place(&self, folder: &str, attempt: &str) -> PathBuf {
        let folder = folder
            .replace("{base}", self.path().to_str().unwrap())
            .replace("{home}", self.home.to_str().unwrap());
        Path::new(&folder).join(format!("{}-{attempt}", self.mark))
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.victim.kill();
        let _ = self.victim.wait();
        let _ = fs::remove_dir_all(&self.run);
        let _ = fs::remove_dir_all(&self.temporary);
        if let Some(number) = &self.shared {
            let _ = Command::new("ipcrm").args(["-m", number]).status();
        }
    }
}

fn victim() -> Child {
    let mut command = Command::new("sleep");
    command.arg0("repro-escape-victim").arg("600").stdin(Stdio::null());
    command.spawn().unwrap()
}

fn stream(at: &Path, user: Option<u32>) -> Listener {
    let on = UnixListener::bind(at).unwrap();
    own(at, user);
    Listener::Stream(on)
}

/// A file that only root may read, and a shell that makes who runs it root.
fn of_root(base: &Path, secret: &str) {
    let file = base.join("open/of-root");
    fs::write(&file, secret).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let shell = base.join("open/suid");
    let done = Command::new("cp").arg("/bin/sh").arg(&shell).status().unwrap();
    assert!(done.success());
    fs::set_permissions(&shell, Permissions::from_mode(0o4755)).unwrap();
}

/// Number of a segment of System V shared memory that the caller may use.
fn segment(user: Option<u32>) -> Option<String> {
    let mut command = Command::new("ipcmk");
    command.args(["-M", "4096", "-p", "0666"]);
    if let Some(id) = user {
        command.uid(id).gid(id);
    }
    let said = command.output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    Some(said.trim().rsplit(' ').next()?.to_owned())
}

/// Numbers of the first disk, as `mknod` takes them.
fn disk() -> Option<String> {
    let all = fs::read_to_string("/proc/partitions").ok()?;
    let line = all
        .lines()
        .skip(2)
        .find(|line| !line.contains("loop") && !line.contains("ram"))?;
    let mut words = line.split_whitespace();
    Some(format!("{} {}", words.next()?, words.next()?))
}
