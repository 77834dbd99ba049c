//! A command as a server runs it.

use super::{
    api::{Action, Command, Duration, EnvironmentVariable, Platform, Property},
    blob::{BlobId, Pieces},
    tree::Folder,
};
use std::collections::BTreeMap;

/// What is to be run.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// All files that it sees.
    pub(super) root: Folder,
    /// Program and arguments.
    pub(super) arguments: Vec<String>,
    /// All variables that it gets.
    pub(super) variables: BTreeMap<String, String>,
    /// Files and folders that are kept of what it makes, by path from the input root.
    pub(super) outputs: Vec<String>,
    /// What a worker must be like.
    pub(super) platform: Vec<(String, String)>,
    /// The longest that it may run.
    pub(super) timeout: std::time::Duration,
    /// What tells this run of it from all others, so that no server takes two for one.
    pub(super) salt: String,
}

impl Asked {
    /// Makes the messages; gives the name of the action.
    pub(super) fn encode(&self, pieces: &mut Pieces) -> BlobId {
        let variables = self.variables.iter().map(|(name, value)| EnvironmentVariable {
            name: name.clone(),
            value: value.clone(),
        });
        let mut properties: Vec<Property> = self
            .platform
            .iter()
            .map(|(name, value)| Property {
                name: name.clone(),
                value: value.clone(),
            })
            .collect();
        properties.sort_by(|a, b| (&a.name, &a.value).cmp(&(&b.name, &b.value)));
        let platform = (!properties.is_empty()).then_some(Platform { properties });
        let mut outputs = self.outputs.clone();
        outputs.sort();
        outputs.dedup();
        #[allow(deprecated, reason = "servers of before version 2.2 look for it here")]
        let command = Command {
            arguments: self.arguments.clone(),
            environment_variables: variables.collect(),
            output_paths: outputs,
            platform: platform.clone(),
            ..Command::default()
        };
        let action = Action {
            command_digest: Some(pieces.message(&command).tell()),
            input_root_digest: Some(self.root.encode(pieces).tell()),
            timeout: Some(Duration {
                seconds: i64::try_from(self.timeout.as_secs()).unwrap_or(i64::MAX),
                nanos: i32::try_from(self.timeout.subsec_nanos()).unwrap_or(0),
            }),
            do_not_cache: true,
            salt: self.salt.clone().into_bytes(),
            platform,
        };
        pieces.message(&action)
    }
}
