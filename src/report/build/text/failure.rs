//! A build that fails: the usual failures first, then its own words.

use crate::{
    model::{BuildFailure, RebuildReport},
    notation::clean,
    report::{build::failure, parts::text::Page},
};
use std::io;

impl Page<'_> {
    /// Why the build fails; nothing if it does not.
    pub(super) fn failure(&mut self, report: &RebuildReport) -> io::Result<()> {
        let found = failure::failed(report);
        if let Some(found) = found {
            self.wrong(found)?;
        }
        if let Some((said, fix)) = failure::pins(report) {
            self.way_out(&said, fix.as_deref())?;
        }
        let errors = found.map_or(&[][..], |found| &found.errors);
        if !errors.is_empty() {
            self.line("  what looks like the error")?;
        }
        for line in errors {
            self.line(format_args!("    {}", clean(line)))?;
        }
        let last = report.reason.as_deref().unwrap_or_default().lines().skip(1);
        let margin = if errors.is_empty() { "  " } else { "    " };
        for (n, line) in last.enumerate() {
            if n == 0 && !errors.is_empty() {
                self.line("  the last lines")?;
            }
            self.line(format_args!("{margin}{}", clean(line)))?;
        }
        if let Some(found) = found.filter(|found| found.lines > 0) {
            self.prose(4, format_args!("  {}", failure::log(found)))?;
        }
        Ok(())
    }

    /// Usual failures.
    pub(super) fn wrong(&mut self, found: &BuildFailure) -> io::Result<()> {
        for (what, fix) in failure::hints(found) {
            self.way_out(&what, Some(&fix))?;
        }
        Ok(())
    }

    /// What is wrong, and what to do.
    fn way_out(&mut self, what: &str, fix: Option<&str>) -> io::Result<()> {
        self.prose(2, format_args!("  {what}"))?;
        match fix {
            Some(fix) => self.prose(4, format_args!("    fix {fix}")),
            None => Ok(()),
        }
    }
}
