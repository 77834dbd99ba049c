//! A makefile alone: what it installs, else what its first target is made of.

use super::{
    Preset, Proposal,
    tree::{Tree, plain},
};
use std::collections::{BTreeMap, BTreeSet};

/// `make`
pub(super) static PRESET: Preset = Preset {
    name: "make",
    what: "a tree with a makefile",
    marks: FILES,
    propose,
};

/// In the order of make.
const FILES: &[&str] = &["GNUmakefile", "makefile", "Makefile"];
/// Targets that are no files, wherever they stand.
const GOALS: &[&str] = &["all", "default", "build", "world", "everything"];
/// Steps from a goal to files.
const DEPTH: usize = 4;

fn propose(tree: &Tree) -> Option<Proposal> {
    let text = tree
        .text(FILES.iter().find(|name| tree.has(name))?)?
        .replace("\\\n", " ");
    let rules = Rules::read(&text);
    let sets = |name: &str| rules.values.get(name).is_some_and(|value| !value.is_empty());
    if rules.needs.contains_key("install") {
        // Who sets it by himself means something else by it.
        if text.contains("DESTDIR") && !sets("DESTDIR") {
            let command =
                "make PREFIX=/usr prefix=/usr && make install PREFIX=/usr prefix=/usr DESTDIR=\"$PWD/_install\"";
            return Some(Proposal::new(command, &["_install"]));
        }
        if let Some(prefix) = ["PREFIX", "prefix"].into_iter().find(|name| sets(name)) {
            let command = format!("make && mkdir -p _install && make install {prefix}=\"$PWD/_install\"");
            return Some(Proposal::new(command, &["_install"]));
        }
    }
    let mut made = Vec::new();
    rules.files(tree, rules.first.as_ref()?, DEPTH, &mut made);
    made.retain(|path| path.split('/').all(plain) && !path.ends_with(".o"));
    made.dedup();
    let made: Vec<&str> = made.iter().map(String::as_str).collect();
    (!made.is_empty()).then(|| Proposal::new("make", &made))
}

/// What a makefile says, as far as it can be read without make.
struct Rules {
    values: BTreeMap<String, String>,
    needs: BTreeMap<String, Vec<String>>,
    /// Targets with commands.
    recipes: BTreeSet<String>,
    first: Option<String>,
}

impl Rules {
    fn read(text: &str) -> Self {
        let mut all = Rules {
            values: BTreeMap::new(),
            needs: BTreeMap::new(),
            recipes: BTreeSet::new(),
            first: None,
        };
        let mut last: Vec<String> = Vec::new();
        for line in text.lines() {
            if line.starts_with('\t') {
                all.recipes.extend(last.iter().cloned());
                continue;
            }
            let line = line.split('#').next().unwrap_or_default();
            if let Some((name, value)) = assignment(line) {
                all.values.insert(name.to_owned(), value.to_owned());
            } else if let Some((targets, needs)) = line.split_once(':') {
                last = all.rule(targets, needs.trim_start_matches(':'));
            }
        }
        all
    }

    /// Takes in a rule; its targets.
    fn rule(&mut self, targets: &str, needs: &str) -> Vec<String> {
        let targets = self.words(targets);
        let needs = needs.split([';', '|']).next().unwrap_or_default();
        for target in &targets {
            let needs = self.words(needs);
            self.needs.entry(target.clone()).or_default().extend(needs);
            if !target.starts_with('.') && !target.contains('%') {
                self.first.get_or_insert_with(|| target.clone());
            }
        }
        targets
    }

    /// The words of a text, with the values of variables in their places.
    fn words(&self, text: &str) -> Vec<String> {
        let mut text = text.to_owned();
        for _ in 0..DEPTH {
            for (name, value) in &self.values {
                text = text
                    .replace(&format!("$({name})"), value)
                    .replace(&format!("${{{name}}}"), value);
            }
        }
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// The files that a goal stands for, but for those that lie in the tree.
    fn files(&self, tree: &Tree, goal: &str, depth: usize, made: &mut Vec<String>) {
        let phony = self
            .needs
            .get(".PHONY")
            .is_some_and(|all| all.iter().any(|name| name == goal));
        let empty = depth == DEPTH && !self.recipes.contains(goal);
        if !(phony || empty || GOALS.contains(&goal)) {
            if !tree.has(goal) {
                made.push(goal.to_owned());
            }
            return;
        }
        for next in self.needs.get(goal).into_iter().flatten().filter(|_| depth > 0) {
            self.files(tree, next, depth - 1, made);
        }
    }
}

/// `NAME = value`, `NAME := value`, `NAME ?= value`, `NAME += value`.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end_matches([':', '?', '+', '!']).trim();
    let bare = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (bare && !name.is_empty()).then(|| (name, value.trim()))
}
