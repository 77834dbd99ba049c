//! Packages of the day in an image.

use super::{is_aside, run};
use crate::lint::{Code, Confidence, Hits, Language, Rule};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "docker-apt-unpinned",
    languages: &[Language::Dockerfile],
    cause: "dependency-drift",
    confidence: Confidence::Medium,
    what: "An image installs packages in whatever version the archive has on the day of the build",
    why: "Debian's, Alpine's, Python's and npm's archives change each day. Packages with a version, a file of hashes \
          (pip -r), and an archive of a fixed day (snapshot.debian.org) do not matter.",
    fix: "name=version for each package, or the archive of a day: http://snapshot.debian.org/archive/debian/20240101T000000Z",
    references: &[
        "https://snapshot.debian.org/",
        "https://github.com/hadolint/hadolint/wiki/DL3008",
    ],
    triggers: &["install", "apk"],
    check,
};

/// Options whose value is the next word.
const WITH_VALUE: &[&str] = &[
    "--allow-untrusted-key",
    "--cache-dir",
    "--default-release",
    "--extra-index-url",
    "--find-links",
    "--index-url",
    "--option",
    "--platform",
    "--prefix",
    "--python",
    "--registry",
    "--repository",
    "--root",
    "--root-user-action",
    "--target",
    "--target-release",
    "--timeout",
    "--trusted-host",
    "--virtual",
    "-X",
    "-f",
    "-i",
    "-o",
    "-t",
];

/// Programs that only fetch and unpack: their version does not show in what they fetch.
const FETCHERS: &[&str] = &[
    "apt-transport-https",
    "bzip2",
    "ca-certificates",
    "curl",
    "git",
    "gnupg",
    "gnupg2",
    "gpg",
    "jq",
    "lsb-release",
    "software-properties-common",
    "tar",
    "unzip",
    "wget",
    "xz-utils",
];

/// What a command installs without a version, or none if it installs nothing.
fn unpinned(words: &[run::Word]) -> Option<Vec<String>> {
    let text: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
    let (tool, rest) = text.split_first()?;
    let tool = tool.rsplit('/').next().unwrap_or(tool);
    // `python3 -m pip install`
    let (tool, rest) = match (tool, rest) {
        ("python" | "python3", ["-m", "pip", rest @ ..]) => ("pip", rest),
        ("pip3", rest) => ("pip", rest),
        _ => (tool, rest),
    };
    let verb = if tool == "apk" { "add" } else { "install" };
    let at = rest
        .iter()
        .position(|word| *word == verb || (tool == "npm" && *word == "i"))?;
    // Options before the verb only: `apt-get -y install`, not `apt-get source install`.
    let before = rest.get(..at)?;
    if before
        .iter()
        .any(|word| !word.starts_with('-') && !word.contains(['=', ':', '/', '.']))
    {
        return None;
    }
    let after = rest.get(at + 1..)?;
    let options: Vec<&str> = rest.iter().copied().filter(|word| word.starts_with('-')).collect();
    match tool {
        "apt-get" | "apt" | "aptitude" | "apk" => {}
        "pip"
            if !options.iter().any(|it| {
                [
                    "-r",
                    "-c",
                    "-e",
                    "--require-hashes",
                    "--requirement",
                    "--constraint",
                    "--no-index",
                    "--editable",
                ]
                .iter()
                .any(|given| it.starts_with(given))
            }) => {}
        "npm" if options.iter().any(|it| matches!(*it, "-g" | "--global")) => {}
        _ => return None,
    }
    let mut found = Vec::new();
    let mut skip = false;
    for word in after {
        if std::mem::take(&mut skip) {
            continue;
        }
        skip = WITH_VALUE.contains(word);
        let is_option = word.starts_with(['-', '<', '>']) || matches!(*word, "2>");
        let unknown = word.contains(['$', '`'])
            || word.starts_with(['.', '/'])
            || word.contains("://")
            || word.ends_with(".whl")
            || word.ends_with(".deb");
        let pinned = match tool {
            "apk" => word.contains(['=', '~', '<', '>']) || word.starts_with('.'),
            "pip" => word.contains("==") || word.contains('@') || word.contains('/'),
            "npm" => word
                .get(1..)
                .is_some_and(|rest| rest.contains('@') && !rest.ends_with("@latest")),
            _ => word.contains('='),
        };
        if !is_option && !unknown && !pinned && word.starts_with(|c: char| c.is_alphanumeric() || c == '@') {
            found.push((*word).to_owned());
        }
    }
    Some(found)
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    let snapshot = code.text.contains("snapshot.debian.org") || code.text.contains("snapshot.ubuntu.com");
    if is_aside(code) {
        return;
    }
    // What an image holds whose files another stage takes stays behind.
    let last_stage = code.nodes(&["from_instruction"]).last().map_or(0, Node::start_byte);
    for node in code.nodes(&["run_instruction"]) {
        let text = code.of(node);
        let Some(rest) = text.get(3..) else { continue };
        if rest.trim_start().starts_with('[') {
            continue;
        }
        for words in run::commands(rest, node.start_byte() + 3) {
            let packages = unpinned(&words).unwrap_or_default();
            let Some(package) = packages.first() else { continue };
            let fetches = packages.iter().all(|it| FETCHERS.contains(&it.as_str()));
            if fetches && node.start_byte() < last_stage {
                continue;
            }
            let (Some((first, tool)), Some((last, _))) = (words.first(), words.last()) else {
                continue;
            };
            if snapshot && tool.starts_with("apt") {
                continue;
            }
            hits.at(
                first.start..last.end,
                format!("`{package}` comes in whatever version the archive has that day"),
            );
        }
    }
}
