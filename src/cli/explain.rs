//! `repro explain [CAUSE|RULE]`

use super::{Error, Global, Status, names};
use repro::{
    bytes::settings::meant,
    cause::{self, CAUSES, Cause},
    lint::{Rule, scan::named_rule, select::every_rule},
    report::{format::Format, wrap::wrapped},
};
use std::io::{self, Write};

/// Explain a cause or a lint rule: what it is, why it makes builds differ, and the fix; without one, list them all
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Id of a cause, as `repro diff` prints it, or of a rule, as `repro lint` does
    #[arg(value_name = "CAUSE|RULE", value_parser = names::explained(), hide_possible_values = true)]
    cause: Option<String>,
}

/// Exit status 0, or 2 for an unknown cause or rule.
pub fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let mut sorted: Vec<&dyn Cause> = CAUSES.to_vec();
    sorted.sort_by_key(|cause| (cause.group(), cause.id()));
    if let Some(rule) = args.cause.as_deref().and_then(named_rule) {
        return page(rule, global);
    }
    let chosen = match &args.cause {
        None => None,
        Some(id) => Some(cause::by_id(id).ok_or_else(|| Error::new(unknown(id)))?),
    };
    let json = global.format() == Format::Json;
    let prose = |hang, text: &str, out: &mut dyn Write| writeln!(out, "{}", wrapped(text, hang, global.width()));
    global.write(|out| match chosen {
        Some(cause) if json => writeln!(out, "{:#}", value(cause)),
        None if json => writeln!(
            out,
            "{:#}",
            serde_json::Value::Array(sorted.iter().map(|c| value(*c)).collect())
        ),
        Some(cause) => {
            let advice = cause.advice();
            writeln!(out, "{}  ({})\n", cause.id(), cause.group())?;
            prose(0, &format!("{}\n{}\n", advice.what, advice.why), out)?;
            prose(5, &format!("fix  {}", advice.fix), out)?;
            advice
                .references
                .iter()
                .try_for_each(|reference| writeln!(out, "see  {reference}"))
        }
        None => {
            let mut group = "";
            for cause in &sorted {
                if cause.group() != group {
                    group = cause.group();
                    writeln!(out, "{group}")?;
                }
                prose(31, &format!("  {:30} {}", cause.id(), cause.advice().what), out)?;
            }
            writeln!(out, "rules of repro lint")?;
            every_rule().try_for_each(|rule| prose(31, &format!("  {:30} {}", rule.id, rule.what), out))
        }
    })?;
    Ok(Status::Same)
}

/// One rule's page.
fn page(chosen: &Rule, global: &Global) -> Result<Status, Error> {
    let json = global.format() == Format::Json;
    global.write(|out| match json {
        true => writeln!(out, "{:#}", rule(chosen)),
        false => rule_text(chosen, global.width(), out),
    })?;
    Ok(Status::Same)
}

fn rule_text(rule: &Rule, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let head = format!(
        "{}  (rule of repro lint, {} confidence)",
        rule.id,
        rule.confidence.word()
    );
    let text = format!("{head}\n\n{}.\n{}\n", rule.what, rule.why);
    writeln!(out, "{}", wrapped(&text, 0, width))?;
    writeln!(out, "{}", wrapped(&format!("fix  {}", rule.fix), 5, width))?;
    if !rule.cause.is_empty() {
        writeln!(out, "see  repro explain {}", rule.cause)?;
    }
    let mut references = rule.references.iter();
    references.try_for_each(|reference| writeln!(out, "see  {reference}"))
}

/// A rule as JSON.
pub(super) fn rule(rule: &Rule) -> serde_json::Value {
    serde_json::json!({
        "rule": rule.id, "cause": (!rule.cause.is_empty()).then_some(rule.cause), "confidence": rule.confidence, "what": rule.what,
        "why": rule.why, "fix": rule.fix, "references": rule.references,
    })
}

fn value(cause: &dyn Cause) -> serde_json::Value {
    let advice = cause.advice();
    serde_json::json!({
        "cause": cause.id(), "group": cause.group(), "what": advice.what, "why": advice.why, "fix": advice.fix, "references": advice.references,
    })
}

/// The error for an unknown id, with one that is near.
fn unknown(id: &str) -> String {
    let causes = CAUSES.iter().map(|cause| cause.id());
    let meant = meant(id, causes.chain(every_rule().map(|rule| rule.id)));
    format!("explain: no cause and no rule is called {id:?}; `repro explain` lists them{meant}")
}
