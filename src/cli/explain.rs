//! `repro explain [CAUSE]`

use super::{Error, Format, Global, Status};
use repro::cause::{self, CAUSES, Cause};

/// What a cause is, why it makes builds differ, and the fix; alone, the list of causes
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Id of a cause, as `repro diff` prints it
    cause: Option<String>,
}

/// Exit status 0, or 2 for an unknown cause.
pub fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let mut sorted: Vec<&dyn Cause> = CAUSES.to_vec();
    sorted.sort_by_key(|cause| (cause.group(), cause.id()));
    let chosen = match &args.cause {
        None => None,
        Some(id) => Some(cause::by_id(id).ok_or_else(|| Error::new(unknown(id, &sorted)))?),
    };
    let json = global.format(&[Format::Text, Format::Json])? == Format::Json;
    global.write(|out| match chosen {
        Some(cause) if json => writeln!(out, "{:#}", value(cause)),
        None if json => writeln!(
            out,
            "{:#}",
            serde_json::Value::Array(sorted.iter().map(|c| value(*c)).collect())
        ),
        Some(cause) => {
            let advice = cause.advice();
            writeln!(
                out,
                "{}  ({})\n\n{}\n{}\n\nfix  {}",
                cause.id(),
                cause.group(),
                advice.what,
                advice.why,
                advice.fix
            )?;
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
                writeln!(out, "  {:30} {}", cause.id(), cause.advice().what)?;
            }
            Ok(())
        }
    })?;
    Ok(Status::Same)
}

fn value(cause: &dyn Cause) -> serde_json::Value {
    let advice = cause.advice();
    serde_json::json!({
        "cause": cause.id(), "group": cause.group(), "what": advice.what, "why": advice.why, "fix": advice.fix, "references": advice.references,
    })
}

/// The error for an unknown id, with the nearest known one.
fn unknown(id: &str, known: &[&dyn Cause]) -> String {
    let close = |name: &str| name.split('-').filter(|word| id.contains(word)).count();
    let best = known
        .iter()
        .max_by_key(|cause| close(cause.id()))
        .filter(|cause| close(cause.id()) > 0);
    let hint = best.map_or_else(String::new, |cause| format!("; did you mean {}?", cause.id()));
    format!("explain: no cause is called {id}{hint} (repro explain lists them)")
}
