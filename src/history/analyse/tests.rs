//! Courses of artifacts over days, and what is said of them.

use super::*;
use crate::{
    model::{Basis, EnvironmentItem, NewRun, Outcome, RunEnvironment, RunKind, RunResult},
    notation::calendar::DAY,
};

const START: i64 = 1_790_000_000; // 2026-09-21
const HOUR: i64 = 3600;

fn history(runs: &[NewRun]) -> (tempfile::TempDir, History) {
    let folder = tempfile::tempdir().unwrap();
    let mut history = History::write(&folder.path().join("history")).unwrap();
    for run in runs {
        history.record(run).unwrap();
    }
    (folder, history)
}

/// A run whose artifacts came out as their letters say: `=` reproduced, `x` failed, `?` unknown.
fn run(at: i64, artifacts: &[(&str, char)]) -> NewRun {
    let results = artifacts.iter().map(|(path, letter)| RunResult {
        path: (*path).to_owned(),
        outcome: match letter {
            '=' => Outcome::Reproduced,
            'x' => Outcome::Failed,
            _ => Outcome::Unknown,
        },
        state: "state".to_owned(),
        sha256: None,
        locked: Some("1".repeat(64)),
        cause: (*letter == 'x').then(|| "cpp-date-time".to_owned()),
        why: None,
    });
    NewRun {
        at,
        kind: RunKind::Gate,
        project: "p".to_owned(),
        verdict: "pass".to_owned(),
        reason: None,
        commit: Some("a".repeat(40)),
        source: Some(format!("sha256:{}", "b".repeat(64))),
        command: Some("sha256:c".to_owned()),
        environment: Some(environment("12.2.0-14")),
        results: results.collect(),
    }
}

fn environment(gcc: &str) -> RunEnvironment {
    let item = EnvironmentItem {
        value: gcc.to_owned(),
        package: None,
    };
    RunEnvironment {
        basis: Basis::Machine,
        items: [("package gcc-12".to_owned(), item)].into(),
    }
}

/// Runs of one artifact, an hour apart.
fn course(letters: &str) -> Vec<NewRun> {
    let one = |(n, letter)| run(START + n as i64 * HOUR, &[("a", letter)]);
    letters.chars().enumerate().map(one).collect()
}

fn report(runs: &[NewRun], asked: &Asked) -> HistoryReport {
    let (_folder, history) = history(runs);
    analyse(Some(&history), asked).unwrap()
}

#[test]
fn courses() {
    let same = "nothing that was recorded changed: same source, same environment";
    for (letters, streak, before, longest, regression, summary) in [
        ("=", 1, 0, 1, false, "reproduced once, never failed".to_owned()),
        ("===", 3, 0, 3, false, "reproduced 3 times, never failed".to_owned()),
        ("x", 1, 0, 0, false, "not reproduced once, never reproduced".to_owned()),
        (
            "xx",
            2,
            0,
            0,
            false,
            "not reproduced twice, never reproduced".to_owned(),
        ),
        ("=x", 1, 1, 1, true, format!("reproduced once, then not: {same}")),
        ("==?", 1, 2, 2, true, format!("reproduced twice, then not: {same}")),
        (
            "===xx",
            2,
            3,
            3,
            false,
            format!("reproduced 3 times, then not twice: {same}"),
        ),
        (
            "===x?x",
            3,
            3,
            3,
            false,
            format!("reproduced 3 times, then not 3 times: {same}"),
        ),
        ("===x==", 2, 0, 3, false, "reproduced again, twice in a row".to_owned()),
        ("===x=x", 1, 1, 3, true, format!("reproduced once, then not: {same}")),
    ] {
        let found = report(&course(letters), &Asked::default());
        let artifact = &found.artifacts[0];
        assert_eq!(artifact.streak, streak, "{letters}");
        assert_eq!(artifact.reproduced_before, before, "{letters}");
        assert_eq!(artifact.longest, longest, "{letters}");
        assert_eq!(artifact.regression, regression, "{letters}");
        assert_eq!(artifact.summary, summary, "{letters}");
        assert_eq!(artifact.strip.len(), letters.len());
        let last = letters.rfind('=').map(|at| at as i64 + 1);
        assert_eq!(
            artifact.last_reproduced.as_ref().map(|point| point.run),
            last,
            "{letters}"
        );
        let bad = letters.trim_end_matches(['x', '?']).len();
        let first = (bad < letters.len()).then_some(bad as i64 + 1);
        assert_eq!(
            artifact.first_failure.as_ref().map(|point| point.run),
            first,
            "{letters}"
        );
        assert_eq!(found.checks.regressions, usize::from(regression));
    }
}

