//! Another home folder, in which the caller's tools and caches are.

use super::{Backend, Missing, Variation, namespaces_or_environment};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `home`
pub struct Home;

impl Variation for Home {
    fn name(&self) -> &'static str {
        "home"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        Ok(namespaces_or_environment(machine))
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        environment.home = format!("{}/users/of/another-home", machine.base);
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["HOME"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["passwd_home"]
    }
}
