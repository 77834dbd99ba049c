//! The file: several writers, writers that are killed, files that are damaged or are something else.

use super::{Project, REPRO, command, ends, ran, repro};
use crate::support::copy_program;
use rusqlite::Connection;
use std::{
    collections::BTreeSet,
    fs,
    io::Read,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// The number in "recorded as run 17".
fn recorded(err: &str) -> Option<i64> {
    let line = err
        .lines()
        .find_map(|line| line.strip_prefix("repro: recorded as run "))?;
    Some(line.parse().unwrap())
}

fn runs(path: &Path) -> BTreeSet<i64> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT id FROM runs").unwrap();
    let ids = statement.query_map([], |row| row.get(0)).unwrap();
    ids.map(Result::unwrap).collect()
}

#[track_caller]
fn sound(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let said: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(said, "ok");
    let mut statement = connection.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(
        statement.query([]).unwrap().next().unwrap().is_none(),
        "something refers to what is not there"
    );
}

#[test]
fn several_writers_lose_nothing() {
    const WRITERS: usize = 8;
    const EACH: usize = 20;
    let project = Project::locked();
    let told: Vec<i64> = thread::scope(|scope| {
        let writer = || {
            let run = |_| {
                let ran = repro(project.root(), &["gate", "--record-history"]);
                assert_eq!(ran.code, Some(0), "{}", ran.err);
                recorded(&ran.err).unwrap()
            };
            (0..EACH).map(run).collect::<Vec<i64>>()
        };
        let all: Vec<_> = (0..WRITERS).map(|_| scope.spawn(writer)).collect();
        all.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    let path = project.at("repro-history.sqlite");
    sound(&path);
    let there = runs(&path);
    assert_eq!(there.len(), WRITERS * EACH);
    assert_eq!(
        told.iter().copied().collect::<BTreeSet<i64>>(),
        there,
        "each was told its own number"
    );
    assert_eq!(project.report(&[])["count"]["reproduced"], 2 * WRITERS * EACH);
}

/// Numbers that look random and are the same in every test run.
fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

#[test]
fn a_writer_that_is_killed_leaves_a_sound_history() {
    let project = Project::locked();
    // Enough artifacts that writing them takes longer than anything else.
    for number in 0..1500 {
        project.make(&format!("part-{number}"), "part");
    }
    ends(project.root(), &["lock"], 0, "");
    let path = project.at("repro-history.sqlite");
    let journal = project.at("repro-history.sqlite-journal");
    let mut told = BTreeSet::new();
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    let (mut in_the_middle, mut left) = (0, 0);
    for round in 0..60 {
        let mut writer = command(
            project.root(),
            &["gate", "--record-history", "--format", "json", "--output", "/dev/null"],
        );
        let mut child = writer.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        // At any time, or as soon as it is seen to write, or a little later.
        if round % 3 > 0 {
            for _ in 0..20_000 {
                if journal.exists() || child.try_wait().unwrap().is_some() {
                    break;
                }
                thread::sleep(Duration::from_micros(100));
            }
        }
        let delay = match round % 3 {
            0 => random(&mut seed) % 300_000,
            1 => 0,
            _ => random(&mut seed) % 20_000,
        };
        thread::sleep(Duration::from_micros(delay));
        in_the_middle += usize::from(journal.exists());
        child.kill().unwrap();
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        child.wait().unwrap();
        left += usize::from(journal.exists());
        told.extend(recorded(&err));
        if round % 10 == 9 {
            // A reader rolls back what was left, and a writer goes on.
            assert_eq!(repro(project.root(), &["history", "-q"]).code, Some(0));
            let ran = repro(project.root(), &["gate", "--record-history"]);
            assert_eq!(ran.code, Some(0), "{}", ran.err);
            told.insert(recorded(&ran.err).unwrap());
            sound(&path);
        }
    }
    println!(
        "killed in the middle {in_the_middle} times of 60, journals left {left}, runs told {}",
        told.len()
    );
    assert!(
        in_the_middle >= 10 && left >= 5,
        "the test must hit the writing: {in_the_middle}, {left}"
    );
    let there = runs(&path);
    assert!(told.is_subset(&there), "told {told:?}, there {there:?}");
    // A run is there with all its results, or not at all.
    let connection = Connection::open(&path).unwrap();
    let halves = "SELECT count(*) FROM runs WHERE (SELECT count(*) FROM results WHERE run = id) <> 1502";
    let halves: i64 = connection.query_row(halves, [], |row| row.get(0)).unwrap();
    assert_eq!(halves, 0);
}

#[test]
fn what_a_writer_left_that_was_killed_at_once_is_no_trouble() {
    let project = Project::locked();
    let path = project.at("repro-history.sqlite");
    fs::write(&path, "").unwrap();
    let ran = ends(project.root(), &["history"], 0, "");
    assert!(ran.out.contains("no run is recorded"), "{}", ran.out);
    project.gate("2026-11-27", 0);
    assert_eq!(project.report(&[])["runs"], 1);
}

#[test]
fn what_is_no_history_is_refused() {
    let project = Project::locked();
    for day in 1..=20 {
        project.gate(&format!("2026-11-{day:02}"), 0);
    }
    let whole = fs::read(project.at("repro-history.sqlite")).unwrap();
    assert!(whole.len() > 20_000);
    let other = project.at("other");
    Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE mine (x)")
        .unwrap();
    let foreign = fs::read(&other).unwrap();
    let newer = {
        fs::write(&other, &whole).unwrap();
        Connection::open(&other)
            .unwrap()
            .execute_batch("PRAGMA user_version = 2")
            .unwrap();
        fs::read(&other).unwrap()
    };
    let mut turned = whole.clone();
    for byte in turned.iter_mut().skip(4096).step_by(3) {
        *byte ^= 0x55;
    }
    for (bytes, says) in [
        (
            b"int main;\n".repeat(100),
            "no history of repro, not even an SQLite file",
        ),
        (foreign, "an SQLite file, but no history of repro"),
        (
            newer,
            "a history of version 2, this program knows 1: use the repro that wrote it, or a newer one",
        ),
        (whole[..whole.len() / 2].to_vec(), "damaged: "),
        (whole[..whole.len() - 100].to_vec(), "damaged: "),
        (whole[..5000].to_vec(), "damaged: "),
        (whole[..50].to_vec(), "damaged: "),
        (turned, "damaged: "),
    ] {
        fs::write(&other, &bytes).unwrap();
        let ran = ends(
            project.root(),
            &["history", "--file", "other"],
            2,
            &format!("other: {says}"),
        );
        assert!(ran.out.is_empty(), "{}", ran.out);
        ends(project.root(), &["gate", "--record-history=other"], 2, "other: ");
        let after = fs::read(&other).unwrap();
        assert!(after == bytes, "{says}: the file was changed");
    }
    ends(
        project.root(),
        &["history", "--file", "missing"],
        2,
        "missing: there is no such history",
    );
    ends(project.root(), &["history", "--file", "out"], 2, "out: not a file");
    fs::write(&other, &whole).unwrap();
    ends(project.root(), &["history", "--file", "other"], 0, "");
}

/// Whatever byte is another one: an answer or an error, and no crash. (The unit tests look at what is said.)
#[test]
fn any_damage_is_survived() {
    let project = Project::locked();
    for day in 1..=3 {
        project.gate(&format!("2026-11-{day:02}"), 0);
    }
    let whole = fs::read(project.at("repro-history.sqlite")).unwrap();
    let other = project.at("other");
    let mut seed = 42;
    for _ in 0..150 {
        let mut bytes = whole.clone();
        for _ in 0..1 + random(&mut seed) % 8 {
            let at = (random(&mut seed) % bytes.len() as u64) as usize;
            bytes[at] = random(&mut seed) as u8;
        }
        fs::write(&other, &bytes).unwrap();
        let _ = fs::remove_file(project.at("other-journal"));
        let ran = repro(project.root(), &["history", "--file", "other", "--format", "json"]);
        assert!(matches!(ran.code, Some(0 | 2)), "{:?} {}", ran.code, ran.err);
        match ran.code {
            Some(0) => drop(super::report(&ran.out)),
            _ => assert!(ran.err.contains("other: ") && ran.out.is_empty(), "{}", ran.err),
        }
    }
}

#[test]
fn a_history_that_may_only_be_read() {
    let project = Project::locked();
    project.gate("2026-11-27", 0);
    let path = project.at("repro-history.sqlite");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(project.root(), fs::Permissions::from_mode(0o555)).unwrap();
    let program = tempfile::tempdir().unwrap();
    // Root may write everything: then somebody else does it, with a program that he can reach.
    let root = nix::unistd::geteuid().is_root();
    let mut binary = REPRO.into();
    if root {
        binary = program.path().join("repro");
        copy_program(&binary);
        fs::set_permissions(program.path(), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&binary);
        command
            .args(arguments)
            .current_dir(project.root())
            .env("PATH", "/nowhere");
        if root {
            command.uid(65534).gid(65534);
        }
        ran(command)
    };
    let read = run(&["history"]);
    assert_eq!(read.code, Some(0), "{}", read.err);
    assert!(
        read.out
            .starts_with("100.0% reproduced: 2 of 2 results in 1 run on 2026-11-27"),
        "{}",
        read.out
    );
    let write = run(&["gate", "--record-history"]);
    assert_eq!(write.code, Some(2));
    assert!(
        write.err.contains("repro-history.sqlite: can't be written: "),
        "{}",
        write.err
    );
    let other = run(&["gate", "--record-history=new"]);
    assert_eq!(other.code, Some(2));
    assert!(other.err.contains("new: unable to open database file"), "{}", other.err);
    fs::set_permissions(project.root(), fs::Permissions::from_mode(0o755)).unwrap();
}
