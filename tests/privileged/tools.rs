//! Tools and caches of the caller's home: a build finds them in its own home, they move with it, and paths that do not move are told.

use crate::support::{missing, said};
use std::{
    env, fs,
    path::Path,
    process::{Command, Output, Stdio},
};

const REPRO: &str = env!("CARGO_BIN_EXE_repro");

/// `repro build` by a caller with that home.
fn build(folder: &Path, home: &Path, variables: &[(&str, &Path)], options: &[&str], line: &str) -> Output {
    let mut command = Command::new(REPRO);
    command.arg("build").args(options).args(["--", line]);
    command.env("HOME", home).current_dir(folder);
    for (name, value) in variables {
        command.env(name, value);
    }
    command.stdin(Stdio::null()).output().unwrap()
}

fn put(path: impl AsRef<Path>, text: &str) {
    let path = path.as_ref();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn a_program_that_holds_paths_of_its_dependencies() {
    if missing(&["cargo", "rustc"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    let start = lock.find("name = \"memchr\"").unwrap();
    let version = lock[start..].split('"').nth(3).unwrap();
    put(
        folder.path().join("Cargo.toml"),
        &format!("[package]\nname = 'p'\nversion = '1.0.0'\nedition = '2021'\n[dependencies]\nmemchr = '={version}'\n"),
    );
    put(
        folder.path().join("src/main.rs"),
        "fn main() { println!(\"{:?}\", memchr::memmem::find(b\"abc\", b\"c\")); }\n",
    );
    let home = env::var_os("HOME").unwrap();
    let output = build(
        folder.path(),
        Path::new(&home),
        &[],
        &["--artifact", "target/debug/p", "--variations", "home"],
        "cargo build --offline",
    );
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(
        said(&output).contains("home  changes target/debug/p"),
        "{}",
        said(&output)
    );
}

#[test]
fn what_is_installed_in_a_home() {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let at = home.path();
    put(at.join(".m2/repository/a/b.pom"), "a pom\n");
    put(at.join(".m2/settings.xml"), "a password\n");
    put(at.join(".npm/_cacache/index"), "kept\n");
    let line = "cat ~/.m2/repository/a/b.pom >out; test ! -e ~/.m2/settings.xml && echo added >>~/.npm/_cacache/index && \
                cat ~/.npm/_cacache/index >>out";
    let output = build(
        folder.path(),
        at,
        &[],
        &["--artifact", "out", "--variations", "home"],
        line,
    );
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(fs::read_to_string(at.join(".npm/_cacache/index")).unwrap(), "kept\n");
}

#[test]
fn a_path_of_the_machine_that_nothing_varies() {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let kit = Path::new("/machine/kit");
    let options = ["--artifact", "out", "--variations", "home", "--env", "KIT"];
    let with = [("KIT", kit)];
    let output = build(
        folder.path(),
        home.path(),
        &with,
        &options,
        "echo \"made by $KIT/bin/cc\" >out",
    );
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let told = said(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    let says = format!("out contains {}, a path of this machine (KIT)", kit.display());
    assert!(told.contains(&says), "{told}");
    // A look-alike: the value is the command line's.
    let given = format!("KIT={}", kit.display());
    let options = ["--artifact", "out", "--variations", "home", "--env", &given];
    let output = build(
        folder.path(),
        home.path(),
        &[],
        &options,
        "echo \"made by $KIT/bin/cc\" >out",
    );
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}
