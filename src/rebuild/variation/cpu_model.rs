//! Another model of processor, as `/proc/cpuinfo` tells it. The CPUID instruction can't be varied.

use super::{Backend, Missing, Variation, mounted};
use crate::rebuild::{environment::Environment, machine::Machine};

/// The second where the first is the one that runs.
const MODELS: [&str; 2] = [
    "AMD Ryzen Threadripper PRO 5975WX 32-Cores",
    "Intel(R) Core(TM) i7-8550U CPU @ 1.80GHz",
];

/// `cpu_model`
pub struct CpuModel;

impl Variation for CpuModel {
    fn name(&self) -> &'static str {
        "cpu_model"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        mounted(machine, "/proc/cpuinfo")
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        let [first, second] = MODELS;
        let model = if machine.cpu_model.as_deref() == Some(first) {
            second
        } else {
            first
        };
        environment.cpu_model = Some(model.to_owned());
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["cpu_model"]
    }
}
