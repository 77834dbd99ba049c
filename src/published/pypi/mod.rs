//! Wheels. `WHEEL` names the backend that made it, METADATA the project, the members' times the day; the source is the sdist of the same
//! version, or a folder.

mod evidence;
mod python;
mod tools;

use super::{
    Case, Contents, Ecosystem, Error, Neighbour, Touches,
    lab::OUT,
    site::{self, Site},
    subject,
};
use crate::{
    model::{PublishedFact, PublishedPlan},
    notation::calendar::moment,
};
use evidence::Wheel;
use python::{Python, for_wheel};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use tools::{Pip, checked};

/// Python's packages.
pub(super) struct PyPi;

/// What unpacks, installs and calls the backend.
const BUILD: &[u8] = include_bytes!("build.py");
/// The oldest version of setuptools that makes wheels by itself, and so writes its own name into them.
const OWN_WHEELS: &str = "setuptools<70.1";
/// Clocks are hours apart; a tool of the same day may be from a few hours later.
const ZONES: i64 = 14 * 3600;
/// A table of file times, and a plan's options, as the build reads them.
const TIMES: &str = "kit/times.json";
const PLAN: &str = "kit/plan.json";

impl Ecosystem for PyPi {
    fn name(&self) -> &'static str {
        "pypi"
    }

    fn published(&self, site: &Site, name: &str, version: &str) -> Result<PathBuf, Error> {
        Pip::find(site)?.wheel_of(site, name, version)
    }

    fn evidence(&self, case: &Case<'_>) -> Vec<PublishedFact> {
        Wheel::of(case.artifact).facts
    }

    fn plan(&self, case: &Case<'_>, notes: &mut Vec<String>) -> Result<PublishedPlan, Error> {
        let wheel = Wheel::of(case.artifact);
        wheel.check()?;
        if wheel.windows {
            notes.push("it was built on Windows: what that changes is seen here as a difference".to_owned());
        }
        let source = source(case, &wheel.name, &wheel.version)?;
        let sources = Contents::read(&source)?;
        let system = System::of(&sources);
        let day = wheel.day().or_else(|| published(case, &wheel, notes)).or_else(|| {
            let newest = sources.newest().map(|(time, _)| time);
            newest.filter(evidence::real)
        });
        let python = for_wheel(&wheel, day)?;
        let mut requires = wheel.backend(&system.backend);
        if requires.is_empty() {
            notes.push(format!(
                "nothing is known of the backend {:?}: the newest that the source asks for is taken",
                wheel.generator.0
            ));
        }
        requires.extend(system.requires.iter().cloned());
        if wheel.generator.0 == "bdist_wheel" && !requires.iter().any(|text| text.starts_with("setuptools=")) {
            requires.push(OWN_WHEELS.to_owned());
        }
        checked(&requires)?;
        let mut options = BTreeMap::from([("backend".to_owned(), system.backend)]);
        if !system.path.is_empty() {
            options.insert("backend-path".to_owned(), serde_json::json!(system.path).to_string());
        }
        if let Some(tag) = wheel.python_tag() {
            options.insert("python-tag".to_owned(), tag);
        }
        Ok(with_steps(PublishedPlan {
            ecosystem: self.name().to_owned(),
            name: wheel.name.clone(),
            version: wheel.version.clone(),
            interpreter: python.path,
            requires,
            before: day.map(|day| format!("{}Z", moment(day + ZONES))).unwrap_or_default(),
            clock: day.unwrap_or_else(|| crate::rebuild::Build::default().clock),
            source_date_epoch: wheel.epoch(),
            umask: wheel.umask(),
            build_path: "/build/source".to_owned(),
            member_times: wheel.epoch().is_none() && wheel.day().is_some(),
            steps: Vec::new(),
            artifacts: vec![OUT.to_owned()],
            variables: BTreeMap::new(),
            options,
            inputs: Vec::new(),
        }))
    }

    fn stage(&self, case: &Case<'_>, plan: &PublishedPlan, folder: &Path) -> Result<(), Error> {
        checked(&plan.requires)?;
        site::place(&source(case, &plan.name, &plan.version)?, &folder.join("source"))?;
        if !plan.requires.is_empty() {
            let tools = Pip::find(case.site)?.tools(case.site, plan)?;
            for file in site::files(&tools)? {
                site::place(&file, &folder.join("tools"))?;
            }
        }
        let times = match plan.member_times {
            true => case.artifact.times(),
            false => BTreeMap::new(),
        };
        let json = |value: serde_json::Value| value.to_string().into_bytes();
        site::put(&folder.join(TIMES), &json(serde_json::json!(times)))?;
        site::put(&folder.join(PLAN), &json(serde_json::json!(plan.options)))?;
        site::put(&folder.join("kit/build.py"), BUILD)
    }

    fn more(&self, plan: &PublishedPlan, asked: &[String]) -> Option<PublishedPlan> {
        let new: Vec<String> = asked
            .iter()
            .filter(|text| !plan.requires.contains(text))
            .cloned()
            .collect();
        if new.is_empty() || checked(&new).is_err() {
            return None;
        }
        let mut plan = plan.clone();
        plan.requires.extend(new);
        plan.inputs.clear();
        Some(plan)
    }

    fn source(&self, case: &Case<'_>, plan: &PublishedPlan) -> Option<Contents> {
        Contents::read(&source(case, &plan.name, &plan.version).ok()?).ok()
    }

    fn neighbours(&self, case: &Case<'_>, plan: &PublishedPlan) -> Vec<Neighbour> {
        let wheel = Wheel::of(case.artifact);
        let mut near = Near {
            plan,
            found: Vec::new(),
        };
        let tools = |near: &mut Near<'_>| {
            for version in python::bundled(&plan.interpreter, wheel.unknown_platform) {
                if wheel.generator.0 == "bdist_wheel" {
                    near.add(Touches::Tools, format!("setuptools {version}"), &|plan| {
                        plan.requires.retain(|text| !text.starts_with("setuptools=="));
                        plan.requires.push(format!("setuptools=={version}"));
                    });
                }
            }
        };
        if wheel.unknown_platform {
            tools(&mut near);
        }
        if plan.options.contains_key("backend-path") && !plan.requires.is_empty() {
            let setting = "the published backend, and not the source's own".to_owned();
            near.add(Touches::Tools, setting, &|plan| {
                drop(plan.options.remove("backend-path"));
            });
        }
        if let Some(day) = tools::day(case.site, plan) {
            let first = plan.requires.first().map_or("", String::as_str);
            near.add(Touches::Tools, format!("tools of the day of {first}"), &|plan| {
                plan.before = format!("{}Z", moment(day));
            });
        }
        match (wheel.day(), plan.member_times) {
            (Some(day), true) => near.add(Touches::Times, "one time for all files".to_owned(), &|plan| {
                (plan.member_times, plan.source_date_epoch) = (false, Some(day));
            }),
            (Some(_), false) => near.add(Touches::Times, "times as the members show".to_owned(), &|plan| {
                (plan.member_times, plan.source_date_epoch) = (true, None);
            }),
            (None, _) => {}
        }
        if !wheel.unknown_platform {
            tools(&mut near);
        }
        for Python { path, minor } in python::others(&plan.interpreter, &wheel) {
            near.add(Touches::Tools, format!("Python 3.{minor}"), &|plan| {
                plan.interpreter.clone_from(&path);
            });
        }
        let other = if plan.umask == "0022" { "0002" } else { "0022" };
        near.add(Touches::Modes, format!("umask {other}"), &|plan| {
            other.clone_into(&mut plan.umask);
        });
        near.found
    }
}

