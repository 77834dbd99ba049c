//! The whole file is read and checked, whichever table is at fault.

use super::*;
use crate::{
    lint::Confidence,
    model::{Accept, Enforce},
    rebuild::config::step,
};
use std::time::Duration;

fn parse(text: &str) -> Result<Settings, Error> {
    Settings::parse(FILE, text)
}

#[track_caller]
fn refused(text: &str, says: &str) {
    let error = parse(text).unwrap_err().to_string();
    assert!(error.contains(says), "{error}\nnot {says}");
}

#[test]
fn every_table_is_read() {
    let text = r#"
        [build]
        artifacts = ["out/*.deb"]
        env = ["CC", "X=1"]
        secrets = ["TOKEN"]
        variations = { locale = false }
        timeout = "10m"
        total_timeout = 7200
        network = true
        all_files = true
        disk_limit = "2GiB"
        output_limit = 1000
        try_fixes = true
        seed = 7
        clock = "@1700000000"
        [[build.steps]]
        name = "configure"
        command = ["./configure", "--prefix=/usr"]
        [[build.steps]]
        command = "make -k"
        retry = 2
        halt_on_failure = false
        [gate]
        lock = "ci/repro.lock"
        artifacts = ["dist/*"]
        identical = ["dist/*.deb"]
        enforce = "warn"
        enforce_share = 0.25
        reference = "ref"
        record = "ci/record.json"
        [[gate.allow]]
        artifact = "dist/*.jar"
        causes = ["archive-mtime"]
        accept = "plausible"
        reason = "the plugin can't be told"
        until = 2027-01-31
        [lint]
        select = ["all"]
        ignore = ["lint-allow-unused"]
        confidence = "high"
        exclude = ["vendor/"]
        [[lint.allow]]
        rule = "c-date-time"
        path = "src/*.c"
        reason = "shown to people only"
        [history]
        file = "ci/all.sqlite"
        project = "t"
    "#;
    let settings = parse(text).unwrap();
    let build = &settings.build;
    assert_eq!(
        (build.timeout, build.total_timeout),
        (Some(Duration::from_secs(600)), Some(Duration::from_secs(7200)))
    );
    assert_eq!(
        (build.disk_limit, build.clock.start),
        (Some(2 << 30), Some(1_700_000_000))
    );
    let steps = build.steps();
    assert_eq!(
        steps[0],
        step("configure", vec!["./configure".into(), "--prefix=/usr".into()])
    );
    assert_eq!(steps[1].command, ["/bin/sh", "-c", "make -k"]);
    assert_eq!(
        (steps[1].name.as_str(), steps[1].retry, steps[1].halt_on_failure),
        ("step 2", 2, false)
    );
    let gate = &settings.gate;
    assert_eq!((gate.enforce, gate.enforce_share), (Some(Enforce::Warn), Some(0.25)));
    assert_eq!(gate.allow[0].accept, Some(Accept::Plausible));
    assert_eq!(gate.allow[0].until.as_deref(), Some("2027-01-31"));
    let lint = &settings.lint;
    assert_eq!((&lint.select[0], &lint.exclude[0]), (&"all".into(), &"vendor/".into()));
    assert_eq!(lint.confidence, Some(Confidence::High));
    assert_eq!(lint.allow[0].line, 43);
    assert_eq!(settings.history.path(), Path::new("ci/all.sqlite"));
    assert_eq!(settings.history.project(Path::new("/home/me/tool")), "t");
}

#[test]
fn nothing_is_set_where_nothing_is_written() {
    let settings = parse("").unwrap();
    assert!(settings.build.steps().is_empty() && settings.lint.allow.is_empty());
    assert_eq!(settings.history.path(), Path::new("repro-history.sqlite"));
    assert_eq!(settings.history.project(Path::new("/home/me/tool")), "tool");
}

#[test]
fn an_unknown_table_is_refused_with_what_was_meant() {
    refused(
        "[build]\ncommand = 'make'\n[lnt]\nselect = []\n",
        "repro.toml:3: unknown field `lnt`, expected one of `build`, `gate`, `lint`, `history`: did you mean `lint`?",
    );
    refused("[built]\n", "repro.toml:1: unknown field `built`");
    refused("stray = 1\n", "repro.toml:1: unknown field `stray`");
    refused("[build\n", "repro.toml:1");
}

#[test]
fn mistakes_in_build_are_named() {
    refused(
        "[build]\ncomand = 'x'\n",
        "repro.toml:2: unknown field `comand`, expected one of `command`",
    );
    refused("[build]\ncomand = 'x'\n", "did you mean `command`?");
    refused(
        "[[build.steps]]\ncommand='x'\nretries=1\n",
        "repro.toml:3: unknown field `retries`, expected one of `name`",
    );
    refused("[build]\n\ntimeout = '10 parsecs'\n", "repro.toml:3: \"10 parsecs\"");
    refused("[build]\ncommand = 5\n", "a command must be a string");
    refused("[build]\nnetwork = 'yes'\n", "repro.toml:2");
    refused("[build]\ncommand = 'x'\nsteps = [{command='y'}]\n", "not both");
    refused(
        "[build.variations]\ntime = true\nlocal = false\n",
        "repro.toml:3: variations: no variation is called \"local\"; there are time, timezone, locale",
    );
    refused("[build.variations]\nlocal = false\n", "did you mean `locale`?");
}

