//! `repro rebuild`: does what was published come from its source? The artifact says how it was built; it is built again so, in the
//! sandbox and without network, and compared.
//!
//! One file an ecosystem implements `Ecosystem`. Registries are reached through their own clients, in the sandbox too, and nothing of an
//! artifact or of its source is run while there is a network.

mod contents;
mod debian;
mod file;
mod git;
mod judge;
mod lab;
mod npm;
mod pypi;
mod rust;
mod search;
mod site;
pub mod subject;

use crate::{
    bytes::Error,
    model::{PublishedFact, PublishedFile, PublishedPlan, PublishedReport, PublishedVerdict, Tool},
    rebuild::site::Site as Workers,
};
use contents::Contents;
use lab::Lab;
use site::Site;
use std::{
    cell::RefCell,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use subject::{Registry, Subject};

/// What is asked of a rebuild.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// A folder of the source, instead of what the registry has.
    pub source: Option<PathBuf>,
    /// What the build is known to have been made with: Debian's.
    pub buildinfo: Option<PathBuf>,
    /// The source package: Debian's.
    pub dsc: Option<PathBuf>,
    /// How a file without an ecosystem is built.
    pub command: Vec<String>,
    /// Globs of what that makes.
    pub artifacts: Vec<String>,
    /// A plan to follow, instead of one made from evidence.
    pub plan: Option<PublishedPlan>,
    /// Make the plan and build nothing.
    pub plan_only: bool,
    /// Most builds of a search.
    pub tries: usize,
    /// Longest time of one build.
    pub timeout: Duration,
    /// Whether what was fetched before is taken.
    pub cache: bool,
    /// Folder below which the work folder is made.
    pub work: Option<PathBuf>,
    /// Where what was built is kept.
    pub keep: Option<PathBuf>,
    /// Whether the bytes round differences are collected: for a page.
    pub details: bool,
    /// Who makes the builds, if it is not this machine. Clients run here all the same.
    pub workers: Option<Arc<dyn Workers>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            source: None,
            buildinfo: None,
            dsc: None,
            command: Vec::new(),
            artifacts: Vec::new(),
            plan: None,
            plan_only: false,
            tries: 6,
            timeout: Duration::from_secs(1800),
            cache: true,
            work: None,
            keep: None,
            details: false,
            workers: None,
        }
    }
}

/// What is known before a plan is made.
struct Case<'c> {
    site: &'c Site,
    options: &'c Options,
    /// What was published.
    artifact: &'c Contents,
    /// Where it lies.
    path: &'c Path,
}

