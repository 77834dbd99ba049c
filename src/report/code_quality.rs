//! GitLab's code quality report (a subset of Code Climate's).

use crate::model::ProblemReport;
use std::io::{self, Write};

/// To come by a merge.
pub fn write(_report: &ProblemReport, _out: &mut dyn Write) -> io::Result<()> {
    Ok(())
}
