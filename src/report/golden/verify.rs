//! Two artifacts: one that enough rebuilders agree on and one does not, one that nobody speaks of.

use super::{TOOL, digest, names};
use crate::model::*;

fn group(digit: char, artifact: bool, rebuilders: &str, alone: bool) -> VerifyGroup {
    VerifyGroup {
        sha256: digest(digit),
        artifact,
        rebuilders: names(rebuilders),
        alone,
    }
}

fn envelope(file: &str, rebuilder: Option<&str>, state: EnvelopeState, why: &str) -> VerifyEnvelope {
    VerifyEnvelope {
        file: file.to_owned(),
        rebuilder: rebuilder.map(str::to_owned),
        state,
        why: why.to_owned(),
    }
}

fn artifact(path: &str, digit: char, verdict: VerifyVerdict, agree: &str) -> VerifyArtifact {
    VerifyArtifact {
        path: path.to_owned(),
        size: 4096,
        sha256: digest(digit),
        blake3: digest('b'),
        verdict,
        agree: names(agree),
        groups: Vec::new(),
        failed: Vec::new(),
        envelopes: Vec::new(),
    }
}

pub(super) fn disputed() -> VerifyReport {
    use EnvelopeState::{Counts, OtherDigest, OutcomeFailed, Truncated, UnknownKey};
    let mut hello = artifact("dist/hello.deb", '1', VerifyVerdict::Disputed, "alice bob");
    hello.groups = vec![group('1', true, "alice bob", false), group('2', false, "carol", true)];
    hello.failed = vec![VerifyFailure {
        rebuilder: "dave".to_owned(),
        reason: "make: *** [Makefile:3: all] Error 2".to_owned(),
    }];
    hello.envelopes = vec![
        envelope(
            "alice.dsse.json",
            Some("alice"),
            Counts,
            "states this artifact's digest",
        ),
        envelope("bob.dsse.json", Some("bob"), Counts, "states this artifact's digest"),
        envelope(
            "carol.dsse.json",
            Some("carol"),
            OtherDigest,
            "states another digest, 222222222222",
        ),
        envelope("dave.dsse.json", Some("dave"), OutcomeFailed, "the rebuild failed"),
        envelope(
            "who.dsse.json",
            None,
            UnknownKey,
            "no key of the keyring made a signature of it",
        ),
        envelope("cut.dsse.json", None, Truncated, "the text ends at byte 120"),
    ];
    let other = artifact("dist/a|b.deb", '3', VerifyVerdict::NotAgreed, "");
    VerifyReport {
        schema_version: 1,
        tool: TOOL,
        verdict: VerifyVerdict::NotAgreed,
        summary: "1 of 2 artifacts is disputed, on 1 too few agree".to_owned(),
        threshold: 2,
        no_dissent: true,
        sources: vec!["https://example.org/hello.tar.gz".to_owned()],
        today: "2026-11-22".to_owned(),
        rebuilders: names("alice bob carol dave"),
        artifacts: vec![hello, other],
        notes: vec!["notes.txt is no envelope".to_owned()],
    }
}
