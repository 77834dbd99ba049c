//! What is recorded is read again; a file that something else wrote is not believed.

use super::*;
use crate::model::{Basis, EnvironmentItem, NewRun, Outcome, RunEnvironment, RunKind, RunResult};

fn run(at: i64, project: &str, version: &str) -> NewRun {
    let item = EnvironmentItem {
        value: version.to_owned(),
        package: None,
    };
    NewRun {
        at,
        kind: RunKind::Gate,
        project: project.to_owned(),
        verdict: "pass".to_owned(),
        reason: None,
        commit: None,
        source: Some("sha256:00".to_owned()),
        command: None,
        environment: Some(RunEnvironment {
            basis: Basis::Machine,
            items: [("package gcc".to_owned(), item)].into(),
        }),
        results: vec![RunResult {
            path: "a\n\0ü".to_owned(),
            outcome: Outcome::Reproduced,
            state: "same".to_owned(),
            sha256: None,
            locked: None,
            cause: None,
            why: Some("ü".repeat(5000)),
        }],
    }
}

fn rows(history: &History) -> Vec<Row> {
    let mut all = Vec::new();
    let mut tell = |row| {
        all.push(row);
        Ok(())
    };
    history.rows(&Filter::default(), &mut tell).unwrap();
    all
}

#[test]
fn what_is_recorded_is_read_in_order_of_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history");
    assert!(History::read(&path).unwrap().is_none());
    let mut history = History::write(&path).unwrap();
    for at in [300, 100, 200] {
        history.record(&run(at, "p", "1")).unwrap();
    }
    let history = History::read(&path).unwrap().unwrap();
    let rows = rows(&history);
    let seen: Vec<_> = rows.iter().map(|row| (row.at, row.run)).collect();
    assert_eq!(seen, [(100, 2), (200, 3), (300, 1)]);
    let result = rows[0].result.as_ref().unwrap();
    assert_eq!(result.path, "a\n\0ü");
    assert_eq!(
        result.why.as_deref(),
        Some("ü".repeat(1000).as_str()),
        "cut at a character"
    );
    assert_eq!(history.nth_newest(&Filter::default(), 2).unwrap(), Some((200, 3)));
    assert_eq!(history.nth_newest(&Filter::default(), 4).unwrap(), None);
}

#[test]
fn an_environment_is_kept_once_and_as_long_as_it_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history");
    let mut history = History::write(&path).unwrap();
    for (at, version) in [(1, "1"), (2, "1"), (3, "2"), (4, "2")] {
        history.record(&run(at, "p", version)).unwrap();
    }
    history.record(&run(0, "other", "1")).unwrap();
    let environments = |history: &History| -> i64 {
        let count = "SELECT count(*) FROM environments";
        history.connection.query_row(count, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(environments(&history), 2);
    let (a, b) = (history.made(1).unwrap(), history.made(2).unwrap());
    assert_eq!(a.environment, b.environment);
    let (_, id) = history.made(3).unwrap().environment.unwrap();
    assert_eq!(history.items(id).unwrap()["package gcc"].value, "2");
    let pruned = history.prune(2).unwrap();
    assert_eq!(pruned, Pruned { removed: 2, kept: 3 });
    assert_eq!(environments(&history), 2, "the other project still has the first");
    assert_eq!(history.prune(2).unwrap(), Pruned { removed: 0, kept: 3 });
    // A number is never given twice.
    assert_eq!(history.record(&run(9, "p", "3")).unwrap(), 6);
}

#[test]
fn what_cannot_be_recorded_is_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history");
    let mut history = History::write(&path).unwrap();
    let mut long = run(1, "p", "1");
    long.results[0].path = "x".repeat(1 << 17);
    assert!(
        history
            .record(&long)
            .unwrap_err()
            .to_string()
            .contains("a name of 131072 bytes")
    );
    assert!(
        history
            .record(&run(i64::MAX, "p", "1"))
            .unwrap_err()
            .to_string()
            .contains("9999")
    );
    let mut twice = run(1, "p", "1");
    twice.results.push(twice.results[0].clone());
    assert!(history.record(&twice).is_err());
    assert_eq!(rows(&history).len(), 0);
}

/// Makes a history, changes it by SQL with nothing in the way, and gives what reading and writing say of it.
fn changed(sql: &str) -> [String; 2] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history");
    History::write(&path).unwrap().record(&run(1, "p", "1")).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(sql).unwrap();
    drop(connection);
    let read = History::read(&path).map(|history| {
        let history = history.unwrap();
        let mut tell = |_| Ok(());
        let rows = history.rows(&Filter::default(), &mut tell);
        rows.and_then(|()| history.made(1))
            .and_then(|made| history.items(made.environment.unwrap().1))
    });
    let read = match read {
        Ok(Ok(_)) => String::new(),
        Ok(Err(error)) | Err(error) => error.to_string(),
    };
    let write = History::write(&path).err().map(|error| error.to_string());
    [read, write.unwrap_or_default()]
}

#[test]
fn a_file_that_something_else_changed_is_not_believed() {
    let unsafe_schema = "PRAGMA writable_schema = ON;";
    // Refused before anything is read.
    for (sql, says) in [
        ("PRAGMA application_id = 1", "no history of repro"),
        (
            "PRAGMA user_version = 2",
            "a history of version 2, this program knows 1",
        ),
        ("PRAGMA user_version = 0", "a history of version 0"),
        ("CREATE TABLE more (x)", "\"more\" is not as in a history of version 1"),
        ("CREATE VIEW v AS SELECT 1", "\"v\" is not as"),
        (
            "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END",
            "\"t\" is not as",
        ),
        ("DROP INDEX runs_by_time", "\"runs_by_time\" is not as"),
        ("ALTER TABLE runs ADD COLUMN x TEXT", "\"runs\" is not as"),
        (
            "DROP TABLE results; CREATE VIEW results AS SELECT 1 AS run",
            "\"results\" is not as",
        ),
    ] {
        for said in changed(sql) {
            assert!(said.contains(says), "{sql}: {said}");
        }
    }
    // Found when it is read.
    let unchecked = "PRAGMA ignore_check_constraints = ON;";
    for (sql, says) in [
        (
            format!("{unchecked} UPDATE runs SET kind = 'x'"),
            "damaged: CHECK constraint failed in runs",
        ),
        (
            format!("{unchecked} UPDATE results SET outcome = 'good'"),
            "CHECK constraint failed in results",
        ),
        (
            format!("{unchecked} UPDATE environments SET basis = ''"),
            "CHECK constraint failed in environments",
        ),
        (
            "UPDATE runs SET at = 9223372036854775807".to_owned(),
            "run 1 is of no moment that can be written",
        ),
        (
            "UPDATE results SET path = printf('%.*c', 2000000, 'x')".to_owned(),
            "longer than 1048576 bytes",
        ),
        (
            format!("{unsafe_schema} UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '') WHERE name = 'runs'"),
            "\"runs\" is not as in",
        ),
    ] {
        let [read, _] = changed(&sql);
        assert!(read.contains(says), "{sql}: {read}");
    }
}
