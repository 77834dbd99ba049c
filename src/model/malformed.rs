//! Why bytes are not what a format asks for.

use std::{borrow::Cow, fmt};

/// Why bytes could not be opened as a format. Never aborts a comparison: the part becomes opaque bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Malformed {
    /// Where, in the container.
    pub offset: usize,
    /// What the format asks for there.
    pub expected: Cow<'static, str>,
    /// What stands there.
    pub found: Cow<'static, str>,
    /// A limit was hit: the bytes may be well-formed.
    pub limit: bool,
}

impl Malformed {
    /// Something else stands at `offset`.
    pub fn at(offset: usize, expected: impl Into<Cow<'static, str>>, found: impl Into<Cow<'static, str>>) -> Self {
        Self {
            offset,
            expected: expected.into(),
            found: found.into(),
            limit: false,
        }
    }
    /// The bytes end before `expected`.
    pub fn truncated(offset: usize, expected: impl Into<Cow<'static, str>>) -> Self {
        Self::at(offset, expected, "the end")
    }
    /// Nothing opens this format, but its name is known.
    pub fn unopened(name: String) -> Self {
        Self::at(0, "", name)
    }
    /// The name of a format that nothing opens.
    pub fn name(&self) -> Option<&str> {
        self.expected.is_empty().then_some(&*self.found)
    }
    /// A limit stopped the reading.
    pub fn limit(what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            offset: 0,
            expected: what.into(),
            found: "more".into(),
            limit: true,
        }
    }
}

impl std::error::Error for Malformed {}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name() {
            return write!(f, "{name}, not opened");
        }
        write!(
            f,
            "at offset {}: expected {}, found {}",
            self.offset, self.expected, self.found
        )
    }
}
