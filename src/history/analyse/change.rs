//! What is different between the last run that reproduced an artifact and the first that did not.

use super::point::Point;
use crate::{
    history::{
        Error,
        store::{History, Made},
    },
    model::{ChangedItem, ChangedSince, EnvironmentItem},
    notation::clip,
};
use std::collections::BTreeMap;

/// Items that are listed.
const LISTED: usize = 50;
/// Pairs of environments that are compared: a file can have as many as runs, and each may be large.
const PAIRS: usize = 1000;
/// Characters of a name or value that are told.
const TOLD: usize = 200;
/// What makes bytes from sources, as packages and programs are called, without version: what is named first of a changed environment.
const TOOLCHAIN: &[&str] = &[
    "gcc", "g++", "clang", "rustc", "cargo", "go", "golang", "ghc", "ocaml", "tcc", "zig", "openjdk", "java", "javac",
    "node", "nodejs", "python", "perl", "ruby", "cpp", "cc", "llvm", "lld", "binutils", "ld", "as", "ar", "make",
    "cmake", "ninja",
];

type Items = BTreeMap<String, EnvironmentItem>;

/// Compares runs; remembers what it has read.
pub(super) struct Compare<'h> {
    history: Option<&'h History>,
    made: BTreeMap<i64, Made>,
    /// What is listed of two environments, and how many things differ.
    environments: BTreeMap<(i64, i64), (Vec<ChangedItem>, usize)>,
    /// Artifacts whose environments are of a further pair.
    pub left: usize,
}

impl<'h> Compare<'h> {
    pub fn new(history: Option<&'h History>) -> Self {
        Self {
            history,
            made: BTreeMap::new(),
            environments: BTreeMap::new(),
            left: 0,
        }
    }

    /// What changed from `good` to `bad`.
    pub fn changed(&mut self, good: &Point, bad: &Point) -> Result<ChangedSince, Error> {
        let (a, b) = (self.made(good.run)?, self.made(bad.run)?);
        let mut changed = ChangedSince {
            same_source: same(a.source.as_ref(), b.source.as_ref()),
            same_command: same(a.command.as_ref(), b.command.as_ref()),
            same_lock: same(good.locked.as_ref(), bad.locked.as_ref()),
            ..ChangedSince::default()
        };
        if changed.same_source == Some(false) {
            // A commit says more than a digest, where it is another one.
            let by_commit = same(a.commit.as_ref(), b.commit.as_ref()) == Some(false);
            let (before, after) = match by_commit {
                true => (a.commit, b.commit),
                false => (a.source, b.source),
            };
            changed.items.push(item("source", before, after));
        }
        if changed.same_command == Some(false) {
            changed.items.push(item("command", a.command, b.command));
        }
        if changed.same_lock == Some(false) {
            changed
                .items
                .push(item("lock", good.locked.clone(), bad.locked.clone()));
        }
        if let (Some((basis, a)), Some((other, b))) = (a.environment, b.environment)
            && basis == other
            && let Some((items, all)) = self.environments(a, b)?
        {
            changed.same_environment = Some(all == 0);
            changed.more = all - items.len();
            changed.items.extend(items);
        }
        changed.more += changed.items.len().saturating_sub(LISTED);
        changed.items.truncate(LISTED);
        Ok(changed)
    }

    fn made(&mut self, run: i64) -> Result<Made, Error> {
        if let Some(made) = self.made.get(&run) {
            return Ok(made.clone());
        }
        let made = match self.history {
            Some(history) => history.made(run)?,
            None => Made::default(),
        };
        self.made.insert(run, made.clone());
        Ok(made)
    }

    /// What two environments differ by, as far as it is listed, and how many things that are; nothing if they are not compared.
    fn environments(&mut self, a: i64, b: i64) -> Result<Option<(Vec<ChangedItem>, usize)>, Error> {
        let Some(history) = self.history.filter(|_| a != b) else {
            return Ok(Some((Vec::new(), 0)));
        };
        if let Some(known) = self.environments.get(&(a, b)) {
            return Ok(Some(known.clone()));
        }
        if self.environments.len() >= PAIRS {
            self.left += 1;
            return Ok(None);
        }
        let mut items = differences(&history.items(a)?, &history.items(b)?);
        let all = items.len();
        items.truncate(LISTED);
        self.environments.insert((a, b), (items.clone(), all));
        Ok(Some((items, all)))
    }
}

