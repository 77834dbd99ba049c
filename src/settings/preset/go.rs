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
    if !requires || tree.has("vendor/modules.txt") {
        return Some(proposal);
    }
    let why =
        "Modules are fetched in each build: after `go mod vendor` they are not, and `repro init --force` says so.";
    Some(proposal.fetches(tree, why, &["GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GOFLAGS"]))
}