#[test]
fn what_changed_with_the_first_failure() {
    let told = |change: &dyn Fn(&mut NewRun)| {
        let mut runs = course("==============x");
        change(runs.last_mut().unwrap());
        let found = report(&runs, &Asked::default());
        let summary = found.artifacts[0].summary.clone();
        summary
            .strip_prefix("reproduced 14 times, then not: ")
            .unwrap()
            .to_owned()
    };
    let gcc = told(&|run| run.environment = Some(environment("12.2.0-15")));
    assert_eq!(gcc, "same source, other gcc-12 (12.2.0-14 → 12.2.0-15)");
    let source = told(&|run| {
        run.source = Some("sha256:d".to_owned());
        run.commit = Some("e".repeat(40));
    });
    assert_eq!(source, "source changed: aaaaaaaa → eeeeeeee, same environment");
    let uncommitted = told(&|run| run.source = Some(format!("sha256:{}", "d".repeat(64))));
    assert_eq!(uncommitted, "source changed: bbbbbbbb → dddddddd, same environment");
    let commit_only = told(&|run| run.commit = Some("e".repeat(40)));
    assert_eq!(
        commit_only,
        "nothing that was recorded changed: same source, same environment"
    );
    let lock = told(&|run| run.results[0].locked = Some("2".repeat(64)));
    assert_eq!(lock, "same source, other lock: 11111111 → 22222222, same environment");
    let command = told(&|run| run.command = Some("sha256:d".to_owned()));
    assert_eq!(command, "same source, other build command, same environment");
    let nothing = told(&|run| (run.source, run.environment, run.commit) = (None, None, None));
    assert_eq!(
        nothing,
        "source not recorded, environment not recorded, or not in the same way"
    );
    let other_basis = told(&|run| run.environment.as_mut().unwrap().basis = Basis::Build);
    assert!(other_basis.contains("or not in the same way"), "{other_basis}");
}

#[test]
fn packages_of_one_source_are_told_together() {
    let with = |version: &str, kernel: &str| {
        let names = ["gcc-12", "cpp-12", "g++-12", "libgcc-12-dev"];
        let mut all: BTreeMap<String, EnvironmentItem> = BTreeMap::new();
        for name in names
            .map(|name| format!("package {name}"))
            .into_iter()
            .chain(["kernel".to_owned()])
        {
            let value = if name == "kernel" { kernel } else { version };
            let item = EnvironmentItem {
                value: value.to_owned(),
                package: None,
            };
            all.insert(name, item);
        }
        Some(RunEnvironment {
            basis: Basis::Machine,
            items: all,
        })
    };
    let mut runs = course("=x");
    runs[0].environment = with("1", "6.1");
    runs[1].environment = with("2", "6.2");
    let found = report(&runs, &Asked::default());
    assert_eq!(
        found.artifacts[0].summary,
        "reproduced once, then not: same source, other gcc-12, g++-12 and 2 more (1 → 2), kernel (6.1 → 6.2)"
    );
}

#[test]
fn the_rate_counts_what_is_in_the_window() {
    let mut runs = vec![
        run(START, &[("a", 'x'), ("b", 'x')]),
        run(START + 1, &[("a", '='), ("b", '=')]),
        run(START + 2, &[("a", '='), ("b", '?')]),
        run(START + 3, &[("a", '='), ("b", '='), ("c/d", '=')]),
    ];
    runs[0].kind = RunKind::Build;
    let count = |asked: Asked| {
        let found = report(&runs, &asked);
        (found.runs, found.count.reproduced, found.count.results)
    };
    let asked = Asked::default;
    assert_eq!(count(asked()), (4, 6, 9));
    assert_eq!(
        count(Asked {
            last: Some(1),
            ..asked()
        }),
        (1, 3, 3)
    );
    assert_eq!(
        count(Asked {
            last: Some(3),
            ..asked()
        }),
        (3, 6, 7)
    );
    assert_eq!(
        count(Asked {
            last: Some(99),
            ..asked()
        }),
        (4, 6, 9)
    );
    assert_eq!(
        count(Asked {
            since: Some(START + 2),
            ..asked()
        }),
        (2, 4, 5)
    );
    let both = Asked {
        since: Some(START + 3),
        last: Some(2),
        ..asked()
    };
    assert_eq!(count(both), (1, 3, 3));
    assert_eq!(
        count(Asked {
            kind: Some(RunKind::Build),
            ..asked()
        }),
        (1, 0, 2)
    );
    assert_eq!(
        count(Asked {
            project: Some("q".to_owned()),
            ..asked()
        }),
        (0, 0, 0)
    );
    let glob = |text: &str| Asked {
        artifact: Some(text.to_owned()),
        ..asked()
    };
    assert_eq!(count(glob("a")), (4, 3, 4));
    assert_eq!(count(glob("*")), (4, 5, 8), "a star stays within a name");
    assert_eq!(count(glob("**")), (4, 6, 9));
    assert_eq!(count(glob("c/*")), (1, 1, 1));
    let (_folder, history) = history(&runs);
    assert!(
        analyse(Some(&history), &glob("["))
            .unwrap_err()
            .to_string()
            .contains("--artifact")
    );
}

