//! PATH ends with one more folder, in which nothing is.

use super::{Backend, Missing, Variation};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `exec_path`
pub struct ExecPath;

impl Variation for ExecPath {
    fn name(&self) -> &'static str {
        "exec_path"
    }
    fn backend(&self, _: &Machine) -> Result<Backend, Missing> {
        Ok(Backend::Environment)
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        let folder = format!(":{}/unknown/bin", machine.base);
        if !environment.search_path.ends_with(&folder) {
            environment.search_path.push_str(&folder);
        }
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["PATH"]
    }
}
