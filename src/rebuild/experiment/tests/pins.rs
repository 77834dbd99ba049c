//! Builds that fail in the control environment, and only there.

use super::*;
use crate::rebuild::pin::PINS;

/// A build that fails unless these are all freed.
fn needs(names: &'static [&'static str]) -> RebuildReport {
    let make = move |has: &dyn Fn(&str) -> bool, _: &BTreeMap<String, String>, _: usize| match names
        .iter()
        .all(|name| has(name))
    {
        true => built(&[("out", "x".to_owned())]),
        false => result(RunOutcome::Failed),
    };
    experiment(&build(), &mut fake(make))
}

#[test]
fn the_pin_that_breaks_a_build_is_found_by_halving() {
    for pin in PINS {
        let report = needs(Box::leak(Box::new([pin.name])));
        assert_eq!(report.verdict, BuildVerdict::BuildFails);
        let pins = report.pins.unwrap();
        let guilty = pins.guilty.unwrap();
        assert_eq!((guilty.name, guilty.alone), (pin.name, true));
        assert!(report.runs.len() <= 2 + 1 + 4 + 1, "{} runs", report.runs.len());
        let last = report.runs.last().unwrap();
        assert_eq!(last.freed, [pin.name]);
        assert!(
            last.replay.contains(&format!("--vary control --unpin {}", pin.name)),
            "{}",
            last.replay
        );
        assert_eq!(guilty.runs.last(), Some(&last.id));
    }
}

#[test]
fn two_pins_that_break_it_only_one_of_which_is_named() {
    let guilty = needs(&["clock", "locale"]).pins.unwrap().guilty.unwrap();
    assert_eq!((guilty.name, guilty.alone), ("locale", false));
}

#[test]
fn one_of_two_controls_fails() {
    let make = |_: &dyn Fn(&str) -> bool, _: &BTreeMap<String, String>, run| match run {
        2 => result(RunOutcome::Failed),
        _ => built(&[("out", "same".to_owned())]),
    };
    let report = experiment(&build(), &mut fake(make));
    assert_eq!(report.verdict, BuildVerdict::IntrinsicallyUnstable);
    assert!(report.reason.unwrap().contains("one failed"));
}
