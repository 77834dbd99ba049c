//! make, cargo, cmake and Debian's tools are asked to run several jobs at once, on several real processors.

use super::{Backend, Missing, Variation};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `parallelism`
pub struct Parallelism;

impl Variation for Parallelism {
    fn name(&self) -> &'static str {
        "parallelism"
    }
    fn backend(&self, _: &Machine) -> Result<Backend, Missing> {
        Ok(Backend::Environment)
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        environment.jobs = machine.processors.max(2);
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["MAKEFLAGS", "job_variables"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["variable_names", "cpus_allowed"]
    }
    fn nondeterministic(&self) -> bool {
        true
    }
}
