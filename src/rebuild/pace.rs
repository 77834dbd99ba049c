//! How the clock goes that a build is shown.

use super::units;
use crate::notation::Unreadable;
use serde::{Deserialize, Serialize};

/// How the build's clock goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// It stands still, and all files that the build writes show one time.
    Frozen,
    /// By what the build does: sleeping moves it on, and each file that is written shows a later time than the one before.
    #[default]
    Logical,
    /// As fast as the real one.
    Running,
}

impl Pace {
    /// Every pace, the default first.
    pub const ALL: &[Pace] = &[Pace::Logical, Pace::Frozen, Pace::Running];

    /// As users write it.
    pub fn name(self) -> &'static str {
        match self {
            Pace::Frozen => "frozen",
            Pace::Logical => "logical",
            Pace::Running => "running",
        }
    }
}

/// What is asked of a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// How it goes.
    pub pace: Option<Pace>,
    /// What it shows at first, in seconds since 1970.
    pub start: Option<i64>,
}

impl Asked {
    /// What is asked here, or else there.
    #[must_use]
    pub fn or(self, other: Asked) -> Asked {
        Asked {
            pace: self.pace.or(other.pace),
            start: self.start.or(other.start),
        }
    }
}

/// `frozen`, `@N` or `frozen@N`: a pace, a moment in seconds since 1970, or both.
///
/// # Errors
/// It is none of these, or a time that not every file system and archive can hold.
pub fn asked(text: &str) -> Result<Asked, Unreadable> {
    let text = text.trim();
    let (pace, start) = match text.find('@') {
        Some(at) => text.split_at(at),
        None if text.starts_with(|c: char| c.is_ascii_alphabetic()) => (text, ""),
        None => ("", text),
    };
    let pace = match pace {
        "" => None,
        name => Some(
            Pace::ALL
                .iter()
                .copied()
                .find(|pace| pace.name() == name)
                .ok_or_else(|| {
                    Unreadable::not(text, "a clock: write logical, frozen or running, @N, or both: frozen@N")
                })?,
        ),
    };
    let start = match start {
        "" if pace.is_some() => None,
        moment => Some(units::moment(moment)?),
    };
    Ok(Asked { pace, start })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_a_moment_or_both() {
        let read = |text| asked(text).map(|asked| (asked.pace, asked.start)).ok();
        assert_eq!(read("@1700000000"), Some((None, Some(1_700_000_000))));
        assert_eq!(read("1700000000"), Some((None, Some(1_700_000_000))));
        assert_eq!(read("frozen"), Some((Some(Pace::Frozen), None)));
        assert_eq!(
            read("running@1700000000"),
            Some((Some(Pace::Running), Some(1_700_000_000)))
        );
        for wrong in ["", "still", "frozen@", "frozen 1", "@@1", "@x"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
