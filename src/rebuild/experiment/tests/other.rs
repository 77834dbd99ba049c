//! Other values of variations.

use super::*;

/// With a build that is asked what is varied.
fn with_other(make: impl Fn(&dyn Fn(&str) -> bool) -> RunResult + 'static) -> RebuildReport {
    let mut fake = fake(move |varied, _, _| make(varied));
    fake.other = true;
    experiment(&build(), &mut fake)
}

#[test]
fn another_value_is_tried_where_the_first_changes_nothing() {
    let report = with_other(|_| built(&[("out", "same\n".to_owned())]));
    assert_eq!(report.verdict, BuildVerdict::Reproducible);
    assert_eq!(report.runs.last().unwrap().varied, ["home=unwritable"]);
    assert_eq!(report.runs.len(), 9);

    let report = with_other(|varied| built(&[("out", format!("cache: {}\n", varied("home=unwritable")))]));
    assert_eq!(report.verdict, BuildVerdict::Unreproducible);
    assert_eq!(guilty(&report), ["home differs"]);
    let home = &report.runs[report.guilty[0].only - 1];
    assert_eq!(home.varied, ["home=unwritable"]);
    assert!(home.replay.contains("--vary home=unwritable "), "{}", home.replay);

    let report = with_other(|varied| built(&[("out", format!("home: {}\n", varied("home")))]));
    assert_eq!(guilty(&report), ["home differs"]);
    assert!(report.runs.iter().all(|run| run.varied != ["home=unwritable"]));
}

#[test]
fn a_build_that_needs_a_home_is_not_blamed_for_it() {
    let mut fake = fake(|varied, _, _| match varied("home=unwritable") {
        true => result(RunOutcome::Failed),
        false => built(&[("out", "same\n".to_owned())]),
    });
    fake.other = true;
    let told = run(&build(), plan(), Vec::new(), &mut fake, &|_| ()).unwrap();
    assert_eq!(told.verdict, BuildVerdict::Reproducible);
    assert_eq!(told.innocent, ALL);
    let not = &told.not_tested[0];
    assert_eq!((&*not.name, &*not.why), ("home=unwritable", "the build fails there"));
}
