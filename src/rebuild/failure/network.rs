//! The build wants the network, and has none.

use super::{Known, Scene};

pub(super) const KNOWN: Known = Known { id: "no-network", look };

/// What programs say when a name can't be resolved, or nothing can be reached.
const SAID: &[&str] = &[
    "Could not resolve host",
    "Couldn't resolve host",
    "unable to resolve host",
    "Temporary failure in name resolution",
    "Temporary failure resolving",
    "failed to lookup address information",
    "getaddrinfo EAI_AGAIN",
    "getaddrinfo ENOTFOUND",
    "EAI_AGAIN",
    "dial tcp: lookup",
    "UnknownHostException",
    "Network is unreachable",
    "network is unreachable",
    "Name or service not known",
];
/// Programs that ask for their own machine's name.
const OWN_NAME: &[&str] = &["hostname:", "dnsdomainname:", "sudo:", "gethostbyname"];

/// A tool that fetches, and how it is kept from it.
const TOOLS: &[(&str, &str)] = &[
    (
        "cargo",
        "run `cargo fetch` before and build with --offline, or `cargo vendor`",
    ),
    ("go", "`go mod vendor` keeps the modules in the tree"),
    ("npm", "`npm ci` before, and --all-files for node_modules"),
    ("yarn", "`yarn install` before, and --all-files for node_modules"),
    ("pnpm", "`pnpm install` before, and --all-files for node_modules"),
    ("pip", "install what builds it, and give pip --no-build-isolation"),
    ("pip3", "install what builds it, and give pip --no-build-isolation"),
    ("mvn", "mvn --offline with a repository in the tree"),
    ("gradle", "gradle --offline with a repository in the tree"),
    ("git", "keep what is cloned in the tree, as a submodule"),
    ("curl", "keep what is fetched in the tree"),
    ("wget", "keep what is fetched in the tree"),
];

fn look(scene: &Scene<'_>) -> Option<(String, String)> {
    let line = scene.said(SAID).filter(|_| scene.offline)?;
    if OWN_NAME.iter().any(|program| line.contains(program)) {
        return None;
    }
    let pip = scene.result.trace.iter().flat_map(|trace| &trace.processes);
    let mut pip = pip.filter(|process| process.command.windows(2).any(|words| words == ["-m", "pip"]));
    let tool = match pip.next() {
        Some(_) => TOOLS.iter().find(|(name, _)| *name == "pip"),
        None => TOOLS.iter().find(|(name, _)| scene.ran(name)),
    };
    let way = tool.map_or_else(String::new, |(_, way)| format!("; without it: {way}"));
    Some((
        format!("a build has no network, and this one asked for it: {line}"),
        format!("--network (`network = true`) lets it{way}"),
    ))
}
