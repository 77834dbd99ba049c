//! `repro build` gives every case of `corpus/build` the verdict and exactly the culprits that its `expected.toml` tells, for the
//! user of the test, and where that is root for a plain user too. A table goes to standard error.
//! `cargo test` does a sample, `--ignored` all of them; `REPRO_CASE=text` limits that to cases whose name contains the text. A case
//! whose tools are missing is left out and named; with `REPRO_REQUIRE_TOOLS=1` that is a failure.

use crate::support::copy_program;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fmt::{self, Write as _},
    fs,
    io::Write as _,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The tools of the control environment.
const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// `nobody`.
const PLAIN: u32 = 65534;

type Sets = BTreeSet<BTreeSet<String>>;

/// `expected.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// For `/bin/sh -c`.
    command: String,
    /// Globs.
    artifacts: Vec<String>,
    verdict: String,
    guilty: Sets,
    /// Causes that the findings must name.
    #[serde(default)]
    causes: BTreeSet<String>,
    /// The first file that differs, for one of the culprits.
    first: Option<String>,
    /// A program that wrote it, or one of its parents.
    writer: Option<String>,
    /// A program that a run leaves behind.
    leftover: Option<String>,
    /// Programs.
    #[serde(default)]
    needs: Vec<String>,
    /// Further options of `repro build`.
    #[serde(default)]
    options: Vec<String>,
}

struct Case {
    name: String,
    source: PathBuf,
    expected: Expected,
}

/// Who runs `repro`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    /// The user of the test, in the repository.
    Own,
    /// `nobody`, on a copy.
    Plain,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Who::Own if nix::unistd::geteuid().is_root() => "root",
            Who::Own => "user",
            Who::Plain => "nobody",
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Score {
    Exact,
    /// This machine can't vary a culprit, and the report says so.
    NotTestable,
    Innocents,
    Missed,
    Wrong,
}

/// How a case went.
struct Outcome {
    score: Score,
    verdict: String,
    guilty: Sets,
    runs: usize,
    seconds: f64,
    why: String,
}

/// The cases whose name contains the text.
fn cases(filter: &str) -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/build");
    let mut cases: Vec<_> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .filter(|(name, _)| name.contains(filter))
        .map(|(name, folder)| {
            let text = fs::read_to_string(folder.join("expected.toml")).unwrap_or_else(|e| panic!("{name}: {e}"));
            let expected = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}/expected.toml: {e}"));
            let source = folder.join("source");
            Case { name, source, expected }
        })
        .collect();
    cases.sort_by(|x, y| x.name.cmp(&y.name));
    cases
}

fn missing(case: &Case) -> Option<&String> {
    let there = |tool: &str| {
        SEARCH_PATH
            .split(':')
            .any(|folder| Path::new(folder).join(tool).exists())
    };
    case.expected.needs.iter().find(|tool| !there(tool))
}

/// Everything about a tree that a build could have changed.
fn state(folder: &Path) -> Vec<(PathBuf, u32, i64, i64, Vec<u8>)> {
    walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap)
        .map(|entry| {
            let meta = entry.metadata().unwrap();
            let content = match meta.is_file() {
                true => fs::read(entry.path()).unwrap(),
                false => Vec::new(),
            };
            (entry.into_path(), meta.mode(), meta.mtime(), meta.mtime_nsec(), content)
        })
        .collect()
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).sort_by_file_name() {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target).unwrap();
            fs::set_permissions(&target, fs::Permissions::from_mode(0o755)).unwrap();
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// A folder that anybody can enter, with a readable copy of the program.
fn public_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    copy_program(&folder.path().join("repro"));
    folder
}

/// Runs `repro build` on the case: its report, or what it said instead.
fn build(case: &Case, who: Who, public: &Path) -> Result<Value, String> {
    let home = tempfile::tempdir().unwrap();
    let copied = home.path().join("source");
    let source = match who {
        Who::Own => &case.source,
        Who::Plain => {
            fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
            chown(home.path(), Some(PLAIN), Some(PLAIN)).unwrap();
            copy(&case.source, &copied);
            &copied
        }
    };
    let before = state(source);
    let mut command = match who {
        Who::Own => Command::new(env!("CARGO_BIN_EXE_repro")),
        Who::Plain => {
            let mut command = Command::new("setpriv");
            let (uid, gid) = (format!("--reuid={PLAIN}"), format!("--regid={PLAIN}"));
            command
                .args([&uid, &gid, "--clear-groups", "--"])
                .arg(public.join("repro"));
            command
        }
    };
    command.args(["build", "--format", "json"]);
    for artifact in &case.expected.artifacts {
        command.args(["--artifact", artifact]);
    }
    let output = command
        .args(&case.expected.options)
        .args(["--", "/bin/sh", "-c", &case.expected.command])
        .current_dir(source)
        .env_clear()
        .env("PATH", SEARCH_PATH)
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    if state(source) != before {
        return Err("the source tree was changed".to_owned());
    }
    let report: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("{}: {}", output.status, said.lines().last().unwrap_or("nothing said"))
    })?;
    let status = match report["verdict"].as_str() {
        Some("reproducible") => 0,
        Some("unreproducible" | "intrinsically-unstable") => 1,
        _ => 2,
    };
    match output.status.code() == Some(status) {
        true => Ok(report),
        false => Err(format!("{} for {}", output.status, report["verdict"])),
    }
}

