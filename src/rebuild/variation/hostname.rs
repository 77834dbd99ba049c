//! Another host name.

use super::{Backend, Missing, Variation, interposed};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `hostname`
pub struct Hostname;

impl Variation for Hostname {
    fn name(&self) -> &'static str {
        "hostname"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        match machine.means.uts {
            true => Ok(Backend::Namespaces),
            false => interposed(machine, "the host name"),
        }
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        environment.hostname = "another-machine".to_owned();
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["hostname"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["proc_hostname", "etc_hostname", "etc_hosts", "HOSTNAME"]
    }
}