/// Plans that differ from one in one respect.
struct Near<'p> {
    plan: &'p PublishedPlan,
    found: Vec<Neighbour>,
}

impl Near<'_> {
    fn add(&mut self, touches: Touches, setting: String, change: &dyn Fn(&mut PublishedPlan)) {
        let mut plan = self.plan.clone();
        plan.inputs.clear();
        change(&mut plan);
        self.found.push(Neighbour {
            touches,
            setting,
            plan: with_steps(plan),
        });
    }
}

/// The command that follows from a plan's interpreter.
fn with_steps(mut plan: PublishedPlan) -> PublishedPlan {
    plan.steps = vec![vec![plan.interpreter.clone(), "kit/build.py".to_owned()]];
    plan
}

/// When the index got the wheel; asked only where the wheel does not show a day by itself.
fn published(case: &Case<'_>, wheel: &Wheel, notes: &mut Vec<String>) -> Option<i64> {
    let since = Pip::find(case.site)
        .ok()?
        .since(case.site, &wheel.name, &wheel.version)?;
    notes.push(format!(
        "its members all show a time that tools write always; the index has it since {}",
        moment(since)
    ));
    Some(since)
}

/// The archive of the source: fetched, or made of the caller's folder.
fn source(case: &Case<'_>, name: &str, version: &str) -> Result<PathBuf, Error> {
    if !subject::is_name(name, false) || !subject::is_version(version) {
        return Err(Error::malformed(format!("{name:?} {version:?} is no name and version")));
    }
    match &case.options.source {
        Some(path) => Ok(path.clone()),
        None => Pip::find(case.site)?.sdist_of(case.site, name, version),
    }
}

/// What a source says of its backend, PEP 518 and 517.
struct System {
    backend: String,
    requires: Vec<String>,
    path: Vec<String>,
}

impl System {
    fn of(source: &Contents) -> Self {
        let text = source.top("/pyproject.toml").map(|(_, text)| text);
        let table: toml::Table = text.and_then(|text| text.parse().ok()).unwrap_or_default();
        let table = table.get("build-system").and_then(toml::Value::as_table);
        let list = |key: &str| -> Option<Vec<String>> {
            let all = table?.get(key)?.as_array()?;
            Some(all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect())
        };
        let legacy = || vec!["setuptools".to_owned(), "wheel".to_owned()];
        Self {
            backend: table
                .and_then(|table| table.get("build-backend")?.as_str().map(str::to_owned))
                .unwrap_or_else(|| "setuptools.build_meta:__legacy__".to_owned()),
            requires: list("requires").unwrap_or_else(legacy),
            path: list("backend-path").unwrap_or_default(),
        }
    }
}