#[test]
fn mistakes_in_gate_are_named() {
    refused("[gate]\nenforced='warn'\n", "repro.toml:2: unknown field `enforced`");
    refused("[gate]\nenforce='maybe'\n", "repro.toml:2");
    refused("[gate]\nenforce_share=2.0\n", "repro.toml:2: gate: enforce_share is 2");
    refused(
        "[gate]\nartifacts=['x',\n'../x']\n",
        "repro.toml:3: gate: artifact \"../x\" leads out",
    );
    refused("[[gate.allow]]\ncauses=['archive-mtime']\n", "missing field `reason`");
    let rule = "[[gate.allow]]\ncauses=['archive-mtime']\nreason='y'\n";
    for (text, says) in [
        (
            rule.replace("'y'", "' '"),
            "repro.toml:3: gate: allow 1: reason is empty",
        ),
        (
            rule.replace("'archive-mtime'", ""),
            "repro.toml:2: gate: allow 1: causes is empty",
        ),
        (
            rule.replace("'archive-mtime'", "'archive-mtime',\n'archive-time'"),
            "repro.toml:3: gate: allow: no cause is called \"archive-time\"",
        ),
        (
            rule.replace("mtime", "mtim"),
            "lists them: did you mean `archive-mtime`?",
        ),
        (
            format!("{rule}accept='likely'\n"),
            "repro.toml:4: unknown variant `likely`, expected `plausible`",
        ),
        (
            format!("{rule}accepts='plausible'\n"),
            "repro.toml:4: unknown field `accepts`",
        ),
        (
            format!("{rule}until=10:00:00\n"),
            "repro.toml:4: gate: allow 1: until has no date",
        ),
        (
            format!("{rule}artifact='/x'\n"),
            "repro.toml:4: gate: allow 1: artifact \"/x\"",
        ),
    ] {
        refused(&text, says);
    }
}

#[test]
fn mistakes_in_lint_and_history_are_named() {
    refused("[lint]\n\nselected=[]\n", "repro.toml:3: unknown field `selected`");
    refused(
        "[lint]\nselect=[\n 'no-such-rule']\n",
        "repro.toml:3: lint: no rule is called",
    );
    refused("[lint]\nconfidence='sure'\n", "repro.toml:2: lint: confidence is");
    refused("[lint]\nexclude=['a[']\n", "repro.toml:2: lint: exclude");
    refused("[[lint.allow]]\nrule='x'\npath='y'\n", "missing field `reason`");
    let rule = "[[lint.allow]]\nrule='c-date-tme'\npath='y'\nreason='z'\n";
    refused(rule, "repro.toml:2: lint: no rule is called \"c-date-tme\"");
    refused(rule, "did you mean `c-date-time`?");
    refused("[history]\nfiles='x'\n", "repro.toml:2: unknown field `files`");
    refused("[history]\nproject=' '\n", "repro.toml:2: history: project is empty");
}

#[track_caller]
fn unreadable(folder: &Path, says: &str) {
    let error = Repository::read(folder).unwrap_err().to_string();
    assert_eq!(error, format!("{}: {says}", folder.join(FILE).display()));
}

#[test]
fn only_a_small_regular_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (at, path) = (folder.path(), folder.path().join(FILE));
    Repository::read(at).unwrap();
    fs::create_dir(&path).unwrap();
    unreadable(at, "is a directory");
    fs::remove_dir(&path).unwrap();
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
    unreadable(at, "not a regular file");
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("nowhere", &path).unwrap();
    unreadable(at, "No such file or directory");
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
    unreadable(at, "not a regular file");
    fs::remove_file(&path).unwrap();
    let full = "#".repeat(1 << 20);
    fs::write(&path, &full).unwrap();
    Repository::read(at).unwrap();
    fs::write(&path, full + "#").unwrap();
    unreadable(at, "larger than 1048576 bytes");
    fs::write(&path, b"a = \"\xff\"").unwrap();
    unreadable(at, "not UTF-8");
    let error = Repository::read(&path).unwrap_err().to_string();
    assert!(error.ends_with("repro.toml: is not a folder"), "{error}");
}

#[test]
fn what_is_written_decides_the_build_and_defaults_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[build]\ncommand = 'make'\nartifacts = ['x']\nseed = 9\nenv = ['A=b']\nvariations = { time = true, locale = false }\n";
    fs::write(folder.path().join(FILE), text).unwrap();
    let repository = Repository::read(folder.path()).unwrap();
    let build = repository.build().unwrap();
    let own = Build::default();
    assert_eq!((build.seed, build.variables["A"].as_str()), (9, "b"));
    assert_eq!((build.timeout, build.disk_limit), (own.timeout, own.disk_limit));
    assert_eq!(
        (build.variations, build.without),
        (vec!["time".into()], vec!["locale".into()])
    );
    assert_eq!(build.artifacts, ["x"]);
    assert!(
        repository
            .command()
            .unwrap()
            .is_some_and(|digest| digest.starts_with("sha256:"))
    );
    let error = BuildTable::default().build(folder.path()).unwrap().check().unwrap_err();
    assert!(error.to_string().starts_with("nothing to build"), "{error}");
}
