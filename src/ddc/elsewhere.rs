//! Stages on other machines: the toolchains there must be those that were hashed here.

use super::{inputs::Program, lab::Lab, perturbation::Perturbation, places::OUT};
use crate::{
    model::RunOutcome,
    rebuild::{Error, config, sandbox::RunSpec},
};
use std::{collections::BTreeMap, fs};

impl Lab<'_> {
    /// Whether stages run the very programs that the report names.
    ///
    /// # Errors
    /// A program there is another one, or can't be hashed.
    pub fn same_programs(&self, programs: &[Program]) -> Result<(), Error> {
        // Those beside the spec are sent.
        let installed = programs
            .iter()
            .filter(|program| !program.path.starts_with(&self.spec.folder));
        let expected: BTreeMap<String, &str> = installed
            .map(|program| (program.path.display().to_string(), program.sha256.as_str()))
            .collect();
        if self.options.site.is_none() || expected.is_empty() {
            return Ok(());
        }
        let folder = self.folder("programs")?;
        let words = ["sha256sum".to_owned(), "--".to_owned()]
            .into_iter()
            .chain(expected.keys().cloned());
        let spec = RunSpec {
            steps: vec![config::step("sha256sum", words.collect())],
            ..self.bare(self.environment(Perturbation::None, OUT)?, &folder)?
        };
        let result = self.run(&spec)?;
        let log = folder.join("log");
        let printed = fs::read_to_string(&log).map_err(|error| Error::at(&log, &error))?;
        if result.outcome != RunOutcome::Built {
            let why = format!("a worker has not all of the toolchains' programs: {}", printed.trim());
            return Err(Error::unavailable(why));
        }
        let found: BTreeMap<&str, &str> = printed
            .lines()
            .filter_map(|line| line.split_once("  "))
            .map(|(sha256, path)| (path, sha256))
            .collect();
        match expected
            .iter()
            .find(|(path, sha256)| found.get(path.as_str()) != Some(*sha256))
        {
            None => Ok(()),
            Some((path, _)) => Err(Error::unavailable(format!(
                "{path} is another program on the worker than here: a report would name the wrong one"
            ))),
        }
    }
}
