//! Logs in JSON: one object behind the other; and the events of a build, of which those of actions can hold the same.

use super::{Spawn, cut};
use crate::bytes::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{StreamDeserializer, de::IoRead};
use std::{collections::VecDeque, io::Read};

type Objects = StreamDeserializer<'static, IoRead<Box<dyn Read>>, Exec>;

pub(super) struct Reader {
    objects: Objects,
    /// What an event had besides.
    more: VecDeque<Spawn>,
}

/// The event of an action.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Action {
    label: String,
    r#type: String,
    strategy_details: Vec<Exec>,
}

/// An object of a log, or an event.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Exec {
    action: Option<Action>,
    command_args: Vec<String>,
    environment_variables: Vec<Pair>,
    platform: Platform,
    inputs: Vec<File>,
    listed_outputs: Vec<String>,
    mnemonic: String,
    actual_outputs: Vec<File>,
    runner: String,
    cache_hit: bool,
    target_label: String,
    digest: Option<Digest>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Platform {
    properties: Vec<Pair>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pair {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct File {
    path: String,
    symlink_target_path: String,
    digest: Option<Digest>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Digest {
    hash: String,
    #[serde(deserialize_with = "number")]
    size_bytes: i64,
}

/// Protocol buffers write long numbers as texts.
fn number<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Text(String),
    }
    match Either::deserialize(from)? {
        Either::Number(number) => Ok(number),
        Either::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}

impl Reader {
    pub(super) fn new(from: Box<dyn Read>) -> Self {
        Self {
            objects: serde_json::Deserializer::from_reader(from).into_iter(),
            more: VecDeque::new(),
        }
    }

    pub(super) fn next(&mut self) -> Result<Option<Spawn>, Error> {
        loop {
            if let Some(spawn) = self.more.pop_front() {
                return Ok(Some(spawn));
            }
            let told = match self.objects.next() {
                None => return Ok(None),
                Some(Ok(told)) => told,
                Some(Err(error)) if error.is_eof() => return Err(cut()),
                Some(Err(error)) => return Err(Error::malformed(error)),
            };
            match told {
                Exec {
                    action: Some(action), ..
                } => self.more.extend(action.spawns()),
                told if told.is_one() => return Ok(Some(told.spawn())),
                _ => {} // Another event.
            }
        }
    }
}

impl Action {
    fn spawns(self) -> impl Iterator<Item = Spawn> {
        let Self {
            label,
            r#type,
            strategy_details,
        } = self;
        let some = strategy_details.into_iter().filter(Exec::is_one);
        some.map(Exec::spawn).map(move |mut spawn| {
            if spawn.label.is_empty() {
                spawn.label.clone_from(&label);
            }
            if spawn.mnemonic.is_empty() {
                spawn.mnemonic.clone_from(&r#type);
            }
            spawn
        })
    }
}

impl Exec {
    /// Whether it is an action at all.
    fn is_one(&self) -> bool {
        !self.command_args.is_empty() || !self.listed_outputs.is_empty() || self.digest.is_some()
    }

    fn spawn(self) -> Spawn {
        let digest = |digest: &Digest| format!("{}/{}", digest.hash, digest.size_bytes);
        let content = |file: &File| match (&file.digest, file.symlink_target_path.as_str()) {
            (Some(told), _) => digest(told),
            (None, "") => "empty".to_owned(),
            (None, target) => format!("-> {target}"),
        };
        let files = |files: Vec<File>| files.iter().map(|file| (file.path.clone(), content(file))).collect();
        let pairs = |pairs: Vec<Pair>| pairs.into_iter().map(|pair| (pair.name, pair.value)).collect();
        Spawn {
            action: self.digest.as_ref().map(digest),
            label: self.target_label,
            mnemonic: self.mnemonic,
            arguments: self.command_args,
            variables: pairs(self.environment_variables),
            platform: pairs(self.platform.properties),
            inputs: files(self.inputs),
            outputs: files(self.actual_outputs),
            listed: self.listed_outputs,
            runner: self.runner,
            cached: self.cache_hit,
        }
    }
}
