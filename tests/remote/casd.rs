//! A real server, started for one test.

use crate::support::{root, target};
use std::{
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

/// Folders of this machine that actions see.
const SHOWN: [&str; 5] = ["/usr", "/bin", "/lib", "/lib64", "/etc"];

/// `buildbox-casd`: store, cache of results, and execution in one process.
pub struct Casd {
    child: Child,
    pub port: u16,
    cache: PathBuf,
}

fn programs() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let made = Command::new(root().join("tests/buildbox")).status().unwrap();
        assert!(made.success(), "tests/buildbox failed");
        target().join("buildbox")
    })
}

/// A port that nobody listens at.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Casd {
    pub fn start(cache: &Path) -> Self {
        Self::start_at(free_port(), cache)
    }

    pub fn start_at(port: u16, cache: &Path) -> Self {
        let folder = programs();
        let mut command = Command::new(folder.join("buildbox-casd"));
        command.arg(format!("--bind=127.0.0.1:{port}"));
        command.arg(format!("--buildbox-run={}", folder.join("buildbox-run").display()));
        for shown in SHOWN {
            command.arg(format!("--runner-arg=--bind-mount={shown}:{shown}"));
        }
        let child = command
            .arg(cache)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "buildbox-casd does not listen"
            );
            thread::sleep(Duration::from_millis(50));
        }
        Self {
            child,
            port,
            cache: cache.to_owned(),
        }
    }

    pub fn url(&self) -> String {
        format!("grpc://127.0.0.1:{}", self.port)
    }

    /// Ends it at once, as a power cut would; its store stays.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again at the same port, with the same store.
    pub fn again(&mut self) {
        *self = Self::start_at(self.port, &self.cache.clone());
    }
}

impl Drop for Casd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
