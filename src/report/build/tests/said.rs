//! Long reports, builds that fail, and experiments that were cut short.

use super::*;
use crate::model::{BuildFailure, BuildPins, FailureHint, GuiltyPin};

/// Without the flag a report is bounded, and short where there are one or two culprits, however much there is to say.
#[test]
fn a_long_report_is_folded() {
    let mut report = broken();
    let mut set = report.guilty[0].clone();
    set.unexplained = vec![place(); 5];
    set.findings = vec![finding(); 7];
    for (n, finding) in set.findings.iter_mut().enumerate() {
        finding.cause = ["archive-mtime", "gzip-mtime", "build-path"][n % 3];
        finding.a = "a\n".repeat(9);
    }
    set.first.as_mut().unwrap().parents = vec![words("make"); 9];
    report.guilty = vec![set; 9];
    let text = text_of(&report, false);
    assert!(text.lines().count() <= 130, "{} lines\n{text}", text.lines().count());
    // None is folded away.
    assert_eq!(text.matches("\ntime  changes dist/hello.tar.gz\n").count(), 9, "{text}");
    assert_eq!(
        text.matches("causes     archive-mtime, gzip-mtime and build-path (--verbose shows the bytes)")
            .count(),
        5
    );
    assert!(text_of(&report, true).lines().count() > 200);
    report.guilty.truncate(2);
    let text = text_of(&report, false);
    assert!(text.lines().count() <= 85, "{} lines\n{text}", text.lines().count());
}

/// A build that fails in the control environment, and there only.
fn failing() -> RebuildReport {
    let mut report = clean();
    report.verdict = BuildVerdict::BuildFails;
    report.reason = Some("in the control environment, the build failed: make: exit status 2\nlast line".to_owned());
    for run in &mut report.runs {
        run.outcome = RunOutcome::Failed;
        run.failure = Some(BuildFailure {
            hints: vec![FailureHint {
                id: "no-network",
                what: "a build has no network".to_owned(),
                fix: "--network lets it".to_owned(),
            }],
            errors: vec!["x.c:1: \u{1b}[31merror".to_owned()],
            lines: 1200,
            log: None,
        });
    }
    report.pins = Some(BuildPins {
        plain: 3,
        guilty: Some(GuiltyPin {
            name: "clock",
            what: "the clock stands still",
            fix: "--clock running",
            alone: true,
            runs: vec![4, 5],
        }),
    });
    report
}

#[test]
fn a_build_that_fails_is_told_with_its_way_out() {
    let mut report = failing();
    let text = text_of(&report, false);
    for said in [
        "build fails: in the control environment, the build failed: make: exit status 2\n  a build has no network\n    fix --network lets it\n",
        "  what looks like the error\n    x.c:1: ",
        "  the last lines\n    last line\n  the whole log has 1200 lines: --build-log FILE writes it\n",
        "    fix --clock running\n",
    ] {
        assert!(text.contains(said), "{text}");
    }
    let pin = "the control environment's clock breaks this build: the clock stands still. With nothing pinned it succeeds (run 3), with nothing but clock freed, too (runs 4 and 5)";
    let unbroken = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(unbroken(&text).contains(pin), "{text}");
    let mut marked = Vec::new();
    markdown::write(&report, &mut marked).unwrap();
    let marked = String::from_utf8(marked).unwrap();
    assert!(
        marked.contains("- a build has no network. **Fix:** --network lets it") && marked.contains(pin),
        "{marked}"
    );
    let mut page = Vec::new();
    html::write(&report, &mut page).unwrap();
    assert!(
        String::from_utf8(page)
            .unwrap()
            .contains("a build has no network. <b>Fix:</b> --network lets it")
    );
    assert!(![text, marked].iter().any(|text| text.contains('\u{1b}')));
    report.pins.as_mut().unwrap().guilty = None;
    assert!(unbroken(&text_of(&report, false)).contains("with nothing pinned it fails, too (run 3)"));
}

#[test]
fn quick_says_what_it_did_not_look_for() {
    let mut report = clean();
    report.plan.quick = true;
    let text = text_of(&report, false);
    assert!(
        text.starts_with("reproducible as far as tested: 4 variations, all at once, change nothing in"),
        "{text}"
    );
    let mut report = broken();
    report.plan.quick = true;
    report.guilty.truncate(1);
    report.guilty[0].variations = (0..20).map(|n| format!("v{n}")).collect();
    report.guilty[0].fixes.clear();
    let text = text_of(&report, false);
    assert!(
        text.contains("20 variations together  change dist/hello.tar.gz"),
        "{text}"
    );
    assert!(
        text.contains("without --quick") && text.contains("varied at once (20 variations): v0"),
        "{text}"
    );
}

#[test]
fn what_was_tried_is_said_of_each_artifact() {
    let mut report = broken();
    report.plan.try_fixes = true;
    let set = &mut report.guilty[0];
    set.artifacts = words("a b");
    (set.fixes[0].mends, set.fixes[0].leaves) = (words("a"), words("b"));
    (set.fixes[1].proved, set.fixes[1].breaks) = (false, true);
    set.fixes[1].mends.clear();
    let text = text_of(&report, false);
    for said in [
        "  proved: with TZ=UTC set, the same 1 run are identical in a (7)",
        "  tried for a: TZ mends it; SOURCE_DATE_EPOCH makes the build fail\n",
        "  tried for b: TZ does not help; SOURCE_DATE_EPOCH makes the build fail: nothing that is known helps\n",
        "  no fix is known that takes nothing but other variables\n",
    ] {
        let text = text.replace("\n    ", " ");
        assert!(text.contains(said), "{said}\n{text}");
    }
}
