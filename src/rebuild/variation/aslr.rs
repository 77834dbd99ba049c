//! Addresses are randomised.

use super::{Backend, Variation};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `aslr`
pub struct Aslr;

impl Variation for Aslr {
    fn name(&self) -> &'static str {
        "aslr"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, String> {
        match machine.means.aslr {
            true => Ok(Backend::Environment),
            false => Err("addresses are randomised in any case: personality(ADDR_NO_RANDOMIZE) is refused".to_owned()),
        }
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), String> {
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
