//! Another domain name.

use super::{Backend, Missing, Variation, interposed};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `domainname`
pub struct Domainname;

impl Variation for Domainname {
    fn name(&self) -> &'static str {
        "domainname"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        match machine.means.uts {
            true => Ok(Backend::Namespaces),
            false => interposed(machine, "the domain name"),
        }
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        environment.domainname = "elsewhere.example.net".to_owned();
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["domainname"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["proc_domainname", "etc_hosts", "etc_resolv"]
    }
}
