//! What must hold of a build before anything is run.

use super::{ALL, Build, Error, Step, artifacts, config, pin, remedy, secret::Secrets};

impl Build {
    /// Whether another machine can be asked for it.
    ///
    /// # Errors
    /// It takes something that is on this machine only.
    pub(super) fn check_elsewhere(&self) -> Result<(), Error> {
        if !self.secrets.is_empty() {
            return Err(Error::usage(
                "--secret: a remote server keeps what it is sent, and others may read it",
            ));
        }
        if !self.freed.is_empty() {
            return Err(Error::usage(
                "--unpin: on a remote worker nothing is pinned but variables and the umask",
            ));
        }
        if self.record.is_some() || self.against.is_some() {
            return Err(Error::usage(
                "--record and --against need to trace the build, and a remote one is not traced",
            ));
        }
        if self.artifacts.iter().any(|glob| glob.starts_with("../")) {
            return Err(Error::usage(
                "a remote worker keeps no artifacts beside the source folder, as ../NAME",
            ));
        }
        Ok(())
    }

    /// Whether it can be made at all, as far as that shows before anything is run.
    ///
    /// # Errors
    /// There is no command or no artifact, or a name that nothing bears.
    pub fn check(&self) -> Result<(), Error> {
        if self.steps.is_empty() {
            return Err(Error::usage(
                "nothing to build: give a command after --, or `command` in repro.toml; `repro init` proposes one for usual source trees",
            ));
        }
        let empty = |step: &&Step| step.command.first().is_none_or(String::is_empty);
        if let Some(step) = self.steps.iter().find(empty) {
            return Err(Error::usage(format!("step {:?}: its command is empty", step.name)));
        }
        if self.artifacts.is_empty() {
            return Err(Error::usage(
                "no artifact is named: give --artifact GLOB, or `artifacts` in repro.toml",
            ));
        }
        artifacts::check(&self.artifacts)?;
        let single = self.only.iter().flatten().filter(|name| *name != ALL);
        for name in self.variations.iter().chain(&self.without).chain(single) {
            config::known(name)?;
        }
        for name in &self.freed {
            pin::known(name)?;
        }
        if !self.freed.is_empty() && self.only.as_ref().is_none_or(|only| !only.is_empty()) {
            return Err(Error::usage(
                "--unpin takes --vary control: what is not pinned is not varied either",
            ));
        }
        for name in &self.remedies {
            remedy::known(name)?;
        }
        Secrets::new(&self.secrets).map(drop)
    }
}