/// Whether both are the same, if both are known.
fn same(a: Option<&String>, b: Option<&String>) -> Option<bool> {
    Some(a? == b?)
}

fn item(what: &str, before: Option<String>, after: Option<String>) -> ChangedItem {
    let told = |value: Option<String>| value.map(|value| clip(&value, TOLD));
    ChangedItem {
        what: clip(what, TOLD),
        before: told(before),
        after: told(after),
    }
}

/// What two environments differ by, what matters most first. A file whose package changed is not told beside it.
fn differences(a: &Items, b: &Items) -> Vec<ChangedItem> {
    let mut names: Vec<&String> = a.keys().chain(b.keys()).collect();
    names.sort_by_key(|name| (rank(name), *name));
    names.dedup();
    let differs = |name: &str| a.get(name).map(|item| &item.value) != b.get(name).map(|item| &item.value);
    let told = |name: &String| {
        let packages = [a.get(name), b.get(name)]
            .into_iter()
            .flatten()
            .filter_map(|item| item.package.as_ref());
        packages
            .into_iter()
            .any(|package| differs(&format!("package {package}")))
    };
    let value = |items: &Items, name: &String| items.get(name).map(|item| item.value.clone());
    names
        .into_iter()
        .filter(|name| differs(name) && !told(name))
        .map(|name| item(name, value(a, name), value(b, name)))
        .collect()
}

/// Where an item stands: tools, other packages, files, the system, variables; the kernel last, for few builds look at it.
fn rank(name: &str) -> (usize, usize) {
    let (kind, name) = name.split_once(' ').unwrap_or((name, ""));
    let base = name.rsplit('/').next().unwrap_or_default();
    let stem: String = base
        .chars()
        .take_while(|c| c.is_ascii_alphabetic() || *c == '+')
        .collect();
    let tool = TOOLCHAIN.iter().position(|tool| *tool == stem);
    match (kind, tool) {
        ("package" | "file", Some(place)) => (0, place),
        ("package", None) => (1, 0),
        ("file", None) => (2, 0),
        ("variable", _) => (4, 0),
        ("kernel", _) => (5, 0),
        _ => (3, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(all: &[(&str, &str, &str)]) -> Items {
        let one = |(name, value, package): &(&str, &str, &str)| {
            let item = EnvironmentItem {
                value: (*value).to_owned(),
                package: Some((*package).to_owned()).filter(|package| !package.is_empty()),
            };
            ((*name).to_owned(), item)
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn tools_come_first_and_a_package_speaks_for_its_files() {
        let a = items(&[
            ("kernel", "6.1", ""),
            ("package cpp-12", "1", ""),
            ("package gcc-12", "1", ""),
            ("package zlib1g-dev", "1", ""),
            ("file /usr/bin/x86_64-linux-gnu-gcc-12", "aa", "gcc-12"),
            ("file /opt/tool", "aa", ""),
            ("file /usr/lib/same-version.so", "aa", "zlib1g"),
            ("package zlib1g", "1", ""),
            ("variable LANG", "C", ""),
        ]);
        let b = items(&[
            ("kernel", "6.2", ""),
            ("package cpp-12", "2", ""),
            ("package gcc-12", "2", ""),
            ("package zlib1g-dev", "2", ""),
            ("file /usr/bin/x86_64-linux-gnu-gcc-12", "bb", "gcc-12"),
            ("file /usr/lib/same-version.so", "bb", "zlib1g"),
            ("package zlib1g", "1", ""),
            ("variable LANG", "C", ""),
            ("variable NEW", "1", ""),
        ]);
        let found = differences(&a, &b);
        let names: Vec<&str> = found.iter().map(|item| item.what.as_str()).collect();
        let wanted = [
            "package gcc-12",
            "package cpp-12",
            "package zlib1g-dev",
            "file /opt/tool",
            "file /usr/lib/same-version.so",
            "variable NEW",
            "kernel",
        ];
        assert_eq!(names, wanted);
        assert_eq!(
            (found[3].before.as_deref(), found[3].after.as_deref()),
            (Some("aa"), None)
        );
        assert_eq!(differences(&a, &a), []);
    }
}
