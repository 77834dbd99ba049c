//! Words that the formats share.

use crate::{
    model::{EnvelopeState, VerifyArtifact, VerifyVerdict},
    report::parts::{json, words::join},
};
use anstyle::AnsiColor;

pub(super) fn verdict(verdict: VerifyVerdict) -> (&'static str, AnsiColor) {
    match verdict {
        VerifyVerdict::Agreed => ("agreed", AnsiColor::Green),
        VerifyVerdict::Disputed => ("disputed", AnsiColor::Yellow),
        VerifyVerdict::NotAgreed => ("not agreed", AnsiColor::Red),
    }
}

/// A state in words, as JSON spells it but for the dashes.
pub(super) fn state(state: EnvelopeState) -> String {
    json::word(state).replace('-', " ")
}

/// `alice and bob`, or that there is nobody.
pub(super) fn agreeing(artifact: &VerifyArtifact) -> String {
    match artifact.agree.as_slice() {
        [] => "nobody agrees".to_owned(),
        [one] => format!("{one} agrees"),
        many => format!("{} agree", join(many)),
    }
}

/// What stands beside a group: whose digest it is, or that one rebuilder stands alone.
pub(super) fn place(artifact: bool, alone: bool) -> &'static str {
    match (artifact, alone) {
        (true, false) => "this artifact",
        (true, true) => "this artifact; stands alone",
        (false, false) => "other bytes",
        (false, true) => "other bytes; stands alone",
    }
}
