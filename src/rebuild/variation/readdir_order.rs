//! Folders list their entries in the opposite order.

use super::{Backend, Missing, Variation, interposed};
use crate::rebuild::environment::DirectoryOrder;
use crate::rebuild::{environment::Environment, machine::Machine};

/// `readdir_order`
pub struct ReaddirOrder;

impl Variation for ReaddirOrder {
    fn name(&self) -> &'static str {
        "readdir_order"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        interposed(machine, "the order of entries")
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        environment.order = DirectoryOrder::Reversed;
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["directory_order"]
    }
}
