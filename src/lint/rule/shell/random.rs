//! sh-random

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule},
        place::makes_secrets,
    },
    command::Command,
    is_run_by_build, landing,
    script::Script,
};

pub static RULE: Rule = Rule {
    id: "sh-random",
    languages: &[Language::Shell],
    cause: "random-value",
    confidence: Confidence::Medium,
    what: "A random value is written into a file, a macro or a text that is filled in",
    why: "It is another one in each build. Harmless for names of temporary files, waiting times, and keys that are made where the program is \
          installed.",
    fix: "derive the value from the content (sha256sum), or use uuidgen --sha1 with a fixed name",
    references: &["https://reproducible-builds.org/docs/randomness/"],
    triggers: &["RANDOM", "random", "uuidgen", "openssl rand", "shuf"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_run_by_build(code) || makes_secrets(code.path) {
        return;
    }
    let script = Script::new(code);
    for command in &script.commands {
        if !is_random(command) {
            continue;
        }
        if let Some(landing) = landing::of_output(&script, command.node).filter(|landing| !is_secret(landing)) {
            hits.at(
                command.place.start..command.node.end_byte(),
                format!("a random value {}", landing.say()),
            );
        }
    }
    // `RANDOM=42` seeds it.
    if !script.sets("RANDOM") {
        for node in script.uses("RANDOM") {
            if let Some(landing) = landing::of_value(&script, *node).filter(|landing| !is_secret(landing)) {
                hits.at(node.byte_range(), format!("a random value {}", landing.say()));
            }
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}

/// Whether a command prints something random.
fn is_random(command: &Command<'_>) -> bool {
    match command.name.as_str() {
        "uuidgen" => !["--sha1", "--md5", "-s", "-m", "--help"]
            .iter()
            .any(|option| command.has(option)),
        "openssl" => command.words.first().is_some_and(|word| word.text == "rand") && !command.has("-out"),
        "shuf" => !command.has("--random-source"),
        "head" | "cat" | "od" | "hexdump" | "xxd" | "tr" => command.words.iter().any(|word| {
            matches!(
                word.text.as_str(),
                "/dev/urandom" | "/dev/random" | "/proc/sys/kernel/random/uuid"
            )
        }),
        _ => false,
    }
}

/// Whether what is written is meant to be secret, and so no part of a package.
fn is_secret(landing: &landing::Landing) -> bool {
    const WORDS: &[&str] = &[
        "key",
        "secret",
        "passw",
        "token",
        "salt",
        "cookie",
        "cert",
        "pem",
        "rnd",
        "seed",
        "machine-id",
    ];
    match landing {
        landing::Landing::File(name) | landing::Landing::Environment(name) => {
            let name = name.to_ascii_lowercase();
            WORDS.iter().any(|word| name.contains(word))
        }
        _ => false,
    }
}
