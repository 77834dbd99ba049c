//! Which Python builds a wheel: the one that its tag names, else one of its day.

use super::{
    Error,
    evidence::{Wheel, day},
};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A CPython of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Python {
    /// Its own path.
    pub path: String,
    /// The number behind `3.`.
    pub minor: u32,
}

/// Versions that are looked for.
const MINORS: std::ops::RangeInclusive<u32> = 6..=15;
/// A version is in use some months after it came.
const ADOPTED: i64 = 120 * 86_400;
/// The day of 3.6.0 and of 3.9.0, in seconds since 1970; from then on one a year, in October.
const SIX: i64 = 1_482_451_200;
const SEVEN: i64 = 1_530_057_600;
const EIGHT: i64 = 1_571_011_200;
const NINE: i64 = 1_601_856_000;
const YEAR: i64 = 31_556_952;
/// What a Python says of itself.
const ASK: &str = "import sys; print(sys.executable); print(sys.version_info[1])";

/// The Python for a wheel.
///
/// # Errors
/// The one that it takes is not installed.
pub(super) fn for_wheel(wheel: &Wheel, built: Option<i64>) -> Result<Python, Error> {
    if let Some(minor) = wheel.minor() {
        return find(minor)
            .ok_or_else(|| Error::unavailable(format!("it takes CPython 3.{minor}, which is not installed here")));
    }
    let all = installed();
    let least = wheel.oldest().or_else(|| least(&wheel.requires_python)).unwrap_or(0);
    let fits = |python: &&Python| python.minor >= least;
    let of_the_day = |python: &&Python| built.is_none_or(|built| released(python.minor) + ADOPTED <= built);
    // Without a day, not the newest: what builds with 3.11 mostly builds with what came since, and not the other way round.
    let usual = |python: &&Python| built.is_some() || python.minor <= 12;
    all.iter()
        .rev()
        .filter(fits)
        .find(|python| of_the_day(python) && usual(python))
        .or_else(|| all.iter().find(fits))
        .cloned()
        .ok_or_else(|| {
            let when = built.map(|built| format!(", as of {}", day(built))).unwrap_or_default();
            Error::unavailable(format!("no Python 3 from 3.{least} on is installed here{when}"))
        })
}

/// Up to two others that a pure wheel may have been built with.
pub(super) fn others(path: &str, wheel: &Wheel) -> Vec<Python> {
    if wheel.minor().is_some() {
        return Vec::new();
    }
    let least = wheel.oldest().or_else(|| least(&wheel.requires_python)).unwrap_or(0);
    let all: Vec<Python> = installed().into_iter().filter(|python| python.minor >= least).collect();
    let Some(at) = all.iter().position(|python| python.path == path) else {
        return Vec::new();
    };
    let before = at.checked_sub(1).and_then(|at| all.get(at));
    before.into_iter().chain(all.get(at + 1)).cloned().collect()
}

/// The versions of setuptools that environments of Python begin with (`ensurepip`): this Python's, the later first; or those that wrote
/// what no later one writes.
pub(super) fn bundled(path: &str, old: bool) -> &'static [&'static str] {
    if old {
        return &["58.1.0", "56.0.0", "49.2.1", "41.2.0"];
    }
    match known(path).map(|python| python.minor) {
        Some(7) => &["47.1.0"],
        Some(8) => &["56.0.0", "41.2.0"],
        Some(9) => &["58.1.0", "49.2.1"],
        Some(10) => &["65.5.0", "58.1.0"],
        Some(11) => &["65.5.0"],
        _ => &[],
    }
}

/// The number behind `>=3.` of `Requires-Python`.
fn least(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once(">=3.").or_else(|| text.split_once(">= 3."))?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// When a version came.
fn released(minor: u32) -> i64 {
    match minor {
        0..=6 => SIX,
        7 => SEVEN,
        8 => EIGHT,
        minor => NINE + i64::from(minor - 9) * YEAR,
    }
}

/// The one that lies there.
pub(super) fn known(path: &str) -> Option<Python> {
    installed().into_iter().find(|python| python.path == path)
}

/// All that are installed, the oldest first.
fn installed() -> Vec<Python> {
    MINORS.filter_map(find).collect()
}

/// The CPython of a version.
fn find(minor: u32) -> Option<Python> {
    let name = format!("python3.{minor}");
    let mut places: Vec<PathBuf> = versions(&name);
    let path = std::env::var_os("PATH").unwrap_or_default();
    places.extend(std::env::split_paths(&path).map(|folder| folder.join(&name)));
    places
        .iter()
        .filter(|place| place.is_file())
        .find_map(|place| asked(place))
        .filter(|python| python.minor == minor)
}

/// Where pyenv keeps a version.
fn versions(name: &str) -> Vec<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv"));
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or_else(home);
    let Some(folders) = root.and_then(|root| std::fs::read_dir(root.join("versions")).ok()) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = folders
        .flatten()
        .map(|entry| entry.path().join("bin").join(name))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found
}

/// What a Python of the caller's says of itself.
pub(super) fn asked(program: &Path) -> Option<Python> {
    let answer = Command::new(program)
        .args(["-I", "-c", ASK])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|answer| answer.status.success())?;
    let text = String::from_utf8(answer.stdout).ok()?;
    let (path, minor) = text.trim().split_once('\n')?;
    Some(Python {
        path: path.to_owned(),
        minor: minor.trim().parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_are_asked_for() {
        assert_eq!(least(">=3.8"), Some(8));
        assert_eq!(least(">=2.7, !=3.0.*, >=3.10,<4"), Some(10));
        assert_eq!(least(">=2.7"), None);
        assert!(released(11) > released(10) && released(9) > released(8));
    }
}
