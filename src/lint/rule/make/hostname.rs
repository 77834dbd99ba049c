//! make-hostname

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule},
        place::is_test_path,
        shell::who,
    },
    makefile::{Makefile, asked, gives, quoted},
};

pub static RULE: Rule = Rule {
    id: "make-hostname",
    languages: &[Language::Make],
    cause: "hostname",
    confidence: Confidence::Medium,
    what: "Who builds, or on which machine, gets into flags or files through a variable of make",
    why: "Host name, user and kernel differ between builders. Harmless where only the system or the architecture is asked for (uname -s, -m).",
    fix: "leave it out, or write a fixed value",
    references: &["https://reproducible-builds.org/docs/env-variations/"],
    triggers: &[
        "hostname", "whoami", "logname", "id -", "uname", "USER", "HOSTNAME", "LOGNAME",
    ],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let makefile = Makefile::new(code);
    for (node, command) in asked(code) {
        let Some(what) = gives(code, command, |command| who(command).map(str::to_owned)) else {
            continue;
        };
        if let Some(landing) = makefile.landing(node) {
            hits.at(node.byte_range(), format!("{what} {}", landing.say()));
        }
    }
    for (assignment, place, command) in quoted(code) {
        let Some(what) = gives(code, command, |command| who(command).map(str::to_owned)) else {
            continue;
        };
        if let Some(landing) = makefile.assigned(assignment, place.saturating_sub(1)) {
            hits.at(place..place + command.len(), format!("{what} {}", landing.say()));
        }
    }
    for (name, what) in [
        ("USER", "the name of the builder"),
        ("LOGNAME", "the name of the builder"),
        ("HOSTNAME", "the name of the machine"),
    ] {
        // A makefile that sets it means something else by it.
        let own = code
            .nodes(&["variable_assignment"])
            .into_iter()
            .any(|node| node.child_by_field_name("name").is_some_and(|set| code.of(set) == name));
        if own {
            continue;
        }
        for node in makefile.uses(name) {
            if let Some(landing) = makefile.landing(*node) {
                hits.at(node.byte_range(), format!("{what} {}", landing.say()));
            }
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}
