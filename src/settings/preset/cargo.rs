//! Crates and workspaces of Rust.

use super::{
    Preset, Proposal,
    tree::{Tree, plain},
};
use toml::{Table, Value};

/// `cargo`
pub(super) static PRESET: Preset = Preset {
    name: "cargo",
    what: "a Rust crate",
    marks: &["Cargo.toml"],
    propose,
};

fn propose(tree: &Tree) -> Option<Proposal> {
    let manifest = tree.toml("Cargo.toml")?;
    let mut artifacts = Vec::new();
    for folder in members(tree, &manifest) {
        if let Some(member) = tree.toml(&format!("{folder}Cargo.toml")) {
            artifacts.extend(made(tree, &folder, &member));
        }
    }
    let all = match manifest.contains_key("workspace") {
        true => " --workspace",
        false => "",
    };
    let globs: Vec<String> = artifacts.iter().map(|name| format!("target/release/{name}")).collect();
    let globs: Vec<&str> = globs.iter().map(String::as_str).collect();
    let build = |flags: &str| Proposal::new(format!("cargo build --release{all}{flags}"), &globs);
    let locked = match tree.has("Cargo.lock") {
        true => " --locked",
        false => "",
    };
    if globs.is_empty() {
        return None;
    }
    if at_hand(tree, &manifest) {
        return Some(build(&format!("{locked} --offline")));
    }
    let proposal = build(locked);
    let unlocked = "There is no Cargo.lock: each build takes the newest crates. Commit one.";
    let why = "Crates are fetched in each build: after `cargo fetch` or `cargo vendor` they are not, and `repro init --force` says so.";
    let proposal = proposal.fetches(tree, why, &["CARGO_HTTP_CAINFO", "CARGO_HTTP_PROXY"]);
    Some(match locked {
        "" => proposal.note(unlocked),
        _ => proposal,
    })
}

/// Folders of the packages, each with a slash behind it; the root's own is empty.
fn members(tree: &Tree, manifest: &Table) -> Vec<String> {
    let mut folders = Vec::new();
    if manifest.contains_key("package") {
        folders.push(String::new());
    }
    let listed = manifest
        .get("workspace")
        .and_then(|table| table.get("members")?.as_array());
    for member in listed.into_iter().flatten().filter_map(Value::as_str) {
        match member.trim_end_matches('/').strip_suffix("/*") {
            Some(above) => folders.extend(tree.names(above).iter().map(|name| format!("{above}/{name}/"))),
            None => folders.push(format!("{member}/")),
        }
    }
    folders
}

/// Names of the files that a package makes.
fn made(tree: &Tree, folder: &str, manifest: &Table) -> Vec<String> {
    let Some(name) = manifest
        .get("package")
        .and_then(|package| package.get("name")?.as_str())
    else {
        return Vec::new();
    };
    let mut programs: Vec<String> = Vec::new();
    let listed = manifest.get("bin").and_then(Value::as_array).into_iter().flatten();
    programs.extend(listed.filter_map(|bin| Some(bin.get("name")?.as_str()?.to_owned())));
    if tree.has(&format!("{folder}src/main.rs")) && programs.is_empty() {
        programs.push(name.to_owned());
    }
    for entry in tree.names(&format!("{folder}src/bin")) {
        programs.push(entry.strip_suffix(".rs").unwrap_or(&entry).to_owned());
    }
    if programs.is_empty() {
        programs = library(name, manifest);
    }
    programs.retain(|name| plain(name));
    programs.sort();
    programs.dedup();
    programs
}

/// What the library of a package is called, in each form that it has.
fn library(package: &str, manifest: &Table) -> Vec<String> {
    let table = manifest.get("lib");
    let own = table.and_then(|lib| lib.get("name")?.as_str());
    let name = own.unwrap_or(package).replace('-', "_");
    let kinds = table.and_then(|lib| lib.get("crate-type").or(lib.get("crate_type"))?.as_array());
    let macros = table.and_then(|lib| lib.get("proc-macro").or(lib.get("proc_macro"))?.as_bool());
    let end = |kind: &str| match kind {
        "cdylib" | "dylib" | "proc-macro" => "so",
        "staticlib" => "a",
        _ => "rlib",
    };
    let kinds: Vec<&str> = match (kinds, macros) {
        (_, Some(true)) => vec!["proc-macro"],
        (Some(kinds), _) => kinds.iter().filter_map(Value::as_str).collect(),
        (None, _) => vec!["rlib"],
    };
    kinds
        .into_iter()
        .map(|kind| format!("lib{name}.{}", end(kind)))
        .collect()
}

/// Whether all crates that are needed are on this machine.
fn at_hand(tree: &Tree, manifest: &Table) -> bool {
    let vendored = [".cargo/config.toml", ".cargo/config"];
    if vendored
        .iter()
        .any(|path| tree.text(path).is_some_and(|text| text.contains("replace-with")))
    {
        return true;
    }
    let Some(lock) = tree.toml("Cargo.lock") else {
        return ![
            "dependencies",
            "dev-dependencies",
            "build-dependencies",
            "target",
            "workspace",
        ]
        .iter()
        .any(|key| manifest.contains_key(*key));
    };
    let caches: Vec<_> = tree
        .folder("CARGO_HOME", ".cargo")
        .and_then(|home| std::fs::read_dir(home.join("registry/cache")).ok())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    let there = |package: &Value| {
        let word = |key: &str| package.get(key).and_then(Value::as_str);
        match (word("source"), word("name"), word("version")) {
            (None, ..) => true,
            (Some(source), Some(name), Some(version)) if source.starts_with("registry+") => caches
                .iter()
                .any(|cache| cache.join(format!("{name}-{version}.crate")).is_file()),
            _ => false,
        }
    };
    lock.get("package")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .all(there)
}
