//! The time of the build in a build script.

use super::{is_build_script, is_macro};
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::{above, span},
};
use tree_sitter::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "rs-now",
    languages: &[Language::Rust],
    cause: "embedded-timestamp",
    confidence: Confidence::High,
    what: "A build script or procedural macro reads the clock",
    why: "The clock differs in each build. Code that runs later, timing with Instant, and a script that takes SOURCE_DATE_EPOCH (as \
          vergen, built and shadow-rs do) do not matter.",
    fix: "std::env::var(\"SOURCE_DATE_EPOCH\"), or no date at all",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["now", "date"],
    check,
};

/// Whether a call starts `date` for the present time: `Command::new("date").args(["-u"])`.
fn runs_date(code: &Code<'_>, call: Node<'_>) -> bool {
    let called = call.child_by_field_name("function").map_or("", |it| code.of(it));
    let program = call.child_by_field_name("arguments").map_or("", |it| code.of(it));
    let stated = above(call, &["let_declaration", "expression_statement", "macro_invocation"]);
    let options = stated.map_or("", |it| code.of(it));
    let other = ["\"-d\"", "\"-r\"", "\"--date", "\"--reference", "\"-s\""];
    called.ends_with("Command::new") && program == "(\"date\")" && !other.iter().any(|it| options.contains(it))
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !(is_build_script(code) || is_macro(code)) || code.text.contains("SOURCE_DATE_EPOCH") {
        return;
    }
    for node in code.nodes(&["call_expression"]) {
        if runs_date(code, node) {
            hits.at(span(node), "`date` gives the time of the build");
        }
    }
    for node in code.nodes(&["identifier"]) {
        // Inside a macro's arguments there are no expressions, only words: `SystemTime`, `::`, `now`.
        let name = code.of(node);
        if !matches!(name, "now" | "now_utc" | "now_local") {
            continue;
        }
        let before = code.text.get(..node.start_byte()).unwrap_or("");
        let clock = ["SystemTime::", "Utc::", "Local::", "OffsetDateTime::", "Zoned::"]
            .iter()
            .find(|clock| before.ends_with(*clock));
        let Some(clock) = clock else { continue };
        // Quoted code runs later; a message is only read.
        let mut at = node;
        let mut aside = false;
        while let Some(call) = above(at, &["macro_invocation", "attribute_item"]) {
            let called = call.child_by_field_name("macro").map_or("", |it| code.of(it));
            let warning = code.of(call).contains("cargo:warning") || code.of(call).contains("cargo::warning");
            aside |= warning
                || matches!(
                    called,
                    "eprintln" | "quote" | "quote_spanned" | "parse_quote" | "panic" | "debug" | "info"
                );
            at = call;
        }
        let after = code
            .text
            .get(node.end_byte()..)
            .unwrap_or("")
            .trim_start_matches(['(', ')', ' ']);
        let compares =
            after.starts_with('-') || after.starts_with('<') || after.starts_with('>') || after.starts_with(".elapsed");
        if !aside && !compares {
            let start = node.start_byte() - clock.len();
            let what = code.text.get(start..node.end_byte()).unwrap_or(name);
            hits.at(start..span(node).end, format!("`{what}` differs in each build"));
        }
    }
}
