//! Debian's build information, deb-buildinfo(5).

use super::{LONGEST, deb822, moment, variables::variables, wrong};
use crate::{
    bytes::{Error, digest::is_hex},
    model::{Fact, FactKind, Made, Record},
};

/// Fields that only such a file has.
const OWN: &[&str] = &[
    "checksums-sha256",
    "installed-build-depends",
    "environment",
    "build-architecture",
];

/// Whether a text begins with a field, or is clearsigned.
pub(super) fn detect(text: &str) -> bool {
    let name = text.lines().next().and_then(|line| Some(line.split_once(':')?.0));
    deb822::signed(text)
        || name.is_some_and(|name| !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-'))
}

pub(super) fn read(text: &str) -> Result<(String, Record), Error> {
    let fields = deb822::fields(text)?;
    let format = fields
        .get("format")
        .ok_or_else(|| Error::malformed("no .buildinfo: no field Format"))?;
    let line = format.line();
    let version = format.text();
    if !version.starts_with("1.") && !version.starts_with("0.") {
        return Err(wrong(line, format_args!("Format {version}: this program reads 1.0")));
    }
    if !OWN.iter().any(|name| fields.contains_key(*name)) {
        return Err(wrong(line, "no .buildinfo: it says nothing of a build's environment"));
    }
    let mut record = Record::default();
    let facts = &mut record.facts;
    if let Some(field) = fields.get("build-date") {
        let place = format!("line {}: Build-Date", field.line());
        let text = field.text();
        let (at, offset) = moment::rfc5322(text.trim()).ok_or_else(|| {
            wrong(
                field.line(),
                format_args!("Build-Date: {text:?} is not a date of RFC 5322"),
            )
        })?;
        // It is written when the build is over; when that began it does not tell.
        facts.push(Fact::window(FactKind::Clock, (at - LONGEST, at), place.clone()));
        facts.push(Fact::number(FactKind::ZoneOffset, offset, place));
    }
    if let Some(field) = fields.get("build-path") {
        let place = format!("line {}: Build-Path", field.line());
        facts.extend(Fact::text(FactKind::BuildPath, &field.text(), place));
    }
    if let Some(field) = fields.get("build-kernel-version") {
        let place = format!("line {}: Build-Kernel-Version", field.line());
        facts.extend(kernel(&field.text(), &place));
    }
    if let Some(field) = fields.get("environment") {
        let all = deb822::variables(&field.text()).map_err(|why| why.in_line(Some(field.line())))?;
        facts.extend(variables(&all, |name| {
            format!("line {}: Environment: {name}", field.line())
        }));
    }
    if let Some(field) = fields.get("installed-build-depends") {
        for (number, line) in &field.lines {
            for entry in line.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
                let (name, version) = package(entry).ok_or_else(|| {
                    wrong(
                        *number,
                        format_args!("Installed-Build-Depends: {entry:?} is not `name (= version)`"),
                    )
                })?;
                facts.push(Fact::named(FactKind::Tool, name, version, format!("line {number}")));
            }
        }
    }
    if let Some(field) = fields.get("checksums-sha256") {
        for (number, line) in field.lines.iter().filter(|(_, line)| !line.is_empty()) {
            let wrong = || {
                wrong(
                    *number,
                    format_args!("Checksums-Sha256: {line:?} is not `digest size name`"),
                )
            };
            let words: Vec<&str> = line.splitn(3, ' ').collect();
            let [sha256, _, name] = words[..] else {
                return Err(wrong());
            };
            let sha256 = sha256.to_ascii_lowercase();
            if !is_hex(&sha256, 64) {
                return Err(wrong());
            }
            record.made.push(Made {
                name: name.to_owned(),
                sha256,
                place: format!("line {number}: Checksums-Sha256"),
            });
        }
    }
    let kind = match deb822::signed(text) {
        true => "Debian .buildinfo, signed; the signature is not checked",
        false => "Debian .buildinfo",
    };
    Ok((kind.to_owned(), record))
}

/// `6.1.0-18-amd64 #1 SMP …`: `uname -r` and `uname -v`, or the latter alone, as dpkg has it.
pub(super) fn kernel(text: &str, place: &str) -> Vec<Fact> {
    let (release, version) = match text.trim().split_once(' ') {
        Some((release, rest)) if !release.starts_with('#') => (release, rest),
        _ => ("", text),
    };
    let release = Fact::text(FactKind::KernelRelease, release, place);
    release
        .into_iter()
        .chain(Fact::text(FactKind::KernelVersion, version, place))
        .collect()
}

/// `name (= version)`.
fn package(entry: &str) -> Option<(&str, &str)> {
    let (name, rest) = entry.split_once(" (= ")?;
    Some((name, rest.strip_suffix(')')?))
}
