//! One carrying out of a spec: its inputs, its runs, and what the report says of them.

use super::{
    Options, classes, inputs,
    inputs::{Program, Used},
    job::{Job, Made, Recipe, Set, Task, Tree},
    kept::Shelf,
    lab::{Basis, Lab},
    perturbation::Perturbation,
    sources,
    spec::Spec,
};
use crate::{
    diff::{self, Input},
    model::{DdcMode, DdcReport, DdcStage, DdcToolchain, DdcVerdict, DiffersAt, Lineage, Tool, ToolchainVerdict},
    rebuild::{Error, Progress, environment::SEARCH_PATH, janitor::Work, source},
};
use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

/// A spec under way.
pub struct Experiment<'a> {
    /// The spec.
    pub spec: &'a Spec,
    /// Where runs are made.
    pub lab: Lab<'a>,
    /// The programs of the toolchains, in the order of the spec.
    pub programs: Vec<Program>,
    /// s_A.
    pub source: Arc<Tree>,
    recipe: Arc<Recipe>,
    stages: Vec<DdcStage>,
    kept: Vec<(String, Arc<Set>)>,
    used: Used,
    tell: &'a dyn Fn(&Progress),
}

impl<'a> Experiment<'a> {
    /// Takes and hashes the source.
    pub fn open(
        spec: &'a Spec,
        options: &'a Options,
        programs: Vec<Program>,
        work: &Work,
        variables: BTreeMap<String, String>,
        tell: &'a dyn Fn(&Progress),
    ) -> Result<Self, Error> {
        // What workers elsewhere have made is not made again from here.
        let shelf = options
            .cache
            .as_deref()
            .filter(|_| options.site.is_none())
            .map(Shelf::new);
        let basis = basis(spec, &programs, &variables, shelf.is_some())?;
        let lab = Lab::open(spec, options, work, variables, (shelf, basis))?;
        lab.same_programs(&programs)?;
        let source = Arc::new(sources::take(&lab, "source", &spec.source)?);
        Ok(Self {
            spec,
            lab,
            programs,
            source,
            recipe: Arc::new(Recipe::of(spec)),
            stages: Vec::new(),
            kept: Vec::new(),
            used: Used::default(),
            tell,
        })
    }

    /// A run of the spec's steps on s_A.
    pub fn stage(&self, name: String, compiler: &[String], prev: Option<&Arc<Set>>, how: Perturbation) -> Job {
        Job {
            name,
            compiler: inputs::seen(compiler),
            prev: prev.cloned(),
            source: self.source.clone(),
            perturbation: how,
            task: Task::Stage(self.recipe.clone()),
        }
    }

    /// Makes runs. Names are `WHO/WHAT`.
    pub fn make(&mut self, jobs: &[Job]) -> Result<Vec<Made>, Error> {
        let all = self.lab.make(jobs, self.tell)?;
        for (job, made) in jobs.iter().zip(&all) {
            if let Some(opened) = &made.opened {
                let who = job.name.split('/').next().unwrap_or_default();
                self.used.add(self.spec, who, opened);
            }
            if !matches!(job.task, Task::Stage(_)) {
                continue;
            }
            let set = made.outcome.as_ref().ok();
            if let Some(set) = set {
                self.kept.push((job.name.clone(), set.clone()));
            }
            self.stages.push(DdcStage {
                name: job.name.clone(),
                compiler: job.compiler.join(" "),
                source: job.source.digest.clone(),
                artifact: set.map_or_else(String::new, |set| set.name()),
                sha256: set.map(|set| set.digest()),
                size: set.map_or(0, |set| set.size()),
                cpu_seconds: if made.same_run_as.is_some() {
                    0.0
                } else {
                    made.cpu_seconds
                },
                files: set.map(|set| set.files.clone()).unwrap_or_default(),
                perturbed: job.perturbation.names(),
                same_run_as: made.same_run_as.clone(),
                kept: made.kept,
                why: made.outcome.as_ref().err().map(ToString::to_string),
            });
        }
        Ok(all)
    }

