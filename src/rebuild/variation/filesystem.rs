//! The build lies on another kind of file system: on disk instead of in memory, or the other way round.

use super::{Backend, Missing, Variation, mounted};
use crate::rebuild::environment::Filesystem as Kind;
use crate::rebuild::{environment::Environment, machine::Machine};

/// `filesystem`
pub struct Filesystem;

impl Variation for Filesystem {
    fn name(&self) -> &'static str {
        "filesystem"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        mounted(machine, "the build folder")
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        environment.filesystem = match Kind::control(machine) {
            Kind::Memory if machine.work_in_memory => {
                return Err(Missing::Disk);
            }
            Kind::Memory => Kind::Disk,
            Kind::Disk => return Err(Missing::Memory),
        };
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["filesystem"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["directory_size", "block_size", "folder_links"]
    }
}
