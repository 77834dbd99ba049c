//! Variables of a build: what each says of the environment.

use super::{moment, zone};
use crate::model::{Fact, FactKind};
use std::collections::BTreeMap;

/// Facts of variables; `place` tells where the record has one. Each is also known by its own name.
pub fn variables(all: &BTreeMap<String, String>, place: impl Fn(&str) -> String) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (name, value) in all {
        let kind = match name.as_str() {
            "HOME" => Some(FactKind::Home),
            "HOSTNAME" => Some(FactKind::Host),
            "LANG" | "LC_ALL" => Some(FactKind::Locale),
            "PWD" => Some(FactKind::BuildPath),
            "SHELL" => Some(FactKind::Shell),
            "TMPDIR" => Some(FactKind::TmpDir),
            "TZ" => Some(FactKind::Zone),
            "USER" | "LOGNAME" => Some(FactKind::User),
            _ => None,
        };
        facts.extend(kind.and_then(|kind| Fact::text(kind, value, place(name))));
        match name.as_str() {
            "TZ" => {
                let offset = zone::offset(value);
                facts.extend(offset.map(|seconds| Fact::number(FactKind::ZoneOffset, seconds, place(name))));
            }
            "SOURCE_DATE_EPOCH" => {
                let moment = moment::epoch(value);
                facts.extend(moment.map(|at| Fact::window(FactKind::SourceDateEpoch, (at, at), place(name))));
            }
            _ => {}
        }
        facts.extend(jobs(name, value).map(|jobs| Fact::number(FactKind::CpuCount, jobs, place(name))));
        if !value.is_empty() {
            facts.push(Fact::named(FactKind::Variable, name, value, place(name)));
        }
    }
    facts
}

/// How many jobs a variable asks for.
fn jobs(name: &str, value: &str) -> Option<i64> {
    let count = |text: &str| text.parse::<i64>().ok().filter(|n| (1..=4096).contains(n));
    let mut words = value.split_ascii_whitespace();
    match name {
        "MAKEFLAGS" => words.find_map(|word| count(word.strip_prefix("-j").or_else(|| word.strip_prefix("--jobs="))?)),
        "DEB_BUILD_OPTIONS" => words.find_map(|word| count(word.strip_prefix("parallel=")?)),
        "CARGO_BUILD_JOBS" | "CMAKE_BUILD_PARALLEL_LEVEL" => count(value),
        _ => None,
    }
}
