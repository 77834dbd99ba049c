//! `repro hash` and `repro check` as their users run them, against the real `sha256sum`, `b3sum`, `find` and `openssl`.

mod filter;
mod grants;
mod json;
mod lists;
mod trouble;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

/// What a program printed, and its exit status.
#[derive(Debug)]
pub struct Ran {
    pub out: Vec<u8>,
    pub err: String,
    pub code: i32,
}

impl Ran {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    fn of(output: Output) -> Ran {
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        Ran {
            out: output.stdout,
            err,
            code: output.status.code().unwrap_or(-1),
        }
    }
}

pub fn command(folder: &Path, program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(args)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .env_remove("CLICOLOR_FORCE");
    command
}

pub fn run(folder: &Path, program: &str, args: &[&str]) -> Ran {
    let output = command(folder, program, args).output();
    Ran::of(output.unwrap_or_else(|error| panic!("{program} does not start: {error}")))
}

pub const REPRO: &str = env!("CARGO_BIN_EXE_repro");

pub fn repro(folder: &Path, args: &[&str]) -> Ran {
    run(folder, REPRO, args)
}

/// Runs a shell script, which must succeed.
pub fn sh(folder: &Path, script: &str) -> Vec<u8> {
    let ran = run(folder, "sh", &["-euc", script]);
    assert_eq!(ran.code, 0, "{script}: {}", ran.err);
    ran.out
}

pub fn os(bytes: &[u8]) -> &OsStr {
    OsStr::from_bytes(bytes)
}

/// A tree with every kind of name and most kinds of entry.
pub fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for name in [
        &b"plain"[..],
        b"a\\b",
        b"n\nl",
        b"c\rr",
        b"\xff\xfe",
        b" lead",
        b"*star",
        b"-dash",
        b"a.b",
        b"a-b",
        b"#hash",
        b"\\n",
        b"zero",
        b"tab\there",
        "ü".as_bytes(),
    ] {
        let body = if name == b"zero" { b"" } else { name };
        fs::write(root.join(os(name)), body).unwrap();
    }
    fs::create_dir_all(root.join("a/b")).unwrap();
    fs::create_dir_all(root.join("empty")).unwrap();
    fs::write(root.join("a/b/deep"), "deep").unwrap();
    fs::write(root.join("a/x"), "x").unwrap();
    fs::hard_link(root.join("plain"), root.join("a/hard")).unwrap();
    symlink("plain", root.join("link")).unwrap();
    symlink("..", root.join("a/loop")).unwrap();
    symlink(os(b"\xfdnowhere"), root.join("dangling")).unwrap();
    // Blocks of every length class: more than a batch's buffer, more than a large file, a hole.
    for (name, len) in [
        ("b1", 262_143),
        ("b2", 262_144),
        ("b3", 262_145),
        ("l1", 2_097_152),
        ("l2", 3_333_333),
    ] {
        let body: Vec<u8> = (0..len)
            .map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        fs::write(root.join(name), body).unwrap();
    }
    fs::File::create(root.join("sparse")).unwrap().set_len(9 << 20).unwrap();
    folder
}