/// The strings of a list, of one key of its members where one is given.
fn names(list: &Value, key: Option<&str>) -> BTreeSet<String> {
    let members = list.as_array().into_iter().flatten();
    let member = |value: &Value| key.map_or(value, |key| &value[key]).as_str().map(str::to_owned);
    members.filter_map(member).collect()
}

/// Whether a command line is one of a program.
fn runs(command: &Value, program: &str) -> bool {
    let name = command[0].as_str().unwrap_or_default();
    name.rsplit('/').next() == Some(program)
}

/// What beside verdict and culprits is not as expected.
fn details(expected: &Expected, report: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let guilty: Vec<&Value> = report["guilty"].as_array().into_iter().flatten().collect();
    let causes: BTreeSet<_> = guilty
        .iter()
        .flat_map(|g| names(&g["findings"], Some("cause")))
        .collect();
    if !expected.causes.is_subset(&causes) {
        wrong.push(format!("causes are {causes:?}"));
    }
    let firsts: Vec<_> = guilty.iter().map(|g| &g["first"]).collect();
    if let Some(first) = &expected.first
        && !firsts.iter().any(|f| f["path"] == first.as_str())
    {
        wrong.push(format!(
            "first is {:?}",
            firsts.iter().map(|f| &f["path"]).collect::<Vec<_>>()
        ));
    }
    if let Some(writer) = &expected.writer {
        let wrote = |first: &&Value| {
            runs(&first["command"], writer)
                || first["parents"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|parent| runs(parent, writer)))
        };
        if !firsts.iter().any(wrote) {
            wrong.push(format!(
                "written by {:?}",
                firsts.iter().map(|f| &f["command"]).collect::<Vec<_>>()
            ));
        }
    }
    let left: Vec<_> = report["leftovers"].as_array().into_iter().flatten().collect();
    let as_expected = match &expected.leftover {
        Some(program) => left.iter().any(|l| runs(&l["command"], program)),
        None => left.is_empty(),
    };
    if !as_expected {
        wrong.push(format!("left behind: {left:?}"));
    }
    wrong
}

fn judge(expected: &Expected, report: &Value) -> (Score, String) {
    let verdict = report["verdict"].as_str().unwrap_or_default();
    let guilty = guilty(report);
    let not_tested = names(&report["not_tested"], Some("name"));
    if guilty == expected.guilty && verdict == expected.verdict {
        let wrong = details(expected, report);
        let score = if wrong.is_empty() { Score::Exact } else { Score::Wrong };
        return (score, wrong.join("; "));
    }
    let testable: Sets = expected
        .guilty
        .iter()
        .filter(|set| set.is_disjoint(&not_tested))
        .cloned()
        .collect();
    // "reproducible" is said only where everything was tested.
    let possible = match testable.is_empty()
        && expected.verdict != "build-fails"
        && expected.verdict != "intrinsically-unstable"
    {
        true => "undetermined",
        false => &expected.verdict,
    };
    if !not_tested.is_empty() && guilty == testable && verdict == possible {
        return (Score::NotTestable, format!("not tested: {not_tested:?}"));
    }
    let score = if verdict != expected.verdict && (verdict != "reproducible" || expected.guilty.is_empty()) {
        Score::Wrong
    } else if guilty.is_superset(&expected.guilty) {
        Score::Innocents
    } else if guilty.is_subset(&expected.guilty) {
        Score::Missed
    } else {
        Score::Wrong
    };
    let reason = report["reason"].as_str().unwrap_or_default();
    (score, reason.to_owned())
}

fn guilty(report: &Value) -> Sets {
    let all = report["guilty"].as_array().into_iter().flatten();
    all.map(|entry| names(&entry["variations"], None)).collect()
}

