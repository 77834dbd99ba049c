//! npm's packages. The registry knows the commit (`gitHead`) and the versions of node and npm; npm packs the same commit again, offline,
//! with what it depends on where it is built first.

use super::{
    Case, Contents, Ecosystem, Error,
    git::Wanted,
    lab::OUT,
    site::{Call, Site, put},
    subject,
};
use crate::model::{PublishedFact, PublishedPlan};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// JavaScript's packages.
pub(super) struct Npm;

/// Fetches a package; its scripts are not run.
const PACKAGE: &str = "set -e
mkdir out
npm pack --silent --ignore-scripts --cache /build/source/cache --pack-destination out \"$1@$2\"";
/// What the registry says of a package.
const ABOUT: &str = "set -e
mkdir out
npm view --silent --cache /build/source/cache \"$1@$2\" --json >out/about.json";
/// What its build needs; no script of a package is run. What the source sets for npm could name programs to run, so it goes first.
const DEPENDENCIES: &str = "set -e
mkdir out
find tree -name .npmrc -exec rm -f {} +
cd tree
if [ -f package-lock.json ] || [ -f npm-shrinkwrap.json ]
then npm ci --silent --ignore-scripts --cache /build/source/cache
else npm install --silent --ignore-scripts --no-package-lock --cache /build/source/cache
fi
if [ -d node_modules ]; then mv node_modules /build/source/out/; else mkdir /build/source/out/node_modules; fi";
/// Packs it.
const PACK: &str = "set -e
root=$PWD
mkdir out
if [ -d tools/node_modules ]; then mv tools/node_modules source/tree/; fi
cd \"source/tree/$1\"
npm pack --silent --offline --cache \"$root/cache\" --pack-destination \"$root/out\"";
/// Scripts that `npm pack` runs: with one of them, what is packed is built first.
const SCRIPTS: &[&str] = &["prepack", "prepare", "prepublish", "postpack"];

impl Ecosystem for Npm {
    fn name(&self) -> &'static str {
        "npm"
    }

    fn published(&self, site: &Site, name: &str, version: &str) -> Result<PathBuf, Error> {
        site.fetch_one(call("the package", PACKAGE, &[name, version]), &[".tgz"])
    }

    fn evidence(&self, case: &Case<'_>) -> Vec<PublishedFact> {
        let known = Package::of(case);
        let mut facts = Vec::new();
        let mut fact = |what: &str, value: &str, place: &str| {
            if !value.is_empty() {
                facts.push(PublishedFact {
                    what: what.to_owned(),
                    value: value.to_owned(),
                    place: place.to_owned(),
                });
            }
        };
        let inside = "package/package.json";
        fact("name", &known.name, inside);
        fact("version", &known.version, inside);
        fact("repository", &known.url, inside);
        fact("scripts that build", &known.scripts.join(", "), inside);
        for (what, value, place) in &known.told {
            fact(what, value, place);
        }
        if let Some((time, name)) = case.artifact.newest() {
            fact(
                "newest member",
                &crate::notation::calendar::moment(time),
                &format!("{name}: mtime"),
            );
        }
        facts
    }

    fn plan(&self, case: &Case<'_>, notes: &mut Vec<String>) -> Result<PublishedPlan, Error> {
        let known = Package::of(case);
        if !subject::is_name(&known.name, true) || !subject::is_version(&known.version) {
            return Err(Error::malformed(
                "it is no package: package.json does not give its name and version",
            ));
        }
        let probe = case.site.lab.folder("probe")?.join("tree");
        known.wanted().checkout(case, &probe, notes)?;
        let mut options = BTreeMap::from([("path".to_owned(), known.folder.clone())]);
        if !known.scripts.is_empty() {
            options.insert("builds".to_owned(), known.scripts.join(" "));
        }
        let words = ["/bin/sh", "-c", PACK, "sh", &known.folder];
        Ok(PublishedPlan {
            ecosystem: self.name().to_owned(),
            name: known.name,
            version: known.version,
            interpreter: String::new(),
            requires: Vec::new(),
            before: String::new(),
            clock: crate::rebuild::Build::default().clock,
            source_date_epoch: None,
            umask: "0022".to_owned(),
            build_path: "/build/source".to_owned(),
            member_times: false,
            steps: vec![words.map(str::to_owned).to_vec()],
            artifacts: vec![OUT.to_owned()],
            variables: path(),
            options,
            inputs: Vec::new(),
        })
    }

    fn stage(&self, case: &Case<'_>, plan: &PublishedPlan, folder: &Path) -> Result<(), Error> {
        let tree = folder.join("source/tree");
        put(&folder.join("source/.note"), b"")?;
        Package::of(case).wanted().checkout(case, &tree, &mut Vec::new())?;
        if !plan.options.contains_key("builds") {
            return Ok(());
        }
        let mut call = call("what its build needs", DEPENDENCIES, &[]);
        call.tree = Some(&tree);
        let fetched = case.site.fetch(call)?;
        fs::create_dir_all(folder.join("tools")).map_err(|error| Error::at(folder, &error))?;
        let to = folder.join("tools/node_modules");
        crate::rebuild::source::copy_tree(&fetched.join("node_modules"), &to)
    }

    fn source(&self, case: &Case<'_>, _plan: &PublishedPlan) -> Option<Contents> {
        let tree = case.site.lab.folder("tree").ok()?.join("tree");
        let wanted = Package::of(case).wanted();
        wanted.checkout(case, &tree, &mut Vec::new()).ok()?;
        Contents::read(&tree).ok()
    }
}

