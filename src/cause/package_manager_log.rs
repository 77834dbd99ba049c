//! package-manager-log

use super::{Advice, Case, Cause, find, installed};
use crate::model::{CauseId, Evidence, Role, Span};

/// Dates in the logs that package managers keep in the system they install into.
pub struct PackageManagerLog;

/// Those whose lines begin with a date, perhaps behind a word that says of what.
const LOGS: &[&str] = &[
    "var/log/alternatives.log",
    "var/log/apt/history.log",
    "var/log/apt/term.log",
    "var/log/bootstrap.log",
    "var/log/dnf.librepo.log",
    "var/log/dnf.log",
    "var/log/dnf.rpm.log",
    "var/log/dpkg.log",
    "var/log/pacman.log",
    "var/log/yum.log",
];

/// What may stand before the date.
const WORDS: &[&str] = &[
    "",
    "[",
    "Start-Date: ",
    "End-Date: ",
    "Log started: ",
    "Log ended: ",
    "update-alternatives ",
];

impl Cause for PackageManagerLog {
    fn id(&self) -> CauseId {
        "package-manager-log"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "An image holds the log of the package manager that made it.",
            why: "apt, dpkg, dnf and pacman write each step with the time into /var/log of the system that they install into.",
            fix: "remove the logs in the step that installs: rm -f /var/log/dpkg.log /var/log/alternatives.log /var/log/apt/* /var/log/bootstrap.log; mmdebstrap does so",
            references: &["https://reproducible-builds.org/docs/system-images/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role != Role::Text || !installed::any(case, LOGS) {
            return None;
        }
        let found = find::around(case, |line| stamp(line).into_iter().collect(), |_| true);
        Evidence::likely(find::only(case, found))
    }
}

/// The day and time that a line begins with, behind its word.
fn stamp(line: &[u8]) -> Option<Span> {
    WORDS.iter().find_map(|word| {
        let rest = line.strip_prefix(word.as_bytes())?;
        let day = form(rest, b"0000-00-00")?;
        // apt puts two spaces between the two.
        let between = [&b"T"[..], b"  ", b" "]
            .into_iter()
            .find(|one| rest[day..].starts_with(one))?;
        let time = day + between.len();
        let end = time + form(&rest[time..], b"00:00:00")?;
        let zone = [&b"+0000"[..], b"-0000", b"Z"]
            .into_iter()
            .find_map(|zone| form(&rest[end..], zone))
            .unwrap_or(0);
        Some(Span::at(word.len(), end + zone))
    })
}

/// The length of a form, where the text has it: any digit for a zero.
fn form(text: &[u8], form: &[u8]) -> Option<usize> {
    let fits = |(c, f): (&u8, &u8)| if *f == b'0' { c.is_ascii_digit() } else { c == f };
    (text.len() >= form.len() && text.iter().zip(form).all(fits)).then_some(form.len())
}