#[allow(clippy::disallowed_methods, reason = "the time is for the table only")]
fn try_case(case: &Case, who: Who, public: &Path) -> Outcome {
    let start = std::time::Instant::now();
    let report = build(case, who, public);
    let seconds = start.elapsed().as_secs_f64();
    match report {
        Ok(report) => {
            let (score, why) = judge(&case.expected, &report);
            Outcome {
                score,
                verdict: report["verdict"].as_str().unwrap_or_default().to_owned(),
                guilty: guilty(&report),
                runs: report["runs"].as_array().map_or(0, Vec::len),
                seconds,
                why,
            }
        }
        Err(why) => Outcome {
            score: Score::Wrong,
            verdict: "no report".to_owned(),
            guilty: Sets::new(),
            runs: 0,
            seconds,
            why,
        },
    }
}

/// `time timezone+umask`
fn sets(sets: &Sets) -> String {
    let set = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join("+");
    sets.iter().map(set).collect::<Vec<_>>().join(" ")
}

fn table(who: Who, cases: &[&Case], outcomes: &[Outcome]) -> String {
    let mut out = String::new();
    for (case, outcome) in cases.iter().zip(outcomes) {
        let Outcome {
            score,
            verdict,
            guilty,
            runs,
            seconds,
            why,
        } = outcome;
        let expected = format!("{} {}", case.expected.verdict, sets(&case.expected.guilty));
        let got = if *score == Score::Exact {
            String::new()
        } else {
            format!("{verdict} {}", sets(guilty))
        };
        let line = format!(
            "{who} {:<34} {score:?} {runs:>3} runs {seconds:>5.1} s  {expected}",
            case.name
        );
        writeln!(out, "{line}  {got}  {why}").unwrap();
    }
    let count = |score| outcomes.iter().filter(|outcome| outcome.score == score).count();
    writeln!(
        out,
        "{who}: {} cases: {} exactly right, {} right with innocents, {} wrong, {} missed, {} not testable here",
        cases.len(),
        count(Score::Exact),
        count(Score::Innocents),
        count(Score::Wrong),
        count(Score::Missed),
        count(Score::NotTestable)
    )
    .unwrap();
    out
}

/// One of each kind, and the kinds that are easily got wrong.
const SAMPLE: &[&str] = &[
    "aslr-order",
    "build-fails",
    "build_path-debug-info",
    "clean-debhelper",
    "clean-static-c",
    "conjunction-umask-zone",
    "env-whole",
    "fails-locale",
    "hangs-umask",
    "home-unwritable",
    "hostname-command",
    "leftover-daemon-setsid",
    "masked-time",
    "random-openssl",
    "random-perl-hash",
    "readdir_order-tar",
    "several-ar",
    "shell-echo",
    "time-date",
    "time-static-c",
    "unstable-one-of-two",
];

#[test]
fn a_sample_of_builds_gets_exactly_its_culprits() {
    let chosen = |case: &Case| SAMPLE.contains(&case.name.as_str());
    get_exactly_their_culprits(cases("").into_iter().filter(chosen).collect());
}

#[test]
#[ignore = "all cases take a quarter of an hour, and random-mktemp is not right yet: cargo test --test privileged rebuild:: -- --ignored"]
fn every_build_gets_exactly_its_culprits() {
    get_exactly_their_culprits(cases(&std::env::var("REPRO_CASE").unwrap_or_default()));
}

fn get_exactly_their_culprits(all: Vec<Case>) {
    let required = std::env::var_os("REPRO_REQUIRE_TOOLS").is_some_and(|v| v == "1");
    assert!(!all.is_empty(), "no case of that name");
    let left_out: Vec<_> = all
        .iter()
        .filter_map(|case| Some(format!("{}: no {}", case.name, missing(case)?)))
        .collect();
    let cases: Vec<_> = all.iter().filter(|case| missing(case).is_none()).collect();
    let public = public_folder();
    let mut who = vec![Who::Own];
    if nix::unistd::geteuid().is_root() {
        who.push(Who::Plain);
    }
    let mut said = format!(
        "left out for want of a tool: {}\n{}\n",
        left_out.len(),
        left_out.join("\n")
    );
    let mut failures = 0;
    for who in who {
        let outcomes: Vec<_> = cases
            .par_iter()
            .map(|case| try_case(case, who, public.path()))
            .collect();
        failures += outcomes
            .iter()
            .filter(|outcome| outcome.score > Score::NotTestable)
            .count();
        said.push_str(&table(who, &cases, &outcomes));
    }
    // Not captured: the table is wanted also where all is well.
    let _ = std::io::stderr().write_all(said.as_bytes());
    assert!(!required || left_out.is_empty(), "tools are missing");
    assert_eq!(failures, 0, "cases that are not exactly right; see the table");
}
