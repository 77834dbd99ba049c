//! Packages of Node.

use super::{Preset, Proposal, tree::Tree};
use serde_json::Value;

/// `npm`
pub(super) static PRESET: Preset = Preset {
    name: "npm",
    what: "a Node package",
    marks: &["package.json"],
    propose,
};

/// Scripts that `npm pack` runs by itself.
const OWN: &[&str] = &["prepack", "prepare", "postpack"];

fn propose(tree: &Tree) -> Option<Proposal> {
    let manifest = tree.json("package.json")?;
    manifest.get("name")?;
    let scripted = |name: &str| {
        manifest
            .get("scripts")
            .is_some_and(|scripts| scripts.get(name).is_some())
    };
    let needs = ["dependencies", "devDependencies"];
    let needs = needs.iter().any(|key| {
        manifest
            .get(key)
            .and_then(Value::as_object)
            .is_some_and(|all| !all.is_empty())
    });
    let build = if scripted("build") { "npm run build && " } else { "" };
    let pack = |before: &str, flags: &str| Proposal::new(format!("{before}npm pack{flags}"), &["*.tgz"]);
    if build.is_empty() && !OWN.iter().any(|name| scripted(name)) {
        return Some(pack("", ""));
    }
    if !needs {
        return Some(pack(build, ""));
    }
    if tree.has("node_modules") {
        let mut proposal = pack(build, "").note("node_modules is taken as it is, though git ignores it.");
        proposal.all_files = true;
        return Some(proposal);
    }
    // A package as it was published has its products, but neither the sources nor a lock.
    let locked = ["package-lock.json", "npm-shrinkwrap.json"]
        .iter()
        .any(|lock| tree.has(lock));
    if !locked && !tree.has(".git") {
        let note = "It has no package-lock.json: its scripts are not run, and what it has is packed. `npm install && npm run build` would take the newest packages.";
        return Some(pack("", " --ignore-scripts").note(note));
    }
    let install = if locked { "npm ci" } else { "npm install" };
    let why = "Packages are fetched in each build: with node_modules beside package.json they are not, and `repro init --force` says so.";
    let variables = ["npm_config_registry", "NODE_EXTRA_CA_CERTS", "npm_config_cafile"];
    let proposal = pack(&format!("{install} --no-audit --no-fund && {build}"), "").fetches(tree, why, &variables);
    Some(match locked {
        true => proposal,
        false => proposal.note("There is no package-lock.json: each build takes the newest packages. Commit one."),
    })
}
