//! Fixes that are tried, and experiments that only ask whether.

use super::*;

#[test]
fn a_fix_is_proved_by_four_runs() {
    let make = |varied: &dyn Fn(&str) -> bool, remedies: &BTreeMap<String, String>, _| {
        built(&[(
            "out",
            dated(varied("time") && !remedies.contains_key("FORCE_SOURCE_DATE")),
        )])
    };
    let fixing = Build {
        try_fixes: true,
        ..build()
    };
    let report = experiment(&fixing, &mut fake(make));
    let fixes = &report.guilty[0].fixes;
    let tried: Vec<_> = fixes
        .iter()
        .map(|fix| (fix.name.as_str(), fix.proved, fix.runs.len()))
        .collect();
    assert_eq!(tried, [("SOURCE_DATE_EPOCH", false, 2), ("FORCE_SOURCE_DATE", true, 4)]);
    assert_eq!(fixes[0].environment["SOURCE_DATE_EPOCH"], "1795428672");
    let run = &report.runs[fixes[1].runs[1] - 1];
    assert_eq!(
        (&run.varied[..], &run.remedies[..]),
        (&["time".to_owned()][..], &["FORCE_SOURCE_DATE".to_owned()][..])
    );
    assert!(run.replay.contains("--vary time --remedy FORCE_SOURCE_DATE"));
}

#[test]
fn a_fix_that_breaks_the_build_proves_nothing() {
    let make = |varied: &dyn Fn(&str) -> bool, remedies: &BTreeMap<String, String>, _| match remedies.is_empty() {
        true => built(&[("out", dated(varied("umask")))]),
        false => result(RunOutcome::Failed),
    };
    let fixing = Build {
        try_fixes: true,
        ..build()
    };
    let report = experiment(&fixing, &mut fake(make));
    assert!(!report.guilty[0].fixes.is_empty());
    assert!(report.guilty[0].fixes.iter().all(|fix| !fix.proved));
}

/// Two artifacts, one of which each of two fixes mends.
#[test]
fn a_fix_that_mends_one_of_two_artifacts_is_one() {
    let make = |varied: &dyn Fn(&str) -> bool, remedies: &BTreeMap<String, String>, _| {
        let without = |name: &str| varied("time") && !remedies.contains_key(name);
        built(&[
            ("a", dated(without("ZERO_AR_DATE"))),
            ("b", dated(without("GZIP"))),
            ("c", dated(varied("time"))),
        ])
    };
    let fixing = Build {
        try_fixes: true,
        ..build()
    };
    let report = experiment(&fixing, &mut fake(make));
    let fixes = &report.guilty[0].fixes;
    let found = |name: &str| fixes.iter().find(|fix| fix.name == name).unwrap();
    for (name, mends, leaves) in [
        ("ZERO_AR_DATE", &["a"][..], &["b", "c"][..]),
        ("GZIP=-n", &["b"], &["a", "c"]),
        ("SOURCE_DATE_EPOCH", &[], &["a", "b", "c"]),
    ] {
        let fix = found(name);
        assert_eq!(
            (&fix.mends[..], &fix.leaves[..]),
            (&words(mends)[..], &words(leaves)[..])
        );
        assert!(!fix.proved && !fix.breaks);
        assert_eq!(fix.runs.len(), if mends.is_empty() { 2 } else { 4 });
    }
    let together = fixes.last().unwrap();
    assert!(together.name.starts_with("ZERO_AR_DATE + GZIP=-n"), "{}", together.name);
    assert_eq!(
        (&together.mends[..], &together.leaves[..]),
        (&words(&["a", "b"])[..], &words(&["c"])[..])
    );
}

fn words(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn what_mends_the_parts_is_tried_together_and_proved() {
    let make = |varied: &dyn Fn(&str) -> bool, remedies: &BTreeMap<String, String>, _| {
        let without = |name: &str| varied("time") && !remedies.contains_key(name);
        built(&[("a", dated(without("ZERO_AR_DATE"))), ("b", dated(without("GZIP")))])
    };
    let fixing = Build {
        try_fixes: true,
        ..build()
    };
    let report = experiment(&fixing, &mut fake(make));
    let last = report.guilty[0].fixes.last().unwrap();
    assert_eq!((last.name.as_str(), last.proved), ("ZERO_AR_DATE + GZIP=-n", true));
}

#[test]
fn quick_makes_three_runs_and_blames_no_single_one() {
    let quick = Build { quick: true, ..build() };
    let same = experiment(&quick, &mut fake(|_, _, _| built(&[("out", "x".to_owned())])));
    assert_eq!((same.verdict, same.runs.len()), (BuildVerdict::Reproducible, 3));
    assert_eq!(same.innocent.len(), ALL.len());
    let make = |varied: &dyn Fn(&str) -> bool, _: &BTreeMap<String, String>, _| {
        built(&[("out", dated(varied("time") && varied("umask")))])
    };
    let differs = experiment(&quick, &mut fake(make));
    assert_eq!((differs.verdict, differs.runs.len()), (BuildVerdict::Unreproducible, 3));
    assert_eq!(differs.guilty.len(), 1);
    assert_eq!(differs.guilty[0].variations.len(), ALL.len());
    assert_eq!(
        (differs.guilty[0].only, &differs.guilty[0].artifacts[..]),
        (3, &words(&["out"])[..])
    );
    let unstable = experiment(&quick, &mut fake(|_, _, run| built(&[("out", run.to_string())])));
    assert_eq!(
        (unstable.verdict, unstable.runs.len()),
        (BuildVerdict::IntrinsicallyUnstable, 2)
    );
}
