//! Our own record, as `repro build --record` writes it.

use super::{debian, variables::variables};
use crate::{
    bytes::Error,
    model::{Fact, FactKind, Made, Record},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a build was told of the machine beside its variables. What is not known is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// What the clock showed, in seconds since 1970: first and last.
    pub clock: Option<(i64, i64)>,
    /// The time that files show which the build has written.
    pub written: Option<i64>,
    /// The time of the newest source file.
    pub(crate) source_time: Option<i64>,
    /// The folder of the source.
    pub build_path: Option<String>,
    /// The host's name.
    pub hostname: Option<String>,
    /// Its domain.
    pub domainname: Option<String>,
    /// The user's number.
    pub uid: Option<u32>,
    /// The group's.
    pub gid: Option<u32>,
    /// The user's name.
    pub user: Option<String>,
    /// The group's.
    pub group: Option<String>,
    /// The user's full name.
    pub gecos: Option<String>,
    /// `uname -r`.
    pub kernel_release: Option<String>,
    /// `uname -v`.
    pub kernel_version: Option<String>,
    /// Number of processors.
    pub processors: Option<u32>,
    /// Number of jobs at once.
    pub jobs: Option<u32>,
    /// The model of the processor.
    pub cpu_model: Option<String>,
    /// Permissions taken from new files.
    pub umask: Option<u32>,
    /// The first process id.
    pub(crate) first_pid: Option<u32>,
}

impl Told {
    /// As facts; `place` tells where the record has a key.
    pub fn facts(&self, place: impl Fn(&str) -> String) -> Vec<Fact> {
        let mut facts = Vec::new();
        if let Some(window) = self.clock {
            facts.push(Fact::window(FactKind::Clock, window, place("clock")));
        }
        for (key, at) in [("written", self.written), ("source_time", self.source_time)] {
            facts.extend(at.map(|at| Fact::window(FactKind::FileTime, (at, at), place(key))));
        }
        for (key, kind, text) in [
            ("build_path", FactKind::BuildPath, &self.build_path),
            ("hostname", FactKind::Host, &self.hostname),
            ("domainname", FactKind::Domain, &self.domainname),
            ("user", FactKind::User, &self.user),
            ("group", FactKind::Group, &self.group),
            ("gecos", FactKind::Gecos, &self.gecos),
            ("kernel_release", FactKind::KernelRelease, &self.kernel_release),
            ("kernel_version", FactKind::KernelVersion, &self.kernel_version),
            ("cpu_model", FactKind::CpuModel, &self.cpu_model),
        ] {
            facts.extend(text.as_ref().and_then(|text| Fact::text(kind, text, place(key))));
        }
        for (key, kind, number) in [
            ("uid", FactKind::Uid, self.uid),
            ("gid", FactKind::Gid, self.gid),
            ("processors", FactKind::CpuCount, self.processors),
            ("jobs", FactKind::CpuCount, self.jobs),
            ("umask", FactKind::Umask, self.umask),
            ("first_pid", FactKind::Pid, self.first_pid),
        ] {
            facts.extend(number.map(|number| Fact::number(kind, i64::from(number), place(key))));
        }
        facts
    }
}

#[derive(Deserialize)]
struct Own {
    schema_version: u32,
    kernel: Option<String>,
    environment: BTreeMap<String, String>,
    packages: BTreeMap<String, String>,
    artifacts: BTreeMap<String, Built>,
    #[serde(default)]
    told: Told,
}

#[derive(Deserialize)]
struct Built {
    sha256: String,
}

pub(super) fn read(json: &Value) -> Result<(String, Record), Error> {
    let own = Own::deserialize(json)
        .map_err(|error| Error::malformed(format!("no record of `repro build --record`: {error}")).because(error))?;
    if own.schema_version != 1 {
        let found = own.schema_version;
        return Err(Error::malformed(format!(
            "schema_version: it is {found}, this program reads 1"
        )));
    }
    if own.told.clock.is_some_and(|(from, to)| from > to) {
        return Err(Error::malformed("told.clock: it began after it was over"));
    }
    let mut facts = own.told.facts(|key| format!("told.{key}"));
    facts.extend(variables(&own.environment, |name| format!("environment.{name}")));
    if own.told.kernel_release.is_none() {
        facts.extend(debian::kernel(own.kernel.as_deref().unwrap_or_default(), "kernel"));
    }
    for (name, version) in &own.packages {
        facts.push(Fact::named(FactKind::Tool, name, version, format!("packages.{name}")));
    }
    let made = own.artifacts.into_iter().map(|(name, built)| Made {
        place: format!("artifacts.{name}"),
        sha256: built.sha256,
        name,
    });
    let record = Record {
        whose: String::new(),
        made: made.collect(),
        facts,
    };
    Ok(("record of repro build".to_owned(), record))
}
