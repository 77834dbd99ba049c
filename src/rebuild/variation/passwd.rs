//! The same user has another full name and another login shell.

use super::{Backend, Missing, Variation, mounted};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `passwd`
pub struct Passwd;

impl Variation for Passwd {
    fn name(&self) -> &'static str {
        "passwd"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        mounted(machine, "/etc/passwd")
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        environment.user.gecos = "Another Person,Room 12,,".to_owned();
        environment.user.shell = "/bin/bash".to_owned();
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["gecos", "login_shell"]
    }
}
