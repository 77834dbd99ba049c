//! Debian's build information file, deb-buildinfo(5): fields in deb822(5) format. Of packages it lists those of which
//! the build opened a file, so it is narrower than dpkg-genbuildinfo's list of all build dependencies.

use super::{Built, BuiltFile, Record};
use crate::{
    bytes::Error,
    notation::calendar::{DAY, civil},
    record::{Told, deb822},
};
use std::{collections::BTreeMap, fs};

/// What a `.buildinfo` has beyond the rest of a record.
#[derive(Clone, Debug, Default)]
pub(super) struct Debian {
    /// Read from a `.buildinfo`, which names few variables and no secrets.
    pub(super) sparse: bool,
    /// The source package and its version, where the source is one.
    pub(super) package: Option<(String, String)>,
    /// dpkg's name of the architecture.
    pub(super) architecture: Option<String>,
    /// Where the source lay.
    pub(super) build_path: Option<String>,
}

impl Debian {
    /// What `debian/changelog` in the source says.
    pub(super) fn of(built: &Built<'_>, native: &str) -> Self {
        let changelog = fs::read(built.source.join("debian/changelog")).unwrap_or_default();
        let text = String::from_utf8_lossy(&changelog);
        Self {
            sparse: false,
            package: text.lines().next().and_then(entry),
            architecture: (!native.is_empty()).then(|| native.to_owned()),
            build_path: Some(built.environment.build_path.clone()),
        }
    }
}

/// `hello (2.10-3) unstable; urgency=medium`
fn entry(line: &str) -> Option<(String, String)> {
    let (name, rest) = line.split_once(" (")?;
    let (version, _) = rest.split_once(')')?;
    Some((name.to_owned(), version.to_owned()))
}

/// The record as a `.buildinfo`. Source and Version are left out where the source is no Debian package.
pub(super) fn write(record: &Record) -> String {
    let mut out = String::from("Format: 1.0\n");
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            out.push_str(&format!("{name}: {value}\n"));
        }
    };
    let debian = &record.debian;
    let architecture = debian
        .architecture
        .as_deref()
        .or(record.machine.as_deref())
        .unwrap_or_default();
    let packages: Vec<[&str; 2]> = record.artifacts.keys().filter_map(|path| package(path)).collect();
    if let Some((source, _)) = &debian.package {
        field("Source", source);
    }
    field("Binary", &sorted(packages.iter().map(|p| p[0])));
    let built_for = sorted(packages.iter().map(|p| p[1]));
    field(
        "Architecture",
        if built_for.is_empty() { architecture } else { &built_for },
    );
    if let Some((_, version)) = &debian.package {
        field("Version", version);
    }
    let older = |n: usize| move |file: &BuiltFile| file.older.as_ref().map(|older| older[n].clone());
    field("Checksums-Md5", &checksums(&record.artifacts, &older(0)));
    field("Checksums-Sha1", &checksums(&record.artifacts, &older(1)));
    field(
        "Checksums-Sha256",
        &checksums(&record.artifacts, &|file| Some(file.sha256.clone())),
    );
    field("Build-Origin", record.distribution.as_deref().unwrap_or_default());
    field("Build-Architecture", architecture);
    field("Build-Kernel-Version", record.kernel.as_deref().unwrap_or_default());
    if let Some((_, last)) = record.told.clock {
        field("Build-Date", &date(last));
    }
    field("Build-Path", debian.build_path.as_deref().unwrap_or_default());
    let packages: Vec<String> = record
        .packages
        .iter()
        .map(|(name, version)| format!("\n {name} (= {version})"))
        .collect();
    field("Installed-Build-Depends", &packages.join(","));
    let variables: Vec<String> = record
        .environment
        .iter()
        .map(|(name, value)| format!("\n {name}={}", quoted(value)))
        .collect();
    field("Environment", &variables.concat());
    // A field whose value starts on the next line has nothing after its colon.
    out.replace(": \n", ":\n")
}

