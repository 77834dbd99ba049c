//! make-shell-date

use super::{
    super::{
        super::{Code, Confidence, Hits, Language, Rule, code::above},
        place::is_test_path,
        shell::{command::Command, date_now},
    },
    makefile::{Makefile, asked, gives, quoted},
};
use tree_sitter::Node;

pub static RULE: Rule = Rule {
    id: "make-shell-date",
    languages: &[Language::Make],
    cause: "embedded-timestamp",
    confidence: Confidence::High,
    what: "The time of the build gets into flags or files through a variable of make",
    why: "`$(shell date)` says when make ran, so no two builds agree. Only where the value goes into a -D or -X flag, a file or a replacement of \
          sed; not in the name of an archive and not in messages.",
    fix: "$(shell date -u -d \"@$(SOURCE_DATE_EPOCH)\" +%F)",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["date"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) {
        return;
    }
    let makefile = Makefile::new(code);
    for (node, command) in asked(code) {
        if !command.contains("date") || is_guarded(code, node) || gives(code, command, now).is_none() {
            continue;
        }
        if let Some(landing) = makefile.landing(node) {
            hits.at(node.byte_range(), format!("the time of the build {}", landing.say()));
        }
    }
    for (assignment, place, command) in quoted(code) {
        if !command.contains("date") || is_guarded(code, assignment) || gives(code, command, now).is_none() {
            continue;
        }
        if let Some(landing) = makefile.assigned(assignment, place.saturating_sub(1)) {
            hits.at(
                place..place + command.len(),
                format!("the time of the build {}", landing.say()),
            );
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}

fn now(command: &Command<'_>) -> Option<String> {
    (command.name == "date" && date_now(command)).then(|| command.name.clone())
}

/// Whether a value is only taken where `SOURCE_DATE_EPOCH` is not set, or is itself its fallback.
fn is_guarded(code: &Code<'_>, node: Node<'_>) -> bool {
    let mut at = node;
    loop {
        if at.kind().ends_with("assignment") && code.of(at).contains("SOURCE_DATE_EPOCH") {
            return true;
        }
        match above(at, &["conditional", "variable_assignment", "shell_assignment"]) {
            Some(up) if up.kind() == "conditional" && code.of(up).contains("SOURCE_DATE_EPOCH") => return true,
            Some(up) => at = up,
            None => return false,
        }
    }
}
