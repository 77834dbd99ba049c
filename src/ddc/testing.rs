//! Bytes made by real compilers, for the unit tests of this room.

use std::{ffi::OsStr, fs, path::Path, process::Command};

/// A folder of its own for one test.
pub(super) struct Bench(tempfile::TempDir);

impl Bench {
    /// `None` where one of the tools is missing; with `REPRO_REQUIRE_TOOLS=1` that is a failure.
    pub(super) fn with(tools: &[&str]) -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let missing = tools
            .iter()
            .find(|tool| !std::env::split_paths(&path).any(|folder| folder.join(tool).is_file()));
        if let Some(tool) = missing {
            let required = std::env::var_os("REPRO_REQUIRE_TOOLS").is_some_and(|v| v == "1");
            assert!(!required, "no {tool}, and REPRO_REQUIRE_TOOLS is set");
            println!("left out: no {tool}");
            return None;
        }
        Some(Self(tempfile::tempdir().unwrap()))
    }

    /// Writes a file.
    pub(super) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.0.path().join(name), content).unwrap();
    }

    /// Reads a file.
    pub(super) fn get(&self, name: impl AsRef<Path>) -> Vec<u8> {
        fs::read(self.0.path().join(name)).unwrap()
    }

    /// Runs a tool in the folder.
    pub(super) fn run(&self, tool: &str, arguments: &[&str]) {
        let done = Command::new(tool)
            .args(arguments.iter().map(OsStr::new))
            .current_dir(self.0.path())
            .env("LC_ALL", "C")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{tool} {arguments:?}: {said}");
    }

    /// What a compiler makes of a C text, as an object.
    pub(super) fn object(&self, compiler: &str, source: &str, options: &[&str]) -> Vec<u8> {
        self.put("t.c", source);
        let mut arguments = vec!["-c", "t.c", "-o", "t.o"];
        arguments.extend(options);
        self.run(compiler, &arguments);
        self.get("t.o")
    }
}
