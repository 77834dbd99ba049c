//! Another USER and LOGNAME; the user is the same.

use super::{Backend, Missing, Variation};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `user_env`
pub struct UserEnv;

impl Variation for UserEnv {
    fn name(&self) -> &'static str {
        "user_env"
    }
    fn backend(&self, _: &Machine) -> Result<Backend, Missing> {
        Ok(Backend::Environment)
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        environment.user_variable = "somebody-else".to_owned();
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["USER", "LOGNAME"]
    }
}
