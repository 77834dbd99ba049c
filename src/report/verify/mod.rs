//! `repro verify`: one file a format.

pub mod markdown;
pub mod problems;
pub mod text;

use crate::{
    model::{EnvelopeState, VerifyArtifact, VerifyVerdict},
    report::parts::words::join,
};
use anstyle::AnsiColor;

fn verdict(verdict: VerifyVerdict) -> (&'static str, AnsiColor) {
    match verdict {
        VerifyVerdict::Agreed => ("agreed", AnsiColor::Green),
        VerifyVerdict::Disputed => ("disputed", AnsiColor::Yellow),
        VerifyVerdict::NotAgreed => ("not agreed", AnsiColor::Red),
    }
}

/// A state in words, as JSON spells it but for the dashes.
fn state(state: EnvelopeState) -> String {
    let value = serde_json::to_value(state).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('-', " ")
}

/// `alice and bob`, or that there is nobody.
fn agreeing(artifact: &VerifyArtifact) -> String {
    match artifact.agree.as_slice() {
        [] => "nobody agrees".to_owned(),
        [one] => format!("{one} agrees"),
        many => format!("{} agree", join(many)),
    }
}

/// What stands beside a group: whose digest it is, or that one rebuilder stands alone.
fn place(artifact: bool, alone: bool) -> &'static str {
    match (artifact, alone) {
        (true, false) => "this artifact",
        (true, true) => "this artifact; stands alone",
        (false, false) => "other bytes",
        (false, true) => "other bytes; stands alone",
    }
}
