//! Another program is `/bin/sh`, and SHELL names it: bash for dash, dash for anything else.

use super::{Backend, Missing, Variation, mounted};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `shell`
pub struct Shell;

impl Variation for Shell {
    fn name(&self) -> &'static str {
        "shell"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        mounted(machine, "/bin/sh")
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        let (other, name) = match machine.shell_is_dash {
            true => (&machine.bash, "bash"),
            false => (&machine.dash, "dash"),
        };
        let Some(other) = other else {
            return Err(Missing::Shell(name));
        };
        environment.shell = Some(other.clone());
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["shell", "SHELL"]
    }
}
