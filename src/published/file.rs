//! Any file, of a source folder and a command. Jars and gems say something of their build; of others only the times of their members are
//! known.

use super::{Case, Contents, Ecosystem, Error, Neighbour, Touches, site};
use crate::{
    model::{PublishedFact, PublishedPlan},
    notation::calendar::moment,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// A file whose ecosystem is not known.
pub(super) struct AnyFile;

/// Fields of a jar's manifest, and keys of a gem's metadata, that tell of the build.
const TELLING: &[&str] = &[
    "Build-Jdk",
    "Build-Jdk-Spec",
    "Created-By",
    "Built-By",
    "Build-Date",
    "Build-Timestamp",
    "Bundle-Version",
    "Implementation-Version",
    "Tool",
    "date",
    "rubygems_version",
];
/// Runs the command in the source.
const ENTER: &str = "cd source/tree && exec /bin/sh -c \"$1\"";

impl Ecosystem for AnyFile {
    fn name(&self) -> &'static str {
        "file"
    }

    fn evidence(&self, case: &Case<'_>) -> Vec<PublishedFact> {
        let mut facts = Vec::new();
        for file in ["META-INF/MANIFEST.MF", "metadata"] {
            let Some((place, text)) = case.artifact.text(file) else {
                continue;
            };
            for (number, line) in text.lines().enumerate() {
                let Some((name, value)) = line.split_once(':') else {
                    continue;
                };
                if TELLING.contains(&name.trim()) {
                    facts.push(PublishedFact {
                        what: name.trim().to_owned(),
                        value: value.trim().to_owned(),
                        place: format!("{place}:{}", number + 1),
                    });
                }
            }
        }
        if let Some((time, name)) = case.artifact.newest() {
            facts.push(PublishedFact {
                what: "newest member".to_owned(),
                value: moment(time),
                place: format!("{name}: mtime"),
            });
        }
        facts
    }

    fn plan(&self, case: &Case<'_>, _notes: &mut Vec<String>) -> Result<PublishedPlan, Error> {
        let usual = crate::rebuild::Build::default().clock;
        let times: BTreeSet<i64> = case.artifact.times().into_values().collect();
        let newest = times.last().copied().filter(|time| *time > 0);
        let name = &case.artifact.file.path;
        let artifacts = match case.options.artifacts.as_slice() {
            [] => vec![format!("source/tree/**/{}", escaped(name))],
            given => given.iter().map(|glob| format!("source/tree/{glob}")).collect(),
        };
        let line = case.options.command.last().cloned().unwrap_or_default();
        let words = ["/bin/sh", "-c", ENTER, "sh", &line];
        Ok(PublishedPlan {
            ecosystem: self.name().to_owned(),
            name: name.clone(),
            version: String::new(),
            interpreter: String::new(),
            requires: Vec::new(),
            before: String::new(),
            clock: newest.unwrap_or(usual),
            source_date_epoch: newest.filter(|_| times.len() == 1),
            umask: "0022".to_owned(),
            build_path: "/build/source".to_owned(),
            member_times: false,
            steps: vec![words.map(str::to_owned).to_vec()],
            artifacts,
            variables: BTreeMap::new(),
            options: BTreeMap::new(),
            inputs: Vec::new(),
        })
    }

    fn stage(&self, case: &Case<'_>, _plan: &PublishedPlan, folder: &Path) -> Result<(), Error> {
        let source = case.options.source.as_deref();
        let source = source.ok_or_else(|| Error::usage("give --source DIR"))?;
        if !source.is_dir() {
            return Err(Error::usage("is not a folder").of(source));
        }
        site::place(source, &folder.join("source"))
    }

    fn source(&self, case: &Case<'_>, _plan: &PublishedPlan) -> Option<Contents> {
        Contents::read(case.options.source.as_deref()?).ok()
    }

    fn neighbours(&self, case: &Case<'_>, plan: &PublishedPlan) -> Vec<Neighbour> {
        let mut found = Vec::new();
        let mut add = |touches, setting: String, change: &dyn Fn(&mut PublishedPlan)| {
            let mut plan = plan.clone();
            change(&mut plan);
            found.push(Neighbour { touches, setting, plan });
        };
        if let Some((time, _)) = case.artifact.newest().filter(|(time, _)| *time > 0) {
            let epoch = match plan.source_date_epoch {
                None => Some(time),
                Some(_) => None,
            };
            add(
                Touches::Times,
                match epoch {
                    Some(epoch) => format!("SOURCE_DATE_EPOCH {epoch}"),
                    None => "no SOURCE_DATE_EPOCH".to_owned(),
                },
                &|plan| plan.source_date_epoch = epoch,
            );
        }
        for umask in ["0002", "0077"] {
            add(Touches::Modes, format!("umask {umask}"), &|plan| {
                umask.clone_into(&mut plan.umask);
            });
        }
        found
    }
}

/// A name as a glob that only it matches.
fn escaped(name: &str) -> String {
    name.chars()
        .map(|c| match "[]{}?*\\".contains(c) {
            true => format!("[{c}]"),
            false => c.to_string(),
        })
        .collect()
}