/// Name and architecture of `name_version_architecture.deb`.
fn package(path: &str) -> Option<[&str; 2]> {
    let name = path.rsplit('/').next()?;
    let stem = name.strip_suffix(".deb").or_else(|| name.strip_suffix(".udeb"))?;
    let mut parts = stem.split('_');
    let (name, architecture) = (parts.next()?, parts.nth(1)?);
    Some([name, architecture])
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: std::collections::BTreeSet<&str> = names.collect();
    names.into_iter().collect::<Vec<_>>().join(" ")
}

fn checksums(artifacts: &BTreeMap<String, BuiltFile>, digest: &dyn Fn(&BuiltFile) -> Option<String>) -> String {
    let line = |(path, file): (&String, &BuiltFile)| Some(format!("\n {} {} {path}", digest(file)?, file.size?));
    artifacts.iter().filter_map(line).collect()
}

/// `Thu, 01 Feb 2024 12:34:56 +0000` (RFC 5322).
fn date(seconds: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let name = |names: &[&'static str], at: i64| usize::try_from(at).ok().and_then(|at| names.get(at).copied());
    format!(
        "{}, {day:02} {} {year} {:02}:{:02}:{:02} +0000",
        name(&DAYS, days.rem_euclid(7)).unwrap_or_default(),
        name(&MONTHS, month - 1).unwrap_or_default(),
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

fn quoted(value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}

/// Reads what dpkg-genbuildinfo or [`write()`] has written, signed or not.
pub(super) fn read(text: &str) -> Result<Record, Error> {
    let fields: BTreeMap<String, String> = deb822::fields(text)?
        .into_iter()
        .map(|(name, field)| (name, field.text()))
        .collect();
    let one = |name: &str| fields.get(name).map(|value| value.trim().to_owned());
    let format = one("format").ok_or_else(|| Error::malformed("neither JSON nor a .buildinfo: no field Format"))?;
    if !format.starts_with("1.") && !format.starts_with("0.") {
        return Err(Error::malformed(format!("Format {format}: this program reads 1.0")));
    }
    let mut packages = BTreeMap::new();
    for entry in fields
        .get("installed-build-depends")
        .map(String::as_str)
        .unwrap_or_default()
        .split(',')
    {
        if entry.trim().is_empty() {
            continue;
        }
        let parsed = entry
            .trim()
            .split_once(" (= ")
            .and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)));
        let (name, version) = parsed.ok_or_else(|| {
            Error::malformed(format!(
                "Installed-Build-Depends: {:?} is not `name (= version)`",
                entry.trim()
            ))
        })?;
        packages.insert(name.to_owned(), version.to_owned());
    }
    let mut artifacts = BTreeMap::new();
    for line in fields
        .get("checksums-sha256")
        .map(String::as_str)
        .unwrap_or_default()
        .lines()
    {
        let mut words = line.trim().splitn(3, ' ');
        if let (Some(sha256), Some(size), Some(path)) = (words.next(), words.next(), words.next()) {
            let file = BuiltFile {
                sha256: sha256.to_owned(),
                size: size.parse().ok(),
                older: None,
            };
            artifacts.insert(path.to_owned(), file);
        }
    }
    Ok(Record {
        schema_version: super::VERSION,
        steps: None,
        source_sha256: None,
        os_release: None,
        distribution: one("build-origin"),
        kernel: one("build-kernel-version"),
        machine: None,
        environment: deb822::variables(fields.get("environment").map(String::as_str).unwrap_or_default())?,
        secrets: Vec::new(),
        packages,
        files: None,
        unread: Vec::new(),
        artifacts,
        told: Told::default(),
        debian: Debian {
            sparse: true,
            package: one("source").zip(one("version")),
            architecture: one("build-architecture"),
            build_path: one("build-path"),
        },
        installed: BTreeMap::new(),
    })
}