/// What is known of a package.
#[derive(Default)]
struct Package {
    name: String,
    version: String,
    url: String,
    /// Its folder in the repository.
    folder: String,
    commit: String,
    /// Scripts that make what is packed.
    scripts: Vec<String>,
    /// What else the registry says, each with its place.
    told: Vec<(&'static str, String, &'static str)>,
}

impl Package {
    fn of(case: &Case<'_>) -> Self {
        let text = case.artifact.top("package/package.json");
        let manifest: Value = text
            .and_then(|(_, text)| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let word = |value: &Value, pointer: &str| {
            let found = value.pointer(pointer).and_then(Value::as_str);
            found.unwrap_or_default().to_owned()
        };
        let mut known = Self {
            name: word(&manifest, "/name"),
            version: word(&manifest, "/version"),
            folder: word(&manifest, "/repository/directory"),
            commit: word(&manifest, "/gitHead"),
            ..Self::default()
        };
        let url = [word(&manifest, "/repository/url"), word(&manifest, "/repository")];
        known.url = address(url.iter().find(|url| !url.is_empty()).map_or("", String::as_str));
        let script = |name: &&&str| manifest.pointer(&format!("/scripts/{name}")).is_some();
        known.scripts = SCRIPTS.iter().filter(script).map(|name| (*name).to_owned()).collect();
        if !super::rust::inside(&known.folder) {
            known.folder.clear();
        }
        let about = about(case, &known);
        if known.commit.is_empty() {
            known.commit = word(&about, "/gitHead");
        }
        if !crate::bytes::digest::is_hex(&known.commit, 40) {
            known.commit.clear();
        }
        let registry = "the registry";
        known.told = vec![
            ("commit", known.commit.clone(), "gitHead"),
            ("node", word(&about, "/_nodeVersion"), registry),
            ("npm", word(&about, "/_npmVersion"), registry),
            ("integrity", word(&about, "/dist/integrity"), registry),
        ];
        known
    }

    fn wanted(&self) -> Wanted {
        let (name, version) = (&self.name, &self.version);
        let short = name.rsplit('/').next().unwrap_or(name);
        Wanted {
            commit: self.commit.clone(),
            tags: vec![
                format!("v{version}"),
                version.clone(),
                format!("{name}@{version}"),
                format!("{short}@{version}"),
                format!("{short}-v{version}"),
            ],
            url: self.url.clone(),
        }
    }
}

/// What the registry says; nothing, where it can't be asked.
fn about(case: &Case<'_>, known: &Package) -> Value {
    let usable = subject::is_name(&known.name, true) && subject::is_version(&known.version);
    let asked = |site: &Site| {
        let call = call("what the registry says", ABOUT, &[&known.name, &known.version]);
        let file = site.fetch_one(call, &["about.json"]).ok()?;
        serde_json::from_str(&crate::bytes::source::text(&file, 16 << 20).ok()?).ok()
    };
    match usable {
        true => asked(case.site).unwrap_or_default(),
        false => Value::Null,
    }
}

/// `git+https://github.com/a/b.git`, `github:a/b` and `a/b` as an address.
fn address(text: &str) -> String {
    let text = text.trim_start_matches("git+").replace("git://", "https://");
    let short = text.strip_prefix("github:").unwrap_or(&text);
    match short.split_once('/') {
        Some((owner, name)) if subject::is_name(owner, false) && subject::is_name(name, false) => {
            format!("https://github.com/{short}")
        }
        _ => text,
    }
}

fn path() -> BTreeMap<String, String> {
    let path = std::env::var("PATH").unwrap_or_else(|_| crate::rebuild::environment::SEARCH_PATH.to_owned());
    BTreeMap::from([("PATH".to_owned(), path)])
}

fn call<'c>(what: &'c str, script: &str, words: &[&str]) -> Call<'c> {
    let mut step = vec!["/bin/sh", "-c", script, "sh"];
    step.extend(words);
    Call {
        what,
        steps: vec![step.into_iter().map(str::to_owned).collect()],
        kit: Vec::new(),
        tree: None,
        variables: path(),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn addresses_of_repositories() {
        for (from, to) in [
            ("git+https://github.com/a/b.git", "https://github.com/a/b.git"),
            ("git://github.com/a/b.git", "https://github.com/a/b.git"),
            ("a/b", "https://github.com/a/b"),
            ("github:a/b", "https://github.com/a/b"),
            ("", ""),
        ] {
            assert_eq!(address(from), to);
        }
    }
}
