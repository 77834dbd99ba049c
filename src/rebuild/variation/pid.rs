//! Processes get other numbers.

use super::{Backend, Missing, Variation};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `pid`
pub struct Pid;

impl Variation for Pid {
    fn name(&self) -> &'static str {
        "pid"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        match machine.means.pids {
            true => Ok(Backend::Namespaces),
            false => Err(Missing::PidNamespace),
        }
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        environment.first_pid = 20_000;
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["pid"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["parent_pid", "process_group", "session"]
    }
}
