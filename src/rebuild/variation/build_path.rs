//! The source lies in another folder: another name, another depth, another length.

use super::{Backend, Missing, Variation, namespaces_or_environment};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `build_path`
pub struct BuildPath;

impl Variation for BuildPath {
    fn name(&self) -> &'static str {
        "build_path"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        Ok(namespaces_or_environment(machine))
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        environment.build_path = format!("{}/elsewhere/second/project-copy", machine.base);
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["working_folder"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["PWD"]
    }
}