/// How the artifacts of one registry or distribution are built again.
trait Ecosystem {
    /// As reports name it.
    fn name(&self) -> &'static str;
    /// Fetches what was published.
    fn published(&self, _site: &Site, name: &str, _version: &str) -> Result<PathBuf, Error> {
        Err(Error::usage(format!("{name}: give the file")))
    }
    /// What the artifact says of its build.
    fn evidence(&self, case: &Case<'_>) -> Vec<PublishedFact>;
    /// How to build it again. May fetch what has to be known for that.
    fn plan(&self, case: &Case<'_>, notes: &mut Vec<String>) -> Result<PublishedPlan, Error>;
    /// Puts what the plan's commands need into a folder.
    fn stage(&self, case: &Case<'_>, plan: &PublishedPlan, folder: &Path) -> Result<(), Error>;
    /// What a build asked for that was not there: a plan with it.
    fn more(&self, _plan: &PublishedPlan, _asked: &[String]) -> Option<PublishedPlan> {
        None
    }
    /// The source, as far as it is one archive: what is in it is not foreign.
    fn source(&self, case: &Case<'_>, plan: &PublishedPlan) -> Option<Contents>;
    /// Plans that are likely, too.
    fn neighbours(&self, _case: &Case<'_>, _plan: &PublishedPlan) -> Vec<Neighbour> {
        Vec::new()
    }
}

/// A plan that differs from another in one respect.
struct Neighbour {
    /// In which.
    touches: Touches,
    /// For people.
    setting: String,
    plan: PublishedPlan,
}

/// What a setting changes in an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Touches {
    /// Times that are written into it.
    Times,
    /// Permissions.
    Modes,
    /// Whatever tools write.
    Tools,
}

/// The ecosystem of a subject, by its registry or by the file's name and content.
fn ecosystem(subject: &Subject, options: &Options) -> Result<Box<dyn Ecosystem>, Error> {
    let path = match subject {
        Subject::Named(Registry::PyPi, ..) => return Ok(Box::new(pypi::PyPi)),
        Subject::Named(Registry::Npm, ..) => return Ok(Box::new(npm::Npm)),
        Subject::Named(Registry::Crates, ..) => return Ok(Box::new(rust::Crates)),
        Subject::File(path) => path,
    };
    let name = path.to_string_lossy();
    if !options.command.is_empty() {
        return Ok(Box::new(file::AnyFile));
    }
    if name.ends_with(".whl") {
        return Ok(Box::new(pypi::PyPi));
    }
    if name.ends_with(".deb") {
        return Ok(Box::new(debian::Debian));
    }
    if name.ends_with(".crate") {
        return Ok(Box::new(rust::Crates));
    }
    if name.ends_with(".tgz") {
        return Ok(Box::new(npm::Npm));
    }
    Err(Error::usage(
        "it is no .whl, .tgz, .crate or .deb: give --source DIR and --command COMMAND to say how it is built",
    )
    .of(path))
}

/// Builds again what was published, and compares. A failed build is an answer, not an error.
///
/// # Errors
/// The artifact can't be had, or there is no source or no tool to build it from: what, and why.
pub fn rebuild(subject: &Subject, named: &str, options: &Options) -> Result<PublishedReport, Error> {
    let ecosystem = ecosystem(subject, options)?;
    let site = Site {
        lab: Lab::open(options.timeout, options.work.as_deref(), options.workers.clone())?,
        cache: options.cache,
        notes: RefCell::default(),
    };
    if options.workers.is_some() {
        site.note("built on remote workers: their clock and user are not set, and not known".to_owned());
    }
    let path = match subject {
        Subject::File(path) => path.clone(),
        Subject::Named(_, name, version) => ecosystem
            .published(&site, name, version)
            .map_err(|error| error.about(named))?,
    };
    let artifact = Contents::read(&path)?;
    let case = Case {
        site: &site,
        options,
        artifact: &artifact,
        path: &path,
    };
    let mut report = PublishedReport {
        schema_version: 1,
        tool: Tool::SELF,
        subject: named.to_owned(),
        ecosystem: ecosystem.name().to_owned(),
        verdict: PublishedVerdict::NotBuilt,
        summary: String::new(),
        artifact: Some(artifact.file.clone()),
        rebuilt: None,
        built: None,
        evidence: ecosystem.evidence(&case),
        plan: None,
        tries: Vec::new(),
        foreign: None,
        failure: None,
        notes: Vec::new(),
        diff: None,
    };
    let plan = match &options.plan {
        Some(plan) if plan.ecosystem != ecosystem.name() => {
            return Err(Error::usage(format!(
                "the plan is for {}, and {named} is of {}",
                plan.ecosystem,
                ecosystem.name()
            )));
        }
        Some(plan) => plan.clone(),
        None => ecosystem
            .plan(&case, &mut report.notes)
            .map_err(|error| error.about(named))?,
    };
    if options.plan_only {
        report.plan = Some(plan);
        "planned, not built".clone_into(&mut report.summary);
        return Ok(report);
    }
    search::run(&*ecosystem, &case, plan, &mut report)?;
    report.notes.append(&mut site.notes.take());
    Ok(report)
}

/// A file below a folder, by its digest.
fn described(root: &Path, path: &Path) -> Result<PublishedFile, Error> {
    let at = |error| Error::at(path, &error);
    let bytes = crate::bytes::source::load(path).map_err(at)?;
    Ok(PublishedFile {
        path: path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned(),
        sha256: crate::bytes::digest::Algorithm::Sha256.digest(&bytes).to_string(),
        size: bytes.len() as u64,
    })
}

/// Everything below `source/` and `tools/` of a staged folder, sorted by path.
fn inputs(folder: &Path) -> Result<Vec<PublishedFile>, Error> {
    let mut found = Vec::new();
    for name in ["source", "tools"] {
        let below = folder.join(name);
        for entry in walkdir::WalkDir::new(&below).sort_by_file_name().into_iter().flatten() {
            if entry.file_type().is_file() && found.len() < MOST_INPUTS {
                found.push(described(folder, entry.path())?);
            }
        }
    }
    found.sort_by(|a: &PublishedFile, b| a.path.cmp(&b.path));
    Ok(found)
}

/// A source folder of more files is not listed file by file.
const MOST_INPUTS: usize = 200;

/// Keeps a file that was built.
fn keep(file: &Path, folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| Error::at(folder, &error))?;
    site::place(file, folder)
}
