//! sh-curl-latest

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule, code::above},
        place::words,
    },
    command::Command,
    is_run_by_build,
    script::Script,
};

pub static RULE: Rule = Rule {
    id: "sh-curl-latest",
    languages: &[Language::Shell],
    cause: "dependency-drift",
    confidence: Confidence::Low,
    what: "Something is fetched that will be another thing tomorrow",
    why: "`latest`, `master` or a clone without a revision is what the server has on the day of the build. Harmless where a checksum is \
          verified afterwards.",
    fix: "fetch a fixed version, and verify it: echo \"$SUM  file\" | sha256sum -c",
    references: &["https://reproducible-builds.org/docs/volatile-inputs/"],
    triggers: &["curl", "wget", "git clone"],
    check,
};

/// Whether a script is there to bring the newest of something into the source.
fn renews(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let mut words = words(&name);
    words.any(|word| {
        matches!(
            word,
            "update" | "upgrade" | "sync" | "import" | "bump" | "vendor" | "renew" | "refresh"
        )
    })
}

/// Whether a command stands in a function that does so when somebody asks for it.
fn renews_in(code: &Code<'_>, command: &Command<'_>) -> bool {
    above(command.node, &["function_definition"])
        .and_then(|function| function.child_by_field_name("name"))
        .is_some_and(|name| renews(code.of(name)))
}

/// Words after which what was fetched is known.
const VERIFIED: &[&str] = &[
    "sha256sum",
    "sha512sum",
    "sha1sum",
    "shasum",
    "md5sum",
    "b2sum",
    "gpg --verify",
    "gpgv",
    "cosign verify",
    "minisign",
    "sha256 ",
];

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_run_by_build(code) || renews(code.path) {
        return;
    }
    let script = Script::new(code);
    let before = hits.0.len();
    for command in script.named(&["curl", "wget", "git"]) {
        let message = match command.name.as_str() {
            "git" => unpinned_clone(&script, command),
            _ => command
                .words
                .iter()
                .find_map(|word| moving(&word.text))
                .map(|part| format!("what is fetched from {part} changes with time")),
        };
        if let Some(message) = message.filter(|_| !renews_in(code, command)) {
            hits.at(command.place.start..command.node.end_byte(), message);
        }
    }
    if hits.0.len() > before && VERIFIED.iter().any(|word| code.file().contains(word)) {
        hits.0.truncate(before);
    }
}

/// The part of an address that names no fixed version.
pub(crate) fn moving(url: &str) -> Option<&'static str> {
    // Without the scheme it may still be an address, with a variable it may be anything.
    if !url.contains("://") && !url.starts_with("raw.github") {
        return None;
    }
    let is_asked = ["api.github.com", "localhost", "127.0.0.1"]
        .iter()
        .any(|host| url.contains(host));
    if is_asked {
        return None;
    }
    let path = url.split("://").nth(1).unwrap_or(url);
    let path = path.split_once('/').map_or("", |(_, path)| path);
    let fixed = path.split(['/', '=', ';', '&', '?']).find_map(|part| {
        ["latest", "master", "main", "HEAD", "nightly", "trunk", "develop"]
            .into_iter()
            .find(|word| {
                part == *word
                    || (*word != "main"
                        && part.split_once('.').is_some_and(|(stem, end)| {
                            stem == *word && matches!(end, "zip" | "tgz" | "tar.gz" | "tar.xz")
                        }))
            })
    });
    // `latest/main.c` is about a file; `blob/main` about a branch.
    fixed
}

/// A clone of which nothing says the revision.
fn unpinned_clone(script: &Script<'_>, command: &Command<'_>) -> Option<String> {
    let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
    if words.first() != Some(&"clone") {
        return None;
    }
    let pinned = words.iter().any(|word| {
        word.starts_with("-b")
            || word.starts_with("--branch")
            || word.starts_with("--revision")
            || *word == "-n"
            || *word == "--no-checkout"
            || *word == "--mirror"
            || *word == "--bare"
    });
    let later = [
        " checkout",
        "reset --hard",
        "rev-parse",
        "git switch",
        "git -C",
        "submodule",
        "fetch origin",
    ];
    if pinned || later.iter().any(|word| script.code.file().contains(word)) {
        return None;
    }
    words
        .iter()
        .find(|word| word.starts_with("https://") || word.starts_with("git://") || word.starts_with("http://"))
        .filter(|url| !url.contains('$'))
        .map(|_| "the clone is of whatever the branch is at today".to_owned())
}
