//! Arch Linux's build information, BUILDINFO(5): `key = value`, a line each.

use super::{LONGEST, moment, wrong};
use crate::{
    bytes::Error,
    model::{Fact, FactKind, Record},
};

/// Keys that every such file has, of which one comes first.
const FIRST: &[&str] = &["format", "pkgname", "pkgbase", "pkgver", "builddate", "builddir"];

/// Whether a text begins with one of its keys.
pub(super) fn detect(text: &str) -> bool {
    let mut lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let key = lines.next().and_then(|line| Some(line.split_once(" = ")?.0));
    key.is_some_and(|key| FIRST.contains(&key.trim()))
}

pub(super) fn read(text: &str) -> Result<(String, Record), Error> {
    let mut record = Record::default();
    let facts = &mut record.facts;
    let mut tool = None;
    let mut dated = false;
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once('=').ok_or_else(|| wrong(number, "not `key = value`"))?;
        let (key, value) = (key.trim(), value.trim());
        let place = format!("line {number}: {key}");
        match key {
            "format" if !matches!(value, "1" | "2") => {
                return Err(wrong(
                    number,
                    format_args!("{key}: {value}: this program reads 1 and 2"),
                ));
            }
            "builddate" => {
                let at = moment::epoch(value)
                    .ok_or_else(|| wrong(number, format_args!("{key}: {value:?} is not a time since 1970")))?;
                // makepkg begins at this moment, and hands it to the build as SOURCE_DATE_EPOCH.
                facts.push(Fact::window(FactKind::SourceDateEpoch, (at, at), place.clone()));
                facts.push(Fact::window(FactKind::Clock, (at, at.saturating_add(LONGEST)), place));
                dated = true;
            }
            "builddir" | "startdir" => facts.extend(Fact::text(FactKind::BuildPath, value, place)),
            "packager" => facts.push(Fact::named(FactKind::Variable, "PACKAGER", value, place)),
            "buildtool" => tool = Some(value.to_owned()),
            "buildtoolver" => {
                let name = tool.as_deref().unwrap_or("makepkg");
                facts.push(Fact::named(FactKind::Tool, name, value, place));
            }
            "installed" => {
                let (name, version) = package(value).ok_or_else(|| {
                    wrong(
                        number,
                        format_args!("{key}: {value:?} is not `name-version-release-architecture`"),
                    )
                })?;
                facts.push(Fact::named(FactKind::Tool, name, version, place));
            }
            _ => {}
        }
    }
    if !dated {
        return Err(Error::malformed("no .BUILDINFO: no key builddate"));
    }
    Ok(("Arch .BUILDINFO".to_owned(), record))
}

/// `gcc-13.2.1-3-x86_64`: name, and version with release.
fn package(value: &str) -> Option<(&str, &str)> {
    let (rest, _) = value.rsplit_once('-')?;
    let (before, _) = rest.rsplit_once('-')?;
    let (name, _) = before.rsplit_once('-')?;
    Some((name, rest.get(name.len() + 1..)?)).filter(|(name, _)| !name.is_empty())
}
