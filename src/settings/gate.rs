//! `[gate]`: the artifacts, how strict the gate is, and which differences it accepts; from it and the caller's words to what the gate is asked.

use super::{Repository, Wrong, within::within};
use crate::{
    bytes::{Error, settings::meant},
    cause::{self, CAUSES},
    model::{Accept, Enforce, Record},
    policy::{self, Allow, Kept, Policy, Rebuild, gate::Asked, lock::Lock},
    rebuild::{Build, Progress, artifacts::Patterns},
};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::{Spanned, value::Datetime};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Table {
    lock: Option<PathBuf>,
    artifacts: Vec<Spanned<String>>,
    identical: Vec<Spanned<String>>,
    enforce: Option<Enforce>,
    enforce_share: Option<Spanned<f64>>,
    reference: Option<PathBuf>,
    record: Option<PathBuf>,
    allow: Vec<AllowTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowTable {
    artifact: Option<Spanned<String>>,
    causes: Spanned<Vec<Spanned<String>>>,
    accept: Option<Accept>,
    reason: Spanned<String>,
    until: Option<Spanned<Datetime>>,
}

impl Table {
    pub(super) fn checked(self) -> Result<Policy, Wrong> {
        if let Some(share) = &self.enforce_share
            && !(0.0..=1.0).contains(share.get_ref())
        {
            let what = format!("gate: enforce_share is {}: give a number from 0 to 1", share.get_ref());
            return Err(Wrong::at(share, what));
        }
        for glob in self.artifacts.iter().chain(&self.identical) {
            check_glob(glob, "gate")?;
        }
        let plain = |globs: Vec<Spanned<String>>| globs.into_iter().map(Spanned::into_inner).collect();
        let rules = self.allow.into_iter().enumerate();
        Ok(Policy {
            lock: self.lock,
            artifacts: plain(self.artifacts),
            identical: plain(self.identical),
            enforce: self.enforce,
            enforce_share: self.enforce_share.map(Spanned::into_inner),
            reference: self.reference,
            record: self.record,
            allow: rules
                .map(|(index, rule)| rule.checked(index + 1))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl AllowTable {
    fn checked(self, number: usize) -> Result<Allow, Wrong> {
        let here = |what: &str| format!("gate: allow {number}: {what}");
        for name in self.causes.get_ref() {
            check_cause(name)?;
        }
        if let Some(glob) = &self.artifact {
            check_glob(glob, &format!("gate: allow {number}"))?;
        }
        if self.reason.get_ref().trim().is_empty() {
            let what = here("reason is empty: say why the difference is accepted");
            return Err(Wrong::at(&self.reason, what));
        }
        if self.causes.get_ref().is_empty() {
            let what = here("causes is empty: name those that are accepted");
            return Err(Wrong::at(&self.causes, what));
        }
        let until = match &self.until {
            None => None,
            Some(until) => match until.get_ref().date {
                None => return Err(Wrong::at(until, here("until has no date: write until = 2027-01-31"))),
                Some(date) => Some(date.to_string()),
            },
        };
        Ok(Allow {
            artifact: self.artifact.map_or_else(|| "**".to_owned(), Spanned::into_inner),
            causes: self.causes.into_inner().into_iter().map(Spanned::into_inner).collect(),
            accept: self.accept,
            reason: self.reason.into_inner(),
            until,
        })
    }
}

fn check_glob(glob: &Spanned<String>, whose: &str) -> Result<(), Wrong> {
    let read = Patterns::new(std::slice::from_ref(glob.get_ref()));
    read.map(drop)
        .map_err(|error| Wrong::at(glob, format!("{whose}: {error}")))
}

fn check_cause(name: &Spanned<String>) -> Result<(), Wrong> {
    let id = name.get_ref();
    if cause::by_id(id).is_some() {
        return Ok(());
    }
    let meant = meant(id, CAUSES.iter().map(|cause| cause.id()));
    let what = format!("gate: allow: no cause is called {id:?}; `repro explain` lists them{meant}");
    Err(Wrong::at(name, what))
}

/// What the caller says of one gate; it wins over `repro.toml`. Nothing is said by default: what lies in the repository is judged, and what
/// differs is built to compare with, if `[build]` says how.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct GateOptions {
    /// Only these artifacts: paths or globs below the root.
    pub only: Vec<String>,
    /// Where the built artifacts lie, if not below the root.
    pub built: Option<PathBuf>,
    /// Build them, with these variations ([`ALL`](crate::rebuild::ALL) for everything that this machine can vary, none for the control).
    pub vary: Option<Vec<String>>,
    /// Where to leave what was built: a folder that is new or empty. Without [`GateOptions::vary`] nothing is.
    pub out: Option<PathBuf>,
    /// Make no build to compare with.
    pub no_rebuild: bool,
    /// What to compare a differing artifact with: a folder, or a file for the only one.
    pub reference: Option<PathBuf>,
    /// What the references were built in, and the artifacts.
    pub records: Option<[Record; 2]>,
    /// What is done about failures.
    pub enforce: Option<Enforce>,
    /// The share of artifacts for which the gate blocks, from 0 to 1.
    pub enforce_share: Option<f64>,
    /// Whether rules of the policy that are of no use are failures.
    pub strict: bool,
    /// Today as `2027-01-31`; by the clock if it is not given.
    pub today: Option<String>,
    /// Whether the report is to show the bytes round differences: for a page.
    pub details: bool,
    /// The program that makes the runs of a build: as [`Build::program`].
    pub program: Option<PathBuf>,
}

/// A lock file, and what it says.
#[derive(Clone, Debug)]
pub struct Locked {
    /// Where it lies.
    pub path: PathBuf,
    /// What is locked.
    pub lock: Lock,
}

impl Repository {
    /// Reads the lock file that is given, else the repository's own.
    ///
    /// # Errors
    /// There is none, or it can't be read.
    pub fn locked(&self, given: Option<&Path>) -> Result<Locked, Error> {
        let path = self.lock(given)?;
        match Lock::read(&path)? {
            Some(lock) => Ok(Locked { path, lock }),
            None => Err(Error::not_found("there is no lock file: `repro lock` writes one, to be committed").of(path)),
        }
    }

    /// What [`policy::gate::gate`] is asked here: the policy of `[gate]`, the build of `[build]`, and the caller's words over both.
    /// `progress` is told before each run of a build.
    ///
    /// # Errors
    /// Something that is named is not there, or leads out of the repository.
    pub fn gate<'a>(
        &self,
        locked: Locked,
        options: GateOptions,
        progress: &'a dyn Fn(&Progress),
    ) -> Result<Asked<'a>, Error> {
        let own = locked.path.strip_prefix(&self.root);
        let name = own.unwrap_or(&locked.path).display().to_string();
        let built = self.built(options.built.as_deref())?;
        let build = match options.no_rebuild {
            true => None,
            false => self.reference_build(options.program)?,
        };
        let mut policy = self.settings.gate.clone();
        policy.enforce = options.enforce.or(policy.enforce);
        policy.enforce_share = options.enforce_share.or(policy.enforce_share);
        Ok(Asked {
            itself: options.built.is_none().then(|| name.clone()),
            name,
            lock: locked.lock,
            policy,
            globs: self.artifacts().to_vec(),
            only: options.only,
            root: self.root.clone(),
            built,
            rebuild: build.map(|build| Rebuild { build, progress }),
            command: self.command()?,
            vary: options.vary,
            out: options.out.as_deref().map(Kept::new).transpose()?,
            reference: self.reference(options.reference)?,
            records: options.records,
            today: options.today.unwrap_or_else(policy::today),
            strict: options.strict,
            details: options.details,
        })
    }

    /// How artifacts are built to compare with; none where nothing says how.
    fn reference_build(&self, program: Option<PathBuf>) -> Result<Option<Build>, Error> {
        if self.settings.build.steps().is_empty() {
            return Ok(None);
        }
        let against = match &self.settings.gate.record {
            None => None,
            Some(record) => {
                let path = within(&self.root, record, "--no-rebuild")?;
                if !path.is_file() {
                    return Err(Error::not_found(format!(
                        "record {}: there is no such file",
                        record.display()
                    )));
                }
                Some(path)
            }
        };
        let build = self.build()?;
        Ok(Some(Build {
            against,
            program,
            ..build
        }))
    }

    /// What differing artifacts are compared with: as given, else as `[gate]` has it.
    fn reference(&self, given: Option<PathBuf>) -> Result<Option<PathBuf>, Error> {
        let reference = match (given, &self.settings.gate.reference) {
            (Some(given), _) => Some(given),
            (None, Some(own)) => Some(within(&self.root, own, "--reference")?),
            (None, None) => None,
        };
        match reference.as_ref().filter(|path| !path.exists()) {
            Some(missing) => Err(Error::not_found("there is no such reference").of(missing)),
            None => Ok(reference),
        }
    }
}
