//! What a build is known to have been made in, as others and we have written it down. One file a kind of record, recognised by
//! content. A signature is not judged here: a record is its maker's word.

mod arch;
pub(crate) mod deb822;
mod debian;
mod moment;
mod own;
mod statement;
#[cfg(test)]
mod tests;
mod variables;
mod zone;

pub use own::Told;
pub use variables::variables;

use crate::{
    bytes::{Error, source},
    model::{Fact, FactKind, Known, Record},
};
use std::path::Path;

/// No record is larger, in bytes.
const LIMIT: u64 = 64 << 20;
/// Longest build, in seconds, where a record tells only when it began or when it was over.
pub const LONGEST: i64 = 12 * 3600;

/// Reads a record of whatever kind.
///
/// # Errors
/// It can't be read, or is no record: what, and at which line or key.
pub fn read(path: &Path) -> Result<Record, Error> {
    let text = source::text(path, LIMIT).map_err(|error| Error::at(path, &error))?;
    let (kind, mut record) = parse(&text).map_err(|error| error.of(path))?;
    record.whose = format!("{} ({kind})", path.display());
    Ok(record)
}

/// What kind of record a text is, and what it says.
///
/// # Errors
/// It is none: what is wrong, and at which line or key.
pub fn parse(text: &str) -> Result<(String, Record), Error> {
    let start = text.trim_start();
    if start.starts_with('{') {
        let json = serde_json::from_str(text)
            .map_err(|error: serde_json::Error| wrong(error.line(), &error).because(error))?;
        return if statement::detect(&json) {
            statement::read(&json)
        } else {
            own::read(&json)
        };
    }
    if arch::detect(start) {
        return arch::read(text);
    }
    if debian::detect(start) {
        return debian::read(text);
    }
    let first: String = start.lines().next().unwrap_or_default().chars().take(40).collect();
    Err(wrong(
        1,
        format_args!(
            "{first:?} begins no record: give what `repro build --record` wrote, a .buildinfo, a .BUILDINFO, or an in-toto statement"
        ),
    ))
}

/// What is wrong in a line.
fn wrong(line: usize, what: impl std::fmt::Display) -> Error {
    Error::malformed(what).in_line(Some(line))
}

impl Fact {
    /// A text; none if it is empty.
    fn text(kind: FactKind, value: &str, place: impl Into<String>) -> Option<Self> {
        let value = value.trim();
        (!value.is_empty()).then(|| Self {
            kind,
            value: Known::Text(value.to_owned()),
            place: place.into(),
        })
    }
    /// A number.
    fn number(kind: FactKind, value: i64, place: impl Into<String>) -> Self {
        Self {
            kind,
            value: Known::Number(value),
            place: place.into(),
        }
    }
    /// The moments from one to another.
    fn window(kind: FactKind, (from, to): (i64, i64), place: impl Into<String>) -> Self {
        Self {
            kind,
            value: Known::Window { from, to },
            place: place.into(),
        }
    }
    /// A value with a name of its own.
    fn named(kind: FactKind, name: &str, value: &str, place: impl Into<String>) -> Self {
        Self {
            kind,
            value: Known::Named {
                name: name.to_owned(),
                value: value.to_owned(),
            },
            place: place.into(),
        }
    }
}
