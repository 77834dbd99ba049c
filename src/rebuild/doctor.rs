//! What this machine can isolate and vary, found out by trying; and how it hashes.

use super::{Error, janitor::Work, machine::Machine, means::Means, variation::VARIATIONS};
use crate::{
    bytes::hash::Kernel,
    model::{DoctorLine, DoctorReport, Tool},
};
use std::{fmt::Display, path::Path};

/// Tries every means in a work folder below `base`; `program` is this program, which starts itself for each trial.
///
/// # Errors
/// There is no room for a work folder, or the program can't be started.
pub fn doctor(program: &Path, base: Option<&Path>) -> Result<DoctorReport, Error> {
    let work = Work::create(base, program)?;
    let (means, trials) = Means::detect(program, work.path())?;
    let machine = Machine::detect(means, work.path());
    let line = |name: &str, outcome: Result<Option<String>, &dyn Display>| DoctorLine {
        name: name.to_owned(),
        available: outcome.is_ok(),
        backend: outcome.as_ref().ok().cloned().flatten(),
        why: outcome.err().map(|why| hidden(&why.to_string(), work.path())),
    };
    let means = trials.iter().map(|trial| {
        line(
            trial.name,
            trial.outcome.as_ref().map(|()| None).map_err(|why| why as _),
        )
    });
    let variations = VARIATIONS.iter().map(|variation| {
        let backend = variation.backend(&machine);
        let told = backend.as_ref().map(|backend| Some(backend.to_string()));
        line(variation.name(), told.map_err(|missing| missing as _))
    });
    Ok(DoctorReport {
        schema_version: 1,
        tool: Tool::SELF,
        means: means.collect(),
        variations: variations.collect(),
        digests: vec![line("SHA-256", Ok(Some(Kernel::here().name().to_owned())))],
    })
}

/// The work folder has another name each time.
fn hidden(text: &str, work: &Path) -> String {
    text.replace(&*work.to_string_lossy(), "WORK")
}
