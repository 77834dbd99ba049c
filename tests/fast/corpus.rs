//! Every pair of the corpus gets the verdict and the causes that its `expected.json` tells, either way round; with the records that lie beside it.
//! `REPRO_CASE=text` limits the run to the cases whose name contains the text.

use crate::support::{Case, Schema, cases, compare, compare_known, named, pair, records, word, wrong};
use rayon::prelude::*;

fn check(case: &Case) -> Vec<String> {
    let Some((a, b)) = pair(&case.folder) else {
        // Too big to commit: hostile.rs makes it.
        assert!(
            case.folder.join("recipe").exists(),
            "{}: neither a pair nor a recipe",
            case.name
        );
        return Vec::new();
    };
    let known = records(&case.folder);
    let [forth, back] = match &known {
        Some([x, y]) => [Some([x, y]), Some([y, x])],
        None => [None, None],
    };
    let report = compare_known(&a, &b, forth);
    let mut wrong = wrong(&case.expected, &report);
    let swapped = compare_known(&b, &a, back);
    if swapped.verdict != report.verdict || named(&swapped, false) != named(&report, false) {
        wrong.push(format!(
            "swapped: {} {:?} instead of {} {:?}",
            word(swapped.verdict),
            named(&swapped, false),
            word(report.verdict),
            named(&report, false)
        ));
    }
    wrong
}

/// Every report of the corpus is as `repro schema diff` says.
#[test]
fn every_report_follows_the_schema() {
    let schema = Schema::new(repro::schemas::DIFF);
    let failures: Vec<_> = cases()
        .iter()
        .filter_map(|case| Some((case, pair(&case.folder)?)))
        .filter(|(case, _)| !case.name.starts_with("hostile/"))
        .filter_map(|(case, (a, b))| {
            let report = serde_json::to_value(compare(&a, &b)).unwrap();
            let error = schema.check(&report).err()?;
            Some(format!("{}: {error}", case.name))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_pair_is_judged_as_expected() {
    let cases = cases();
    let failures: Vec<_> = cases
        .par_iter()
        .flat_map_iter(|case| check(case).into_iter().map(|what| format!("{}: {what}", case.name)))
        .collect();
    assert!(
        failures.is_empty(),
        "{} failures in {} cases\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}
