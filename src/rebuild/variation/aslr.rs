//! Addresses are randomised.

use super::{Backend, Missing, Variation};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `aslr`
pub struct Aslr;

impl Variation for Aslr {
    fn name(&self) -> &'static str {
        "aslr"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        match machine.means.aslr {
            true => Ok(Backend::Environment),
            false => Err(Missing::FixedAddresses),
        }
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        environment.aslr = true;
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["stack_address", "mapped_address"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["heap_address", "code_address", "personality"]
    }
    fn nondeterministic(&self) -> bool {
        true
    }
}
