//! Crates. `.cargo_vcs_info.json` names the commit, `Cargo.lock` the dependencies; cargo packages the same commit again.

use super::{
    Case, Contents, Ecosystem, Error, Neighbour, Touches,
    git::Wanted,
    lab::OUT,
    site::{Call, Site, put},
    subject,
};
use crate::model::{PublishedFact, PublishedPlan};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Rust's packages.
pub(super) struct Crates;

/// Fetches one crate, and nothing that it depends on.
const CRATE: &str = "set -e
mkdir out
cargo info --quiet \"$1@$2\" >out/about 2>&1 || { cat out/about; exit 1; }
cp home/registry/cache/*/\"$1-$2.crate\" out/";
/// Fetches what a source depends on. What the source sets for cargo could name programs to run, so it goes first.
const DEPENDENCIES: &str = "set -e
mkdir out
find tree -name .cargo -type d -prune -exec rm -rf {} +
cd \"tree/$1\"
# A library of today may be none for the cargo of that day; which version it would be is enough then.
cargo fetch --quiet || cargo generate-lockfile --quiet
root=$(cargo locate-project --workspace --message-format plain)
cp \"${root%Cargo.toml}Cargo.lock\" /build/source/out/
mv /build/source/home /build/source/out/home";
/// Packages it.
const PACKAGE: &str = "set -e
root=$PWD
mkdir out
export CARGO_HOME=\"$root/tools/home\"
cd \"source/tree/$1\"
\"$2\" package --quiet --no-verify --offline --target-dir \"$root/target\"
cp \"$root\"/target/package/*.crate \"$root/out/\"";
/// The first cargo that puts a Cargo.lock into every crate.
const LOCKS: u32 = 84;

impl Ecosystem for Crates {
    fn name(&self) -> &'static str {
        "crates"
    }

    fn published(&self, site: &Site, name: &str, version: &str) -> Result<PathBuf, Error> {
        let mut steps: Vec<String> = ["/bin/sh", "-c", CRATE, "sh"].map(str::to_owned).to_vec();
        steps.extend([name.to_owned(), version.to_owned()]);
        let call = Call {
            what: &format!("the crate {name} {version}"),
            steps: vec![steps],
            kit: settings(),
            tree: None,
            variables: variables(None),
        };
        site.fetch_one(call, &[".crate"])
    }

    fn evidence(&self, case: &Case<'_>) -> Vec<PublishedFact> {
        let mut facts = Vec::new();
        let mut fact = |what: &str, value: String, place: String| {
            facts.push(PublishedFact {
                what: what.to_owned(),
                value,
                place,
            });
        };
        let known = Crate::of(case.artifact);
        for (what, value, place) in [
            ("name", &known.name, "Cargo.toml"),
            ("version", &known.version, "Cargo.toml"),
            ("repository", &known.url, "Cargo.toml"),
            ("commit", &known.commit, ".cargo_vcs_info.json"),
            ("path in the repository", &known.path, ".cargo_vcs_info.json"),
        ] {
            if !value.is_empty() {
                fact(what, value.clone(), place.to_owned());
            }
        }
        if known.dirty {
            fact("dirty", "true".to_owned(), ".cargo_vcs_info.json".to_owned());
        }
        for name in ["Cargo.toml.orig", "Cargo.lock"] {
            let there = case.artifact.top(&format!("/{name}")).is_some();
            fact(
                name,
                if there { "there" } else { "not there" }.to_owned(),
                "the archive".to_owned(),
            );
        }
        facts
    }

    fn plan(&self, case: &Case<'_>, notes: &mut Vec<String>) -> Result<PublishedPlan, Error> {
        let known = Crate::of(case.artifact);
        if !subject::is_name(&known.name, false) || !subject::is_version(&known.version) {
            return Err(Error::malformed(
                "it is no crate: Cargo.toml does not give its name and version",
            ));
        }
        if known.dirty {
            notes.push("it says that it was packaged with changes that were not committed".to_owned());
        }
        let wanted = wanted(&known);
        let probe = case.site.lab.folder("probe")?.join("tree");
        wanted.checkout(case, &probe, notes)?;
        let locked = case.artifact.top("/Cargo.lock").is_some();
        let all = toolchains();
        let cargo = all
            .iter()
            .rev()
            .find(|(minor, _)| (*minor >= LOCKS) == locked)
            .or(all.last())
            .ok_or_else(|| Error::unavailable("cargo is not installed"))?;
        let plan = PublishedPlan {
            ecosystem: self.name().to_owned(),
            name: known.name.clone(),
            version: known.version.clone(),
            interpreter: cargo.1.clone(),
            requires: Vec::new(),
            before: String::new(),
            clock: crate::rebuild::Build::default().clock,
            source_date_epoch: None,
            umask: "0022".to_owned(),
            build_path: "/build/source".to_owned(),
            member_times: false,
            steps: Vec::new(),
            artifacts: vec![OUT.to_owned()],
            variables: BTreeMap::new(),
            options: BTreeMap::from([("path".to_owned(), known.path.clone())]),
            inputs: Vec::new(),
        };
        Ok(with(plan, &cargo.1))
    }

    fn stage(&self, case: &Case<'_>, plan: &PublishedPlan, folder: &Path) -> Result<(), Error> {
        let known = Crate::of(case.artifact);
        let tree = folder.join("source/tree");
        put(&folder.join("source/.note"), b"")?;
        wanted(&known).checkout(case, &tree, &mut Vec::new())?;
        let inside = plan.options.get("path").map_or("", String::as_str);
        let published = case.artifact.top("/Cargo.lock").map(|(_, text)| text);
        lock(&tree, published.as_deref())?;
        let mut steps: Vec<String> = ["/bin/sh", "-c", DEPENDENCIES, "sh"].map(str::to_owned).to_vec();
        steps.push(inside.to_owned());
        let call = Call {
            what: "what the crate depends on",
            steps: vec![steps],
            kit: settings(),
            tree: Some(&tree),
            variables: variables(Some(&plan.interpreter)),
        };
        let fetched = case.site.fetch(call)?;
        lock(&tree, fs::read_to_string(fetched.join("Cargo.lock")).ok().as_deref())?;
        fs::create_dir_all(folder.join("tools")).map_err(|error| Error::at(folder, &error))?;
        let (from, to) = (fetched.join("home"), folder.join("tools/home"));
        crate::rebuild::source::copy_tree(&from, &to)
    }

    fn source(&self, case: &Case<'_>, _plan: &PublishedPlan) -> Option<Contents> {
        let tree = case.site.lab.folder("tree").ok()?.join("tree");
        wanted(&Crate::of(case.artifact))
            .checkout(case, &tree, &mut Vec::new())
            .ok()?;
        Contents::read(&tree).ok()
    }

    fn neighbours(&self, _case: &Case<'_>, plan: &PublishedPlan) -> Vec<Neighbour> {
        let others = toolchains()
            .into_iter()
            .rev()
            .filter(|(_, cargo)| *cargo != plan.interpreter);
        others
            .map(|(minor, cargo)| {
                let mut plan = plan.clone();
                plan.inputs.clear();
                Neighbour {
                    // What differs by cargo alone is the time that it gives to what it makes.
                    touches: Touches::Times,
                    setting: format!("cargo 1.{minor}"),
                    plan: with(plan, &cargo),
                }
            })
            .collect()
    }
}

/// Gives a source without a Cargo.lock one, without a trace for git: a tree that is not as it was committed makes another crate.
fn lock(tree: &Path, text: Option<&str>) -> Result<(), Error> {
    let at = tree.join("Cargo.lock");
    let (Some(text), false) = (text, at.exists()) else {
        return Ok(());
    };
    put(&at, text.as_bytes())?;
    match tree.join(".git").is_dir() {
        true => put(&tree.join(".git/info/exclude"), b"Cargo.lock\n"),
        false => Ok(()),
    }
}

/// What a crate says of itself.
#[derive(Default)]
struct Crate {
    name: String,
    version: String,
    url: String,
    commit: String,
    path: String,
    dirty: bool,
}

impl Crate {
    fn of(artifact: &Contents) -> Self {
        let text = |name: &str| artifact.top(name).map(|(_, text)| text).unwrap_or_default();
        let manifest: toml::Table = text("/Cargo.toml").parse().unwrap_or_default();
        let package = |key: &str| {
            let value = manifest.get("package")?.get(key)?.as_str()?;
            Some(value.to_owned())
        };
        let info: serde_json::Value = serde_json::from_str(&text("/.cargo_vcs_info.json")).unwrap_or_default();
        let word = |pointer: &str| info.pointer(pointer).and_then(|value| value.as_str());
        let commit = word("/git/sha1").unwrap_or_default();
        Self {
            name: package("name").unwrap_or_default(),
            version: package("version").unwrap_or_default(),
            url: package("repository").unwrap_or_default(),
            commit: match crate::bytes::digest::is_hex(commit, 40) {
                true => commit.to_owned(),
                false => String::new(),
            },
            path: word("/path_in_vcs")
                .filter(|path| inside(path))
                .unwrap_or_default()
                .to_owned(),
            dirty: info.pointer("/git/dirty").and_then(serde_json::Value::as_bool) == Some(true),
        }
    }
}

/// Whether a path leads nowhere but down.
pub(super) fn inside(path: &str) -> bool {
    Path::new(path)
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)))
}

fn wanted(known: &Crate) -> Wanted {
    let Crate { name, version, .. } = known;
    Wanted {
        commit: known.commit.clone(),
        tags: vec![
            format!("v{version}"),
            version.clone(),
            format!("{name}-v{version}"),
            format!("{name}-{version}"),
        ],
        url: known.url.clone(),
    }
}

/// The plan with another cargo.
fn with(mut plan: PublishedPlan, cargo: &str) -> PublishedPlan {
    cargo.clone_into(&mut plan.interpreter);
    let mut words: Vec<String> = ["/bin/sh", "-c", PACKAGE, "sh"].map(str::to_owned).to_vec();
    words.extend([plan.options.get("path").cloned().unwrap_or_default(), cargo.to_owned()]);
    plan.steps = vec![words];
    plan.variables.extend(variables(Some(cargo)));
    plan.variables.remove("CARGO_HOME");
    plan
}

/// A home of cargo's own, and its programs before all others.
fn variables(cargo: Option<&str>) -> BTreeMap<String, String> {
    let last = toolchains().pop().map(|(_, cargo)| cargo);
    let cargo = cargo.map(str::to_owned).or(last).unwrap_or_default();
    let folder = Path::new(&cargo)
        .parent()
        .unwrap_or(Path::new(""))
        .to_string_lossy()
        .into_owned();
    BTreeMap::from([
        ("CARGO_HOME".to_owned(), "/build/source/home".to_owned()),
        (
            "PATH".to_owned(),
            format!("{folder}:{}", crate::rebuild::environment::SEARCH_PATH),
        ),
    ])
}

/// The caller's settings of cargo: which registry it asks.
fn settings() -> Vec<(&'static str, Vec<u8>)> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let read = |name: &str| fs::read(home.as_ref()?.join(name)).ok();
    read("config.toml")
        .map(|bytes| vec![("home/config.toml", bytes)])
        .unwrap_or_default()
}

/// Installed versions of cargo, by the number behind `1.`, the oldest first.
fn toolchains() -> Vec<(u32, String)> {
    let home = std::env::var_os("RUSTUP_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".rustup")));
    let folders = home.and_then(|home| fs::read_dir(home.join("toolchains")).ok());
    let rustup = folders
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin/cargo"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let plain = std::env::split_paths(&path).map(|folder| folder.join("cargo"));
    let plain = plain.filter(|cargo| !cargo.to_string_lossy().contains("/.cargo/"));
    let mut found: Vec<(u32, String)> = rustup
        .chain(plain)
        .filter_map(|cargo| Some((minor(&cargo)?, cargo.to_str()?.to_owned())))
        .collect();
    found.sort();
    found.dedup_by_key(|(minor, _)| *minor);
    found
}

/// The version that a cargo of the caller's says it is; none of nightly ones.
fn minor(cargo: &Path) -> Option<u32> {
    let answer = Command::new(cargo)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .ok()
        .filter(|answer| answer.status.success())?;
    let text = String::from_utf8(answer.stdout).ok()?;
    let version = text.strip_prefix("cargo 1.")?.split_whitespace().next()?;
    if version.contains('-') {
        return None;
    }
    version.split('.').next()?.parse().ok()
}
