//! `repro ddc`: Wheeler's diverse double-compiling, and comparisons of independent toolchains that are short of it.
//!
//! Terms: c_A is the compiler under test, s_A its claimed source, c_P and s_P its parent and that one's source, c_T a trusted
//! compiler of independent lineage. Stage 1 is what c_T makes of s_P, stage 2 what stage 1 makes of s_A. If stage 2 is c_A bit
//! for bit, c_A corresponds to s_A, given that c_T compiled this one source correctly and does not collude.
//! David A. Wheeler, "Countering Trusting Trust through Diverse Double-Compiling", ACSAC 2005; dissertation, 2009.

mod agree;
mod archive;
mod behave;
mod chain;
mod classes;
mod double;
mod elf;
mod elsewhere;
mod experiment;
mod failure;
mod inputs;
mod job;
mod kept;
mod lab;
pub(crate) mod localise;
pub(crate) mod normalise;
mod perturbation;
mod places;
mod poison;
mod replay;
mod say;
mod sources;
pub mod spec;
#[cfg(test)]
mod testing;
mod verdict;
mod words;

use crate::{
    model::{DdcMode, DdcReport},
    rebuild::{Error, Progress, environment::SEARCH_PATH, janitor::Work, site::Site},
};
use spec::Spec;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

/// A commented spec to start from.
pub const TEMPLATE: &str = include_str!("template.toml");

/// How a spec is carried out.
#[derive(Clone, Debug)]
pub struct Options {
    /// This program, which starts itself for each stage.
    pub program: PathBuf,
    /// Where stages are made; this machine if none is given.
    pub site: Option<Arc<dyn Site>>,
    /// Variables of the caller that the spec allows, by name.
    pub variables: BTreeMap<String, String>,
    /// Runs at the same time.
    pub width: usize,
    /// Folder below which the work folder is made; that for temporary files if none is given.
    pub work: Option<PathBuf>,
    /// Where to keep the artifacts of every stage.
    pub keep: Option<PathBuf>,
    /// Where stages are kept, and taken from if they were made of the same.
    pub cache: Option<PathBuf>,
    /// Bring sources that are not there with the spec's `fetch` command.
    pub fetch: bool,
}

/// Carries out a spec.
///
/// # Errors
/// Something stood in the way before there was a verdict: what, where, and what to do about it. Nothing is left behind.
pub fn run(spec: &Spec, options: &Options, tell: &dyn Fn(&Progress)) -> Result<DdcReport, Error> {
    let mut variables = options.variables.clone();
    variables.extend(spec.environment.set.clone());
    let search_path = variables.get("PATH").map_or(SEARCH_PATH, String::as_str);
    let programs = inputs::programs(spec, search_path)?;
    if options.fetch {
        let parent = spec.subject.iter().filter_map(|subject| subject.parent_source.as_ref());
        let generations = spec
            .generations
            .iter()
            .filter_map(|generation| generation.source.as_ref());
        for source in std::iter::once(&spec.source).chain(parent).chain(generations) {
            fetch(spec, source)?;
        }
    }
    let work = Work::create(options.work.as_deref(), &options.program)?;
    let mut experiment = experiment::Experiment::open(spec, options, programs.clone(), &work, variables.clone(), tell)?;
    let report = match spec.mode {
        DdcMode::Ddc if !spec.generations.is_empty() => chain::run(&mut experiment)?,
        DdcMode::Ddc => double::run(&mut experiment)?,
        DdcMode::Agree => agree::run(&mut experiment)?,
        DdcMode::Behaviour => behave::run(&mut experiment)?,
    };
    // What was hashed at first must be what was run.
    if inputs::programs(spec, search_path)? != programs {
        return Err(Error::failed(
            "a toolchain's program has changed while stages were made: run it again",
        ));
    }
    if let Some(folder) = &options.keep {
        experiment.keep(folder)?;
    }
    Ok(report)
}

/// Brings a source tree that is not there.
fn fetch(spec: &Spec, source: &spec::Source) -> Result<(), Error> {
    let [program, arguments @ ..] = source.fetch.as_slice() else {
        return Ok(());
    };
    if spec.folder.join(&source.path).exists() {
        return Ok(());
    }
    let path = match program.contains('/') {
        true => spec.folder.join(program),
        false => Path::new(program).to_owned(),
    };
    let status = Command::new(&path).args(arguments).current_dir(&spec.folder).status();
    let status = status.map_err(|error| Error::at(&path, &error))?;
    match status.success() {
        true => Ok(()),
        false => Err(Error::failed(format!("{status}; the source tree was not brought")).of(path)),
    }
}
