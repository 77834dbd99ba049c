//! Whether an artifact differs only because it holds a copy of the environment's variables.

use crate::rebuild::runner::ChangedVariable;
use std::ops::Range;

/// Longest run of quotes, colons and the like between a variable's name and its value.
const BETWEEN: usize = 8;

/// Writing the control's value over the varied one wherever it stands behind its variable's name, and leaving out the entries
/// of variables that only one side has, makes both sides the same.
pub(super) fn only_captured(control: &[u8], varied: &[u8], changes: &[ChangedVariable]) -> bool {
    let mut restored = varied.to_vec();
    for change in changes {
        if let (Some(here), Some(there)) = (&change.control, &change.varied) {
            restored = replaced(&restored, &change.name, there, here);
        }
    }
    if restored == control {
        return !changes.is_empty();
    }
    let one_sided: Vec<&ChangedVariable> = changes
        .iter()
        .filter(|change| change.control.is_none() || change.varied.is_none())
        .collect();
    !one_sided.is_empty() && entries(control, &one_sided).eq(entries(&restored, &one_sided))
}

/// What stands between line ends, NULs and commas, without quotes and brackets around it; not the entries of these variables.
fn entries<'t>(text: &'t [u8], without: &'t [&ChangedVariable]) -> impl Iterator<Item = &'t [u8]> {
    let ends = |c: &u8| matches!(c, b'\n' | 0 | b',');
    let around = |c: &u8| b" \t\r\"'(){}[];".contains(c);
    text.split(ends)
        .map(move |entry| {
            let start = entry.iter().position(|c| !around(c)).unwrap_or(entry.len());
            let end = entry.iter().rposition(|c| !around(c)).map_or(start, |at| at + 1);
            &entry[start..end]
        })
        .filter(move |entry| !entry.is_empty() && !without.iter().any(|change| is_of(entry, change)))
}

/// Whether an entry is `NAME=value`, `NAME": "value`, `export NAME='value`, of a variable that one side has.
fn is_of(entry: &[u8], change: &ChangedVariable) -> bool {
    let lead = ["export ", "declare -x ", "typeset -x "];
    let lead = lead.iter().find_map(|lead| entry.strip_prefix(lead.as_bytes()));
    let Some(rest) = lead.unwrap_or(entry).strip_prefix(change.name.as_bytes()) else {
        return false;
    };
    let between = rest.iter().take_while(|c| b"=\"': \t>".contains(c)).count();
    let value = change.control.as_ref().or(change.varied.as_ref());
    // Which value a shell gives its own variables depends on what it runs.
    (1..=BETWEEN).contains(&between) && value.is_none_or(|value| &rest[between..] == value.as_bytes())
}

/// Where `value` stands behind `name`: `NAME=value`, `"NAME": "value"`, `declare -x NAME="value"`. The range is the name's
/// start to the value's end; the number is where the value starts.
fn places(text: &[u8], name: &str, value: &str) -> Vec<(Range<usize>, usize)> {
    if value.is_empty() {
        return Vec::new();
    }
    let word = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
    let mut found: Vec<(Range<usize>, usize)> = Vec::new();
    for start in memchr::memmem::find_iter(text, name) {
        let behind = start + name.len();
        let whole = !start.checked_sub(1).is_some_and(|at| word(text[at]));
        let between = text[behind..]
            .iter()
            .take_while(|c| b"=\"': \t,>(\\".contains(c))
            .take(BETWEEN)
            .count();
        let from = behind + between;
        let free = found.last().is_none_or(|(last, _)| last.end <= start);
        let ended = text.get(from + value.len()).is_none_or(|c| !word(*c));
        if whole && free && between > 0 && text[from..].starts_with(value.as_bytes()) && ended {
            found.push((start..from + value.len(), from));
        }
    }
    found
}

fn replaced(text: &[u8], name: &str, old: &str, new: &str) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len());
    let mut done = 0;
    for (place, value) in places(text, name, old) {
        result.extend_from_slice(&text[done..value]);
        result.extend_from_slice(new.as_bytes());
        done = place.end;
    }
    result.extend_from_slice(&text[done..]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(name: &str, control: Option<&str>, varied: Option<&str>) -> ChangedVariable {
        ChangedVariable {
            name: name.to_owned(),
            control: control.map(str::to_owned),
            varied: varied.map(str::to_owned),
        }
    }

    #[test]
    fn copies_of_variables() {
        let tz = [change("TZ", Some("UTC"), Some("Asia/Tokyo"))];
        for (a, b) in [
            ("A=1\nTZ=UTC\nZ=2\n", "A=1\nTZ=Asia/Tokyo\nZ=2\n"),
            ("A=1\0TZ=UTC\0", "A=1\0TZ=Asia/Tokyo\0"),
            (r#"{"TZ": "UTC", "A": ""}"#, r#"{"TZ": "Asia/Tokyo", "A": ""}"#),
            ("declare -x TZ=\"UTC\"\n", "declare -x TZ=\"Asia/Tokyo\"\n"),
            ("{'TZ': 'UTC'}", "{'TZ': 'Asia/Tokyo'}"),
        ] {
            assert!(only_captured(a.as_bytes(), b.as_bytes(), &tz), "{a}");
        }
    }

    #[test]
    fn more_than_copies() {
        let tz = [change("TZ", Some("UTC"), Some("Asia/Tokyo"))];
        for (a, b) in [
            ("TZ=UTC\nat 10:00\n", "TZ=Asia/Tokyo\nat 19:00\n"),
            ("built in UTC\n", "built in Asia/Tokyo\n"),
            ("MYTZ=UTC\n", "MYTZ=Asia/Tokyo\n"),
        ] {
            assert!(!only_captured(a.as_bytes(), b.as_bytes(), &tz), "{a}");
        }
        assert!(!only_captured(b"a", b"b", &[]));
    }

    #[test]
    fn variables_that_come_or_go() {
        let new = [change("MAKEFLAGS", None, Some("-j4"))];
        for (a, b) in [
            ("A=1\nZ=2\n", "A=1\nMAKEFLAGS=-j4\nZ=2\n"),
            ("export A='1'\n", "export A='1'\nexport MAKEFLAGS='-j4'\n"),
            (r#"{"A": "1", "B": "2"}"#, r#"{"A": "1", "MAKEFLAGS": "-j4", "B": "2"}"#),
        ] {
            assert!(only_captured(a.as_bytes(), b.as_bytes(), &new), "{a}");
        }
        assert!(!only_captured(b"A=1\n", b"A=1\nflags: MAKEFLAGS=-j4\n", &new));
        let gone = [change("TMPDIR", Some("/tmp"), None)];
        assert!(only_captured(b"A=1\nTMPDIR=/tmp\n", b"A=1\n", &gone));
    }
}
