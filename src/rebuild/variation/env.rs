//! A variable that no build knows of: whoever shows it has captured the whole environment.

use super::{Backend, Missing, Variation};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `env`
pub struct Env;

impl Variation for Env {
    fn name(&self) -> &'static str {
        "env"
    }
    fn backend(&self, _: &Machine) -> Result<Backend, Missing> {
        Ok(Backend::Environment)
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        let value = "a value that only a build which captures its whole environment shows";
        environment
            .variables
            .insert("CAPTURE_ENVIRONMENT".to_owned(), value.to_owned());
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["variable_names"]
    }
}
