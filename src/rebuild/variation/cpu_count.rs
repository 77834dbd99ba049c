//! The build is told of more processors.

use super::{Backend, Missing, Variation, interposed};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `cpu_count`
pub struct CpuCount;

impl Variation for CpuCount {
    fn name(&self) -> &'static str {
        "cpu_count"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        match (machine.means.interposition, machine.processors) {
            (true, _) => Ok(Backend::Interposition),
            (false, 2..) => Ok(Backend::Environment),
            (false, _) => interposed(machine, "the number of processors"),
        }
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        // Without interposition a process can only be kept from some of the real ones.
        environment.processors = match machine.means.interposition {
            true => 3,
            false => machine.processors.min(3),
        };
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["cpus_of_process"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &[
            "cpus_online",
            "cpus_configured",
            "sys_cpus_online",
            "sys_cpus",
            "proc_cpuinfo_cpus",
            "proc_stat_cpus",
            "cpus_allowed",
        ]
    }
}