    /// Copies what every stage has made to `folder`.
    pub fn keep(&self, folder: &Path) -> Result<(), Error> {
        for (name, set) in &self.kept {
            let to = folder.join(name);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent).map_err(|error| Error::at(parent, &error))?;
            }
            source::copy_tree(&set.folder, &to)?;
        }
        Ok(())
    }

    /// What the report says of each toolchain.
    pub fn toolchains(&self, verdicts: Vec<(ToolchainVerdict, String)>) -> Vec<DdcToolchain> {
        let each = self.spec.toolchains.iter().zip(&self.programs).zip(verdicts);
        each.map(|((toolchain, program), (verdict, why))| DdcToolchain {
            id: toolchain.id.clone(),
            command: toolchain.compiler().join(" "),
            program: match program.path.strip_prefix(&self.spec.folder) {
                Ok(rest) => format!("{{spec}}/{}", rest.display()),
                Err(_) => program.path.display().to_string(),
            },
            sha256: program.sha256.clone(),
            lineage: toolchain.lineage.clone(),
            verdict,
            why,
            optional: toolchain.optional,
        })
        .collect()
    }

    /// Distinct lineages among the toolchains for which `gave` is true.
    pub fn lineages(&self, gave: impl Fn(usize) -> bool) -> usize {
        let all = self.spec.toolchains.iter().enumerate();
        classes::count(
            all.filter(|(number, _)| gave(*number))
                .map(|(_, toolchain)| &toolchain.lineage),
        )
    }

    /// What can be said before any verdict.
    pub fn report(&mut self) -> DdcReport {
        DdcReport {
            schema_version: 1,
            tool: Tool::SELF,
            mode: self.spec.mode,
            claim: self.claim(),
            verdict: DdcVerdict::Failed,
            reason: String::new(),
            proves: String::new(),
            does_not_prove: String::new(),
            advice: Vec::new(),
            subject: None,
            subject_files: BTreeMap::new(),
            regeneration: None,
            generations: Vec::new(),
            breaks_at: None,
            toolchains: Vec::new(),
            stages: std::mem::take(&mut self.stages),
            normalised: Vec::new(),
            agreement: Vec::new(),
            classes: Vec::new(),
            differs_at: Vec::new(),
            localised: Vec::new(),
            behaviour: Vec::new(),
            source: self.source.digest.clone(),
            kernel: self.lab.kernel().to_owned(),
            inputs: self.used.hashed(self.spec),
        }
    }

    fn claim(&self) -> String {
        if !self.spec.claim.is_empty() {
            return self.spec.claim.clone();
        }
        match self.spec.mode {
            DdcMode::Ddc => "c_A corresponds to s_A".to_owned(),
            DdcMode::Agree => "independent toolchains make the same bytes of the source".to_owned(),
            DdcMode::Behaviour => "the programs that independent toolchains make behave alike".to_owned(),
        }
    }

    /// Ids and lineages, for classes.
    pub fn named(&self, number: usize) -> (&'a str, &'a Lineage) {
        let toolchain = &self.spec.toolchains[number];
        (&toolchain.id, &toolchain.lineage)
    }
}

/// What goes into every run beside its job.
fn basis(spec: &Spec, programs: &[Program], variables: &BTreeMap<String, String>, kept: bool) -> Result<Basis, Error> {
    let search_path = variables.get("PATH").map_or(SEARCH_PATH, String::as_str);
    let folder = match kept && spec.names_its_folder() {
        true => Some(inputs::tree_digest(&spec.folder)?),
        false => None,
    };
    Ok(Basis {
        compilers: inputs::compilers(spec, search_path, programs)?,
        folder,
    })
}

/// Where two sets differ, as `repro diff` says it.
pub(crate) fn differs_at(a: &Set, b: &Set) -> Result<Vec<DiffersAt>, Error> {
    let open = |set: &Set| Input::open(&set.folder).map_err(|error| Error::at(&set.folder, &error));
    let report = diff::diff(&open(a)?, &open(b)?, &diff::Options::default());
    let findings = report
        .findings
        .into_iter()
        .map(|finding| DiffersAt::Finding(Box::new(finding)));
    let places = report
        .unexplained
        .into_iter()
        .map(|place| DiffersAt::Place(Box::new(place)));
    Ok(findings.chain(places).collect())
}

/// Whether two sets are the same but for what the spec allows; what that was.
pub fn normalised(spec: &Spec, a: &Set, b: &Set) -> Result<Option<Vec<String>>, Error> {
    let rules = spec.rules()?;
    if rules.is_empty() || a.files.len() != b.files.len() || a.same(b) {
        return Ok(None);
    }
    let mut all = Vec::new();
    for ((path, x), (other, y)) in a.files.iter().zip(&b.files) {
        if path != other {
            return Ok(None);
        }
        if x == y {
            continue;
        }
        match super::normalise::equal(&bytes(a, path)?, &bytes(b, path)?, &rules) {
            Ok(Some(what)) => all.extend(what),
            // What can't be read as the rules want it is compared as bytes, and these differ.
            Ok(None) | Err(_) => return Ok(None),
        }
    }
    all.sort();
    all.dedup();
    Ok(Some(all))
}

/// A file of a set.
pub fn bytes(set: &Set, path: &str) -> Result<Vec<u8>, Error> {
    let path = set.folder.join(path);
    fs::read(&path).map_err(|error| Error::at(&path, &error))
}
