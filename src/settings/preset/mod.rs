//! What a source tree is, by the files in it, and how such a tree is usually built: a proposal for `[build]`. One file a kind of tree.
//!
//! A preset only reads the tree. What it proposes becomes the text of a `repro.toml`, and is read back as any other: so what `repro build`
//! does by itself is what `repro init` writes down.

mod autotools;
mod cargo;
mod cmake;
mod debian;
mod go;
mod gradle;
mod image;
mod make;
mod maven;
mod meson;
mod npm;
mod python;
mod sphinx;
#[cfg(test)]
mod tests;
mod tex;
mod tree;

use super::{BuildTable, Settings};
use crate::bytes::{Error, settings::FILE, settings::meant};
use std::{fmt::Write as _, path::Path};
use tree::Tree;

/// A kind of source tree.
#[derive(Debug)]
pub struct Preset {
    /// As `repro init --preset` takes it.
    pub name: &'static str,
    /// What the tree is, for a sentence.
    pub what: &'static str,
    /// Paths from the root by which it is known: any of them is enough. A name may begin with `*`.
    pub marks: &'static [&'static str],
    /// How it is built; nothing if it is not such a tree in spite of the file.
    propose: fn(&Tree) -> Option<Proposal>,
}

/// Every preset, in the order in which they are asked: what packs a tree comes before what the tree itself is.
pub static PRESETS: &[&Preset] = &[
    &debian::PRESET,
    &cargo::PRESET,
    &python::PRESET,
    &npm::PRESET,
    &go::PRESET,
    &maven::PRESET,
    &gradle::PRESET,
    &cmake::PRESET,
    &meson::PRESET,
    &autotools::PRESET,
    &make::PRESET,
    &tex::PRESET,
    &sphinx::PRESET,
    &image::PRESET,
];

/// How a tree is built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Proposal {
    command: String,
    artifacts: Vec<String>,
    network: bool,
    all_files: bool,
    env: Vec<String>,
    /// What a person should know of it, a line each.
    notes: Vec<String>,
}

/// Variables that tell programs how the network is reached.
const PROXIES: &[&str] = &[
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
];

impl Proposal {
    fn new(command: impl Into<String>, artifacts: &[&str]) -> Self {
        Self {
            command: command.into(),
            artifacts: artifacts.iter().map(|glob| (*glob).to_owned()).collect(),
            ..Self::default()
        }
    }

    /// It fetches something; those of the variables that the caller has tell from where.
    fn fetches(mut self, tree: &Tree, why: &str, variables: &[&str]) -> Self {
        self.network = true;
        let has = |name: &&&str| tree.variable(name);
        self.env = PROXIES
            .iter()
            .chain(variables)
            .filter(has)
            .map(|name| (*name).to_owned())
            .collect();
        self.note(why)
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// What was chosen for a tree.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What the tree is taken for.
    pub preset: &'static Preset,
    /// The path by which it is known.
    pub mark: String,
    /// What else it could be taken for.
    pub others: Vec<&'static Preset>,
    proposal: Proposal,
}

/// What the tree in a folder is: the preset of that name, else the first that knows it; nothing if none does.
///
/// # Errors
/// No preset bears the name, or the tree is not as it says.
pub fn choose(root: &Path, name: Option<&str>) -> Result<Option<Choice>, Error> {
    let tree = Tree::new(root);
    let Some(name) = name else {
        let mut known = PRESETS.iter().copied().filter_map(|preset| known(&tree, preset));
        let Some(mut first) = known.next() else { return Ok(None) };
        first.others = known.map(|other| other.preset).collect();
        return Ok(Some(first));
    };
    let Some(preset) = PRESETS.iter().copied().find(|preset| preset.name == name) else {
        let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
        let meant = meant(name, names.iter().copied());
        return Err(Error::usage(format!(
            "no preset is called {name:?}; there are {}{meant}",
            names.join(", ")
        )));
    };
    let not = || Error::not_found(format!("is not {}: it has no {}", preset.what, marks(preset))).of(root);
    known(&tree, preset).map(Some).ok_or_else(not)
}

fn known(tree: &Tree, preset: &'static Preset) -> Option<Choice> {
    let mark = preset.marks.iter().find_map(|mark| tree.find(mark))?;
    Some(Choice {
        preset,
        mark,
        others: Vec::new(),
        proposal: (preset.propose)(tree)?,
    })
}

fn marks(preset: &Preset) -> String {
    preset.marks.join(" or ")
}

/// What is looked for, for whoever has none of it.
pub fn every_mark() -> String {
    let all: Vec<&str> = PRESETS.iter().flat_map(|preset| preset.marks.iter().copied()).collect();
    all.join(", ")
}

impl Choice {
    /// The text of a `repro.toml`.
    pub fn toml(&self) -> String {
        let Proposal {
            command,
            artifacts,
            network,
            all_files,
            env,
            notes,
        } = &self.proposal;
        let mut text = format!(
            "# Proposed by `repro init`: this is {} ({}).\n",
            self.preset.what, self.mark
        );
        for other in &self.others {
            let _ = writeln!(
                text,
                "# It could also be {}: `repro init --preset {}`.",
                other.what, other.name
            );
        }
        text.push_str("[build]\n");
        let list = |words: &[String]| words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "command = {}\nartifacts = [{}]", quoted(command), list(artifacts));
        for note in notes {
            let _ = writeln!(text, "# {note}");
        }
        for (key, on) in [("network", *network), ("all_files", *all_files)] {
            if on {
                let _ = writeln!(text, "{key} = true");
            }
        }
        if !env.is_empty() {
            let _ = writeln!(text, "env = [{}]", list(env));
        }
        text
    }

    /// The same as what is read of such a file.
    ///
    /// # Errors
    /// It is not understood, which no preset should bring about.
    pub fn table(&self) -> Result<BuildTable, Error> {
        Settings::parse(FILE, &self.toml()).map(|settings| settings.build)
    }

    /// What was chosen, in one line.
    pub fn told(&self) -> String {
        let Proposal {
            command,
            artifacts,
            network,
            all_files,
            ..
        } = &self.proposal;
        let network = if *network { ", with the network" } else { "" };
        let files = if *all_files { ", with ignored files" } else { "" };
        let others: Vec<&str> = self.others.iter().map(|other| other.name).collect();
        let others = match others.as_slice() {
            [] => String::new(),
            names => format!(" (or by --preset of `repro init`: {})", names.join(", ")),
        };
        format!(
            "{} ({}): builds {} with `{command}`{network}{files}{others}",
            self.preset.what,
            self.mark,
            artifacts.join(", ")
        )
    }
}

/// As TOML has it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
