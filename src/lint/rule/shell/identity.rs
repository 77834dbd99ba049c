//! sh-identity

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule, code::above},
        place::is_image,
    },
    command::Command,
    is_run_by_build, landing,
    script::Script,
};

pub static RULE: Rule = Rule {
    id: "sh-identity",
    languages: &[Language::Shell],
    cause: "hostname",
    confidence: Confidence::Medium,
    what: "Who builds, or on which machine, is written into a file, a macro or a text that is filled in",
    why: "Host name, user, kernel and processors differ between builders. Harmless where only the system or the architecture is asked for \
          (uname -s, -m), or the number of processors for make -j.",
    fix: "leave it out, or write a fixed value",
    references: &["https://reproducible-builds.org/docs/env-variations/"],
    triggers: &[
        "hostname", "whoami", "logname", "id -", "uname", "USER", "HOSTNAME", "LOGNAME", "nproc", "lscpu", "cpuinfo",
    ],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_run_by_build(code) {
        return;
    }
    let script = Script::new(code);
    for command in &script.commands {
        let Some(what) = asks(command) else { continue };
        // A word of the time of the build, too, which the script takes from elsewhere if it is told to.
        let with_date = above(command.node, &["variable_assignment"]).is_some_and(|it| code.of(it).contains("date"));
        if with_date && code.text.contains("SOURCE_DATE_EPOCH") {
            continue;
        }
        if let Some(landing) = landing::of_output(&script, command.node) {
            hits.at(
                command.place.start..command.node.end_byte(),
                format!("{what} {}", landing.say()),
            );
        }
    }
    for (name, what) in [
        ("USER", "the name of the builder"),
        ("LOGNAME", "the name of the builder"),
        ("HOSTNAME", "the name of the machine"),
    ] {
        // In an image nobody is who builds it.
        if script.sets(name) || (name != "HOSTNAME" && is_image(code.path)) {
            continue;
        }
        for node in script.uses(name) {
            if let Some(landing) = landing::of_value(&script, *node) {
                hits.at(node.byte_range(), format!("{what} {}", landing.say()));
            }
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}

/// What a command tells of the machine or its user.
pub fn asks(command: &Command<'_>) -> Option<&'static str> {
    let letters = |set: &[char]| {
        command
            .words
            .iter()
            .any(|word| word.text.starts_with('-') && !word.text.starts_with("--") && word.text.contains(set))
    };
    Some(match command.name.as_str() {
        "hostname" if command.operands().next().is_none() => "the name of the machine",
        "whoami" | "logname" => "the name of the builder",
        "id" if letters(&['u', 'g']) && command.operands().next().is_none() => "the user of the builder",
        "uname" if letters(&['a', 'n']) || command.has("--all") || command.has("--nodename") => {
            "the name of the machine"
        }
        "uname" if letters(&['r', 'v']) || command.has("--kernel-release") || command.has("--kernel-version") => {
            "the kernel of the machine"
        }
        "nproc" | "lscpu" => "the processor of the machine",
        "cat" | "grep" | "awk" | "sed" if command.words.iter().any(|word| word.text == "/proc/cpuinfo") => {
            "the processor of the machine"
        }
        _ => return None,
    })
}
