//! What a rebuilder states: an in-toto Statement v1 about the artifacts of one rebuild.

mod ddc;
mod made;
mod read;
mod write;

pub use ddc::{Compiled, compiled};
pub use made::{Expected, Made};
pub use read::{Source, Statement, Subject, read};
pub use write::{Facts, Written, sha256, statements};

use serde::Deserialize;

/// How a rebuild went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It gave the bytes that were expected.
    Reproduced,
    /// It gave bytes, and nothing was expected.
    Built,
    /// It gave other bytes.
    Differs,
    /// It gave none.
    Failed,
}

impl Outcome {
    /// As statements spell it.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Reproduced => "reproduced",
            Outcome::Built => "built",
            Outcome::Differs => "differs",
            Outcome::Failed => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Digests, EnvelopeState};
    use serde_json::{Value, json};

    fn digests(fill: &str) -> Digests {
        Digests {
            size: 3,
            sha256: fill.repeat(64),
            blake3: fill.repeat(64),
            symlink: false,
        }
    }

    fn facts() -> Facts {
        let made = |name: &str, built: &str, expected: &str| Made {
            name: name.to_owned(),
            built: Some(Expected::of(&digests(built))),
            expected: Some(Expected::of(&digests(expected))),
        };
        Facts {
            artifacts: vec![made("a", "1", "1"), made("b", "2", "3"), made("c", "4", "4")],
            finished: 1_700_000_000,
            expires: Some(20_000),
            signer: "key".to_owned(),
            builder: "tag:x,2026:me".to_owned(),
            ..Facts::default()
        }
    }

    #[test]
    fn a_statement_for_each_outcome_and_what_is_written_is_read() {
        let written = statements(&facts()).unwrap();
        let names = |statement: &Statement| statement.subjects.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
        let read: Vec<Statement> = written.iter().map(|w| read(w.text.as_bytes()).unwrap()).collect();
        assert_eq!(read.len(), 2);
        assert_eq!(
            (read[0].outcome, names(&read[0])),
            (Outcome::Reproduced, vec!["a".to_owned(), "c".to_owned()])
        );
        assert_eq!(
            (read[1].outcome, names(&read[1])),
            (Outcome::Differs, vec!["b".to_owned()])
        );
        // What differs is named by its own bytes, not by those that it should have had.
        assert_eq!(read[1].subjects[0].sha256, "2".repeat(64));
        assert_eq!((read[0].finished, read[0].expires), (Some(1_700_000_000), Some(20_000)));
        assert_ne!(read[0].invocation, read[1].invocation);
    }

    #[test]
    fn a_failed_rebuild_is_no_provenance() {
        let mut facts = facts();
        facts.failed = Some("no compiler".to_owned());
        for made in &mut facts.artifacts {
            made.built = None;
        }
        let written = statements(&facts).unwrap();
        assert_eq!(written.len(), 1);
        let value: Value = serde_json::from_str(&written[0].text).unwrap();
        assert_eq!(value["predicateType"], super::super::FAILURE);
        assert_eq!(read(written[0].text.as_bytes()).unwrap().outcome, Outcome::Failed);
    }

    /// A statement changed in one place.
    fn changed(pointer: &str, to: Value) -> EnvelopeState {
        let text = &statements(&facts()).unwrap()[0].text;
        let mut value: Value = serde_json::from_str(text).unwrap();
        *value.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = to;
        read(value.to_string().as_bytes()).map(|_| ()).unwrap_err().0
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        use EnvelopeState::{Malformed, WrongPredicateType};
        let result = "/predicate/runDetails/byproducts/0/annotations";
        for (pointer, to, state) in [
            (
                "/_type".to_owned(),
                json!("https://in-toto.io/Statement/v0.1"),
                WrongPredicateType,
            ),
            (
                "/predicateType".to_owned(),
                json!("https://spdx.dev/Document"),
                WrongPredicateType,
            ),
            // A failure that poses as provenance, and the other way round.
            ("/predicateType".to_owned(), json!(super::super::FAILURE), Malformed),
            (format!("{result}/outcome"), json!("failed"), Malformed),
            (format!("{result}/outcome"), json!("perfect"), Malformed),
            (format!("{result}/signer"), json!(7), Malformed),
            (format!("{result}/expires"), json!("soon"), Malformed),
            (
                "/predicate/buildDefinition/buildType".to_owned(),
                json!("https://x"),
                WrongPredicateType,
            ),
            ("/predicate/runDetails/byproducts".to_owned(), json!([]), Malformed),
            (
                "/predicate/runDetails/metadata/finishedOn".to_owned(),
                json!("yesterday"),
                Malformed,
            ),
            (
                "/predicate/runDetails/metadata/invocationId".to_owned(),
                json!(""),
                Malformed,
            ),
            ("/subject".to_owned(), json!([]), Malformed),
            ("/subject/0/digest/sha256".to_owned(), json!("00"), Malformed),
            ("/subject/0/digest/sha256".to_owned(), json!("A".repeat(64)), Malformed),
            ("/subject/0/name".to_owned(), json!("c"), Malformed),
        ] {
            assert_eq!(changed(&pointer, to), state, "{pointer}");
        }
    }

    #[test]
    fn a_key_of_two_values_is_refused() {
        let text = &statements(&facts()).unwrap()[0].text;
        let digest = format!("\"sha256\":\"{}\"", "1".repeat(64));
        let twice = text.replacen(&digest, &format!("{digest},\"sha256\":\"{}\"", "5".repeat(64)), 1);
        assert_ne!(&twice, text);
        assert_eq!(
            read(twice.as_bytes()).map(|_| ()).unwrap_err().0,
            EnvelopeState::Malformed
        );
    }
}
