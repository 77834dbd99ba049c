//! Another home folder, in which the caller's tools and caches are; and one that cannot be written, as Debian's builds have it.

use super::{Backend, Missing, Variation, mounted, namespaces_or_environment};
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
    fn other(&self) -> Option<&'static dyn Variation> {
        Some(&Unwritable)
    }
}

/// The other value of `home`.
struct Unwritable;

impl Variation for Unwritable {
    fn name(&self) -> &'static str {
        "home=unwritable"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        mounted(machine, "a home that cannot be written")
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        environment.home = format!("{}/nonexistent", machine.base);
        environment.home_is_written = false;
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        Home.observes()
    }
    fn touches(&self) -> &'static [&'static str] {
        Home.touches()
    }
}
