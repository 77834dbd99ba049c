//! What is not as it was recorded.

use super::{Record, UsedFile, buildinfo::Debian};
use crate::model::EnvironmentDifference;
use std::collections::BTreeMap;

/// Which parts of the environment differ; what the record does not speak of is not compared.
pub fn against(recorded: &Record, now: &Record) -> Vec<EnvironmentDifference> {
    let mut found = Differences(Vec::new());
    found.maybe(
        "distribution",
        recorded.distribution.as_ref(),
        now.distribution.as_ref(),
    );
    if let (Some(a), Some(b)) = (&recorded.os_release, &now.os_release) {
        found.maps("os-release", a, b);
    }
    found.maybe("kernel", recorded.kernel.as_ref(), now.kernel.as_ref());
    found.maybe("machine", recorded.machine.as_ref(), now.machine.as_ref());
    if recorded.debian.sparse {
        let (a, b) = (&recorded.debian, &now.debian);
        found.maybe("architecture", a.architecture.as_ref(), b.architecture.as_ref());
        found.maybe("build path", a.build_path.as_ref(), b.build_path.as_ref());
        let package = |debian: &Debian| {
            debian
                .package
                .as_ref()
                .map(|(name, version)| format!("{name} {version}"))
        };
        found.maybe("source package", package(a).as_ref(), package(b).as_ref());
    }
    found.maybe("source", recorded.source_sha256.as_ref(), now.source_sha256.as_ref());
    let steps = |record: &Record| record.steps.as_ref().map(|steps| serde_json::json!(steps).to_string());
    found.maybe("command", steps(recorded).as_ref(), steps(now).as_ref());
    variables(&mut found, recorded, now);
    packages(&mut found, recorded, now);
    if let (Some(a), Some(b)) = (&recorded.files, &now.files) {
        files(&mut found, a, b);
    }
    // dpkg names its files without a folder.
    let flat = recorded.debian.sparse && !recorded.artifacts.keys().any(|path| path.contains('/'));
    let digests = |record: &Record| -> BTreeMap<String, String> {
        let name = |path: &String| match flat {
            true => path.rsplit('/').next().unwrap_or_default().to_owned(),
            false => path.clone(),
        };
        record
            .artifacts
            .iter()
            .map(|(path, file)| (name(path), file.sha256.clone()))
            .collect()
    };
    found.maps("artifact", &digests(recorded), &digests(now));
    found.0
}

/// Files whose bytes differ, with what they are.
fn files(found: &mut Differences, recorded: &[UsedFile], here: &[UsedFile]) {
    let described = |file: &UsedFile| {
        let named = file.package.as_ref().zip(file.version.as_ref());
        let what = named.map(|(name, version)| format!(" ({name} {version})"));
        let what = what.or_else(|| file.version.as_ref().map(|version| format!(" ({version})")));
        format!("sha256 {}{}", file.sha256, what.unwrap_or_default())
    };
    let by_path = |files: &[UsedFile]| {
        files
            .iter()
            .map(|f| (f.path.clone(), f.clone()))
            .collect::<BTreeMap<_, _>>()
    };
    let (recorded, here) = (by_path(recorded), by_path(here));
    let mut paths: Vec<&String> = recorded.keys().chain(here.keys()).collect();
    paths.sort();
    paths.dedup();
    for path in paths {
        let (a, b) = (recorded.get(path), here.get(path));
        if a.map(|file| &file.sha256) != b.map(|file| &file.sha256) {
            found.push(format!("file {path}"), a.map(described), b.map(described));
        }
    }
}

/// Of a `.buildinfo` only those that it names, for it leaves out what it does not hold to matter.
fn variables(found: &mut Differences, recorded: &Record, now: &Record) {
    let mut here = now.environment.clone();
    if recorded.debian.sparse {
        here.retain(|name, _| recorded.environment.contains_key(name));
    }
    found.maps("variable", &recorded.environment, &here);
    for (names, others, side) in [
        (&recorded.secrets, &now.secrets, 0),
        (&now.secrets, &recorded.secrets, 1),
    ] {
        for name in names
            .iter()
            .filter(|name| !others.contains(name) && !recorded.debian.sparse)
        {
            let handed = Some("handed over".to_owned());
            let (a, b) = if side == 0 { (handed, None) } else { (None, handed) };
            found.push(format!("secret {name}"), a, b);
        }
    }
}

/// A recorded package counts as it is installed here, whether or not this build opened it.
fn packages(found: &mut Differences, recorded: &Record, now: &Record) {
    let mut here = now.packages.clone();
    for name in recorded.packages.keys() {
        if let Some(version) = now.installed.get(name) {
            here.insert(name.clone(), version.clone());
        }
    }
    found.maps("package", &recorded.packages, &here);
}

struct Differences(Vec<EnvironmentDifference>);

impl Differences {
    fn push(&mut self, what: String, recorded: Option<String>, here: Option<String>) {
        self.0.push(EnvironmentDifference { what, recorded, here });
    }

    /// Compares where the record says something.
    fn maybe(&mut self, what: &str, recorded: Option<&String>, here: Option<&String>) {
        if recorded.is_some() && recorded != here {
            self.push(what.to_owned(), recorded.cloned(), here.cloned());
        }
    }

    fn maps(&mut self, what: &str, recorded: &BTreeMap<String, String>, here: &BTreeMap<String, String>) {
        let mut names: Vec<&String> = recorded.keys().chain(here.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            let (a, b) = (recorded.get(name), here.get(name));
            if a != b {
                self.push(format!("{what} {name}"), a.cloned(), b.cloned());
            }
        }
    }
}
