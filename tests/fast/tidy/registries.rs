//! What this repository fetches, it asks the clients of registries for (`apt-get`, `pip`, `npm`, `cargo`): no script knows a registry's address.

use super::{File, files, none};

/// Hosts of registries, in two pieces: this file is looked at, too.
const HOSTS: &[(&str, &str)] = &[
    ("deb", ".debian.org"),
    ("ftp", ".debian.org"),
    ("archive", ".debian.org"),
    ("security", ".debian.org"),
    ("snapshot", ".debian.org"),
    ("archive", ".ubuntu.com"),
    ("registry", ".npmjs.org"),
    ("files", ".pythonhosted.org"),
    ("pypi", ".org"),
    ("static", ".crates.io"),
    ("index", ".crates.io"),
    ("proxy", ".golang.org"),
    ("repo", ".maven.apache.org"),
    ("repo1", ".maven.org"),
];

/// Where such a name is no address that anything is fetched from: what `lint` looks at, and packages as they were built.
const CONTENT: &[&str] = &["corpus/lint/", "corpus/real/", "corpus/format/"];

fn complaints(files: &[File]) -> Vec<String> {
    for f in files {
        println!("FILE {}", f.path);
    }
    let mut complaints = Vec::new();
    for file in files
        .iter()
        .filter(|file| !CONTENT.iter().any(|folder| file.path.starts_with(folder)))
    {
        for (number, line) in file.text.lines().enumerate() {
            let named =
                |(a, b): &&(&str, &str)| line.match_indices(a).any(|(at, _)| line[at + a.len()..].starts_with(b));
            if let Some((a, b)) = HOSTS.iter().find(named) {
                complaints.push(format!(
                    "{}:{}: {a}{b}: ask the registry's client",
                    file.path,
                    number + 1
                ));
            }
        }
    }
    complaints
}

#[test]
fn no_address_of_a_registry() {
    none(&complaints(&files(
        &["corpus", "tests", "benches", "docs", "templates", ".ci"],
        "",
    )));
}

#[test]
fn broken_once() {
    let line = ["apt-get update\ncurl https://", "deb", ".debian.org/x\n"].concat();
    let files = [
        File::new("corpus/ddc/fetch", &line),
        File::new("corpus/lint/x/bad/Dockerfile", &line),
    ];
    assert_eq!(complaints(&files).len(), 1);
}
