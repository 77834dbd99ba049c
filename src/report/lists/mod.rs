//! Lists of problems, one file a format. They know no report: whatever has problems can be printed by them.

pub mod code_quality;
pub mod github;
pub mod html;
pub mod junit;
pub mod markdown;
pub mod sarif;
#[cfg(test)]
mod tests;
mod text;
