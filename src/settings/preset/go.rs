//! Modules of Go.

use super::{Preset, Proposal, tree::Tree};

/// `go`
pub(super) static PRESET: Preset = Preset {
    name: "go",
    what: "a Go module",
    marks: &["go.mod"],
    propose,
};

fn propose(tree: &Tree) -> Option<Proposal> {
    let module = tree.text("go.mod")?;
    let sources: Vec<String> = tree
        .files(".go")
        .into_iter()
        .filter(|path| !path.ends_with("_test.go"))
        .collect();
    let package = |path: &String| {
        let text = tree.text(path)?;
        // Files with a condition are rarely what the module is for: `//go:build ignore`.
        let stated = text
            .lines()
            .find(|line| line.starts_with("package ") || line.starts_with("//go:build"))?;
        Some(stated.strip_prefix("package ")?.split_whitespace().next()?.to_owned())
    };
    let folder = |path: &String| {
        path.rsplit_once('/')
            .map_or_else(|| ".".to_owned(), |(folder, _)| format!("./{folder}"))
    };
    let program = sources.iter().any(|path| package(path).as_deref() == Some("main"));
    let build = match program {
        true => "go build -o _out/ ./...".to_owned(),
        // A library is made for others to compile: the archive of its first package shows whether that is the same.
        false => format!("go build -o _out/package.a {}", sources.iter().map(folder).min()?),
    };
    let proposal = Proposal::new(build, &["_out"]);
    let requires = module.lines().any(|line| line.trim_start().starts_with("require"));
    if !requires || tree.has("vendor/modules.txt") || at_hand(tree, &module) {
        return Some(proposal);
    }
    let why = "Modules are fetched in each build: after `go mod download` or `go mod vendor` they are not, and `repro init --force` says so.";
    Some(proposal.fetches(tree, why, &["GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GOFLAGS"]))
}

/// Whether all modules that are named are in the caller's cache, which a build sees.
fn at_hand(tree: &Tree, module: &str) -> bool {
    let lines = module
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default().trim());
    let mut named = lines.filter_map(|line| {
        let (path, version) = line.strip_prefix("require ").unwrap_or(line).trim().split_once(' ')?;
        version.trim().starts_with('v').then(|| (path, version.trim()))
    });
    let Some(cache) = tree
        .folder("GOPATH", "go")
        .map(|folder| folder.join("pkg/mod/cache/download"))
    else {
        return false;
    };
    named.all(|(path, version)| {
        // Capital letters are written small, behind a mark (Go Modules Reference, module cache).
        let escaped: String = path
            .chars()
            .flat_map(|c| {
                c.is_ascii_uppercase()
                    .then_some('!')
                    .into_iter()
                    .chain([c.to_ascii_lowercase()])
            })
            .collect();
        cache.join(escaped).join("@v").join(format!("{version}.zip")).is_file()
    })
}
