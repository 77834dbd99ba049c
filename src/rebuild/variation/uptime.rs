//! The machine has been running for weeks instead of a day.

use super::{Backend, Missing, Variation, interposed};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `uptime`
pub struct Uptime;

impl Variation for Uptime {
    fn name(&self) -> &'static str {
        "uptime"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        match machine.means.time {
            true => Ok(Backend::Namespaces),
            false => interposed(machine, "the uptime"),
        }
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        environment.uptime = 3_456_789;
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["uptime"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["proc_uptime", "boot_clock", "start_of_machine"]
    }
}
