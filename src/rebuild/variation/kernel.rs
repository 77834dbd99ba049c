//! Another kernel release and version.

use super::{Backend, Missing, Variation, interposed};
use crate::rebuild::environment as parts;
use crate::rebuild::{environment::Environment, machine::Machine};

/// Two of Debian's; the second where the first is the one that runs.
const KERNELS: [(&str, &str); 2] = [
    ("6.1.0-31", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.128-1 (2025-02-07)"),
    ("5.10.0-33", "#1 SMP Debian 5.10.226-1 (2024-10-03)"),
];

/// `kernel`
pub struct Kernel;

impl Variation for Kernel {
    fn name(&self) -> &'static str {
        "kernel"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        interposed(machine, "the name of the kernel")
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        let flavour = if cfg!(target_arch = "aarch64") {
            "arm64"
        } else {
            "amd64"
        };
        let [first, second] = KERNELS;
        let (release, version) = if machine.release.starts_with(first.0) {
            second
        } else {
            first
        };
        environment.kernel = Some(parts::Kernel {
            release: format!("{release}-{flavour}"),
            version: version.to_owned(),
        });
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["kernel_release", "kernel_version"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["proc_version", "proc_kernel_release", "proc_kernel_version"]
    }
}
