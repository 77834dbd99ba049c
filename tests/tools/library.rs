//! Programs of others that link the library: without any feature to compare, with `settings` to build and gate.

use crate::support::{corpus, root, target};
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const DIFF: &str = r#"
use repro::{bytes::Error, diff::{Input, Options, diff}};
use std::path::Path;

fn main() -> Result<(), Error> {
    let open = |name: &str| {
        let path = Path::new(name);
        Input::open(path).map_err(|error| Error::at(path, &error))
    };
    let names: Vec<String> = std::env::args().skip(1).collect();
    let report = diff(&open(&names[0])?, &open(&names[1])?, &Options::default());
    println!("{:?}", report.verdict);
    for finding in &report.findings {
        println!("{} at {}: {}", finding.cause, finding.address, finding.fix);
    }
    Ok(())
}
"#;

const GATE: &str = r#"
use repro::{bytes::Error, policy::gate, rebuild, settings::{GateOptions, Repository}};
use std::path::Path;

fn main() -> Result<(), Error> {
    rebuild::hook();
    let repository = Repository::read(Path::new("."))?;
    let mut build = repository.build()?;
    build.variations = vec!["umask".to_owned()];
    println!("{:?}", rebuild::run(&build, &|_| {})?.verdict);
    let mut options = GateOptions::default();
    options.vary = Some(vec![rebuild::ALL.to_owned()]);
    let asked = repository.gate(repository.locked(None)?, options, &|_| {})?;
    let report = gate::gate(asked)?;
    println!("{:?}: {}", report.verdict, report.summary);
    Ok(())
}
"#;

/// Most lines of a program.
const LINES: usize = 20;

/// Compiles a program against the library with these features, and runs it with these arguments in a folder.
#[track_caller]
fn run(name: &str, program: &str, features: &str, folder: &Path, arguments: &[&Path]) -> Output {
    assert!(program.trim().lines().count() <= LINES, "{name}");
    let project = tempfile::tempdir().unwrap();
    let repro = root().display();
    // The profile and flags of this build, so that dependencies that it has compiled serve here, too; the library is made quickly.
    let ours = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let profile = &ours[ours.find("[profile.dev]").unwrap()..];
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n[dependencies]\nrepro = {{ path = \"{repro}\", default-features = false, features = [{features}] }}\n{profile}\n\
         [profile.dev.package.repro]\nopt-level = 0\n"
    );
    let at = |path: &str| project.path().join(path);
    fs::create_dir(at("src")).unwrap();
    fs::write(at("Cargo.toml"), manifest).unwrap();
    fs::write(at("src/main.rs"), program).unwrap();
    fs::copy(root().join("Cargo.lock"), at("Cargo.lock")).unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--offline", "--config"]);
    build.arg(root().join(".cargo/config.toml"));
    build.arg("--target-dir").arg(target());
    let built = build.current_dir(project.path()).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let made = Path::new(env!("CARGO_BIN_EXE_repro")).with_file_name(name);
    let mut run = Command::new(made);
    run.args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn a_program_compares_two_files_without_any_feature() {
    let case = corpus().join("cause/gzip-mtime/plain");
    let ran = run("compares", DIFF, "", &case, &[Path::new("a.gz"), Path::new("b.gz")]);
    let printed = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && printed.contains("gzip-mtime at"), "{ran:?}");
}

#[test]
fn a_program_builds_and_gates() {
    let folder = tempfile::tempdir().unwrap();
    let toml = "[build]\ncommand = 'echo 1 >made'\nartifacts = ['made']\n";
    fs::write(folder.path().join("repro.toml"), toml).unwrap();
    let mut lock = Command::new(env!("CARGO_BIN_EXE_repro"));
    let locked = lock
        .args(["lock", "--build"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(locked.status.success(), "{locked:?}");
    let ran = run("gates", GATE, "\"settings\"", folder.path(), &[]);
    let printed = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{ran:?}");
    assert!(printed.starts_with("Reproducible\nPass: "), "{printed}");
}