#[test]
fn a_window_of_one_night_knows_the_night_before() {
    let asked = Asked {
        last: Some(1),
        fail_on_regression: true,
        ..Asked::default()
    };
    let found = report(&course("===x"), &asked);
    assert!(found.artifacts[0].regression);
    assert_eq!(found.checks.failed.len(), 1);
    assert_eq!(found.artifacts[0].reproduced_before, 3);
    // It fails still, which is no news.
    assert_eq!(report(&course("===xx"), &asked).checks.failed, [""; 0]);
    // A regression that the newest run has mended, and one that was long before the window.
    assert_eq!(report(&course("===x="), &asked).checks.failed, [""; 0]);
    let mut runs = course("===x");
    runs.push(run(START + 9 * HOUR, &[("b", '=')]));
    assert_eq!(
        report(&runs, &asked).checks.failed,
        [""; 0],
        "the window has no run of it"
    );
    let wider = Asked { last: Some(2), ..asked };
    assert_eq!(report(&runs, &wider).checks.failed.len(), 1);
}

#[test]
fn fail_below_at_its_edges() {
    let fails = |reproduced: usize, results: usize, limit: &str| {
        let letters = "=".repeat(reproduced) + &"x".repeat(results - reproduced);
        let asked = Asked {
            fail_below: Some(limit.parse().unwrap()),
            ..Asked::default()
        };
        !report(&course(&letters), &asked).checks.failed.is_empty()
    };
    assert!(!fails(19, 20, "0.95"));
    assert!(fails(18, 20, "0.95"));
    assert!(!fails(9, 10, "0.9"));
    assert!(!fails(7, 10, "0.7"));
    assert!(fails(0, 1, "0.0001"));
    assert!(!fails(0, 1, "0"));
    assert!(!fails(1, 1, "1"));
    assert!(fails(28, 29, "1"));
}

#[test]
fn a_run_that_judged_nothing_is_no_success_of_any_artifact() {
    let mut runs = course("==");
    let mut broken = run(START + 9 * HOUR, &[]);
    broken.verdict = "build-fails".to_owned();
    broken.reason = Some("exit status 2".to_owned());
    runs.push(broken.clone());
    let asked = Asked {
        fail_on_regression: true,
        ..Asked::default()
    };
    let found = report(&runs, &asked);
    let artifact = &found.artifacts[0];
    assert_eq!((found.runs, found.count.results, found.count.unknown), (3, 3, 1));
    assert_eq!(
        (artifact.newest.state.as_str(), artifact.newest.outcome),
        ("build-fails", Outcome::Unknown)
    );
    assert_eq!(artifact.newest.why.as_deref(), Some("exit status 2"));
    assert!(artifact.regression && found.checks.failed.len() == 1);
    // Without any run before, the project itself is what fails.
    let found = report(&[broken], &asked);
    assert_eq!(
        (found.runs, found.count.results, found.artifacts[0].path.as_str()),
        (1, 1, "")
    );
    assert!(!found.artifacts[0].regression);
}

#[test]
fn gate_and_build_are_two_courses() {
    let mut runs = course("=x=x");
    runs[1].kind = RunKind::Build;
    runs[3].kind = RunKind::Build;
    let found = report(&runs, &Asked::default());
    let courses: Vec<_> = found
        .artifacts
        .iter()
        .map(|a| (a.kind, a.regression, a.streak))
        .collect();
    assert_eq!(courses, [(RunKind::Build, false, 2), (RunKind::Gate, false, 2)]);
}

#[test]
fn buckets_fit_the_span() {
    let found = |days: &[i64]| {
        let runs: Vec<NewRun> = days.iter().map(|day| run(START + day * DAY, &[("a", '=')])).collect();
        let found = report(&runs, &Asked::default());
        let from: Vec<String> = found.buckets.iter().map(|bucket| bucket.from.clone()).collect();
        (
            found.bucket,
            from.join(" "),
            found.buckets.iter().map(|bucket| bucket.runs).sum::<usize>(),
        )
    };
    assert_eq!(
        found(&[0, 0, 1, 34]),
        ("day", "2026-09-21 2026-09-22 2026-10-25".to_owned(), 4)
    );
    assert_eq!(
        found(&[0, 6, 7, 35]),
        ("week", "2026-09-21 2026-09-28 2026-10-26".to_owned(), 4)
    );
    assert_eq!(found(&[0, 9, 300]), ("month", "2026-09-01 2027-07-01".to_owned(), 3));
    assert_eq!(found(&[0, 2000]), ("year", "2026-01-01 2032-01-01".to_owned(), 2));
}

#[test]
fn causes_are_counted_where_something_failed() {
    let mut runs = course("xx?=");
    runs.push(run(START + 9 * HOUR, &[("b", 'x')]));
    let causes = report(&runs, &Asked::default()).causes;
    let told: Vec<_> = causes
        .iter()
        .map(|one| (one.cause.as_deref(), one.count, one.artifacts))
        .collect();
    assert_eq!(told, [(Some("cpp-date-time"), 3, 2), (None, 1, 1)]);
}
