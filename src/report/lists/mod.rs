//! Lists of problems, one file a format. They know no report: whatever has problems can be printed by them.

mod code_quality;
pub mod github;
pub(super) mod html;
pub(super) mod junit;
pub(super) mod markdown;
mod sarif;
#[cfg(test)]
mod tests;
mod text;

use crate::{model::ProblemReport, report::format::Format};
use std::io::{self, Write};

/// Writes a list of problems.
pub type Writer = fn(&ProblemReport, &mut dyn Write) -> io::Result<()>;

/// What writes a format, if that is a list of problems.
pub fn writer(format: Format) -> Option<Writer> {
    match format {
        Format::Sarif => Some(sarif::write),
        Format::Junit => Some(junit::write),
        Format::CodeQuality => Some(code_quality::write),
        Format::Github => Some(github::write),
        Format::Text | Format::Json | Format::Tagged | Format::Html | Format::Markdown => None,
    }
}
