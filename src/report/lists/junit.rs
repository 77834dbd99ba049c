//! JUnit XML: one suite a command, one case a check.
//!
//! What XML cannot hold, and what a terminal would obey, is spelt out (`\x1b`); quick-junit escapes the rest.

use super::text::clean_lines;
use crate::{
    model::{CheckOutcome, CheckResult, ProblemReport},
    notation::clean,
};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::io::{self, Write};

/// All checks, and what went wrong with the command itself as cases that ended in an error.
pub fn write(report: &ProblemReport, out: &mut dyn Write) -> io::Result<()> {
    let mut suite = TestSuite::new(report.command);
    let case = |name: &str, status| {
        let mut case = TestCase::new(clean(name), status);
        case.set_classname(report.command);
        case
    };
    for check in &report.checks {
        suite.add_test_case(case(&check.name, status(&check.result)));
    }
    let told = |path: &String| {
        let error = |check: &CheckOutcome| check.name == *path && matches!(check.result, CheckResult::Error(_));
        report.checks.iter().any(error)
    };
    for (path, reason) in report.troubles.iter().filter(|(path, _)| !told(path)) {
        suite.add_test_case(case(path, status(&CheckResult::Error(reason.clone()))));
    }
    suite.set_system_out(clean_lines(&report.summary));
    let mut all = Report::new(report.command);
    all.add_test_suite(suite);
    all.serialize(out).map_err(io::Error::other)
}

fn status(result: &CheckResult) -> TestCaseStatus {
    let (mut status, message, text) = match result {
        CheckResult::Pass => return TestCaseStatus::success(),
        CheckResult::Fail(message, text) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("differs");
            (status, message, text.as_str())
        }
        CheckResult::Error(message) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("trouble");
            (status, message, "")
        }
        CheckResult::Skipped(message) => (TestCaseStatus::skipped(), message, ""),
    };
    status.set_message(clean(message));
    if !text.is_empty() {
        status.set_description(clean_lines(text));
    }
    status
}
