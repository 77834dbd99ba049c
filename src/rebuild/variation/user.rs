//! Another user and group, by number and by name.

use super::{Backend, Missing, Variation, interposed};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `user`
pub struct User;

impl Variation for User {
    fn name(&self) -> &'static str {
        "user"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        match machine.means.mounts {
            true => Ok(Backend::Namespaces),
            false => interposed(machine, "the user"),
        }
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        // Numbers that are not ours already.
        environment.user.uid = if machine.uid == 1234 { 4321 } else { 1234 };
        environment.user.gid = if machine.gid == 1235 { 5321 } else { 1235 };
        environment.user.name = "maintainer".to_owned();
        environment.user.group = "packagers".to_owned();
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["uid", "gid"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &[
            "effective_ids",
            "groups",
            "user_name",
            "group_name",
            "file_owner",
            "capabilities",
        ]
    }
}
