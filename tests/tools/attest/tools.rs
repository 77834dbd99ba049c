//! Other implementations verify what is signed.

use super::{Lab, TOOLS, missing, payload, venv};
use repro::attest;
use serde_json::json;
use std::fs;

/// securesystemslib verifies the envelopes, in-toto-attestation the statements; each argument is an envelope and a public key in hex.
const JUDGE: &str = r#"
import json, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from google.protobuf.json_format import Parse, ParseDict
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

for path, public in zip(sys.argv[1::2], sys.argv[2::2]):
    envelope = Envelope.from_dict(json.load(open(path)))
    assert envelope.payload_type == "application/vnd.in-toto+json"
    key = SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)))
    assert list(envelope.verify([key], 1)) == [key.keyid]
    Statement.copy_from_pb(Parse(envelope.payload, statement_pb2.Statement())).validate()
    predicate = ParseDict(json.loads(envelope.payload)["predicate"], provenance_pb2.Provenance())
    assert predicate.build_definition.build_type and predicate.run_details.builder.id
    envelope.payload += b" "
    try:
        envelope.verify([key], 1)
        sys.exit("a changed payload verifies")
    except VerificationError:
        pass
    print(path, predicate.run_details.byproducts[0].annotations["outcome"])
"#;

/// The raw key, in hex, of a public line of either kind.
fn raw(line: &str) -> String {
    let key = attest::key::public(line).unwrap();
    key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn other_implementations_verify_envelopes_and_statements() {
    let Some(python) = venv("python") else { return };
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let (alice, bob) = (raw(&lab.ssh("alice", "")), raw(&lab.minisign("bob", "")));
    lab.attest(
        "alice",
        "built.json",
        &["--builder-id", "https://rebuilder.example/", "--started", "2026-06-15"],
    );
    lab.attest(
        "bob",
        "reproduced.json",
        &["--expected", "dist/hello", "--valid-days", "90"],
    );
    lab.attest("alice", "differs.json", &["--expected", &"0".repeat(64)]);
    lab.attest(
        "bob",
        "failed.json",
        &["--failed", "no compiler", "--expected", &"0".repeat(64)],
    );
    let pairs = [
        ("built", &alice),
        ("reproduced", &bob),
        ("differs", &alice),
        ("failed", &bob),
    ];
    let mut arguments = vec!["-c".to_owned(), JUDGE.to_owned()];
    for (name, key) in pairs {
        arguments.extend([format!("all/{name}.json"), key.clone()]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let out = lab.tool(python.to_str().unwrap(), &arguments, "");
    for (name, _) in pairs {
        assert!(out.contains(&format!("all/{name}.json {name}")), "{out}");
    }
}

#[test]
fn minisign_and_ssh_keygen_verify_detached_signatures() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let (alice, bob) = (lab.ssh("alice", ""), lab.minisign("bob", ""));
    lab.attest("alice", "alice.intoto.json", &["--detached"]);
    lab.attest("bob", "bob.intoto.json", &["--detached"]);
    for name in ["alice", "bob"] {
        let statement = fs::read(lab.at(&format!("all/{name}.statement.json"))).unwrap();
        assert_eq!(statement, payload(&lab.read(&format!("{name}.intoto.json"))));
    }
    let minisign = ["-V", "-H", "-m", "all/bob.statement.json", "-P", &bob];
    assert!(lab.tool("minisign", &minisign, "").contains("verified"));
    fs::write(lab.at("allowed"), format!("alice@example {alice}\n")).unwrap();
    let verify = [
        "-Y",
        "verify",
        "-f",
        "allowed",
        "-I",
        "alice@example",
        "-n",
        "repro-attestation",
    ];
    let ssh = [&verify[..], &["-s", "all/alice.statement.json.sig"]].concat();
    let statement = fs::read_to_string(lab.at("all/alice.statement.json")).unwrap();
    assert!(lab.tool("ssh-keygen", &ssh, &statement).contains("Good"));
    assert!(!lab.run("ssh-keygen", &ssh, &(statement + " ")).status.success());
    lab.write("bob.statement.json", "{}");
    assert!(!lab.run("minisign", &minisign, "").status.success());
    // The statements are no envelopes, and nothing is said about them; of other files, it is.
    lab.keyring(&[("alice", &alice, ""), ("bob", &bob, "")]);
    assert_eq!(lab.verify("2", &[], 0)["notes"], json!([]));
    lab.write("readme", "");
    let report = lab.verify("2", &[], 0);
    assert_eq!(
        report["notes"],
        json!(["1 other files among the attestations were not read"])
    );
}

/// securesystemslib signs a statement, by a key of OpenSSH: its arguments are the key, the statement and the envelope to write.
const SIGN: &str = r#"
import json, sys
from cryptography.hazmat.primitives.serialization import load_ssh_private_key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner

key = load_ssh_private_key(open(sys.argv[1], "rb").read(), None)
envelope = Envelope(open(sys.argv[2], "rb").read(), "application/vnd.in-toto+json", {})
envelope.sign(CryptoSigner(key))
json.dump(envelope.to_dict(), open(sys.argv[3], "w"), indent=2)
"#;

#[test]
fn an_envelope_of_another_implementation_counts() {
    let Some(python) = venv("python") else { return };
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let line = lab.ssh("alice", "");
    lab.keyring(&[("alice", &line, "")]);
    lab.attest("alice", "ours.json", &[]);
    fs::write(lab.at("statement"), payload(&lab.read("ours.json"))).unwrap();
    let arguments = ["-c", SIGN, "alice", "statement", "all/theirs.json"];
    lab.tool(python.to_str().unwrap(), &arguments, "");
    let (ours, theirs) = (lab.read("ours.json"), lab.read("theirs.json"));
    assert_eq!(ours["signatures"], theirs["signatures"]);
    fs::remove_file(lab.at("all/ours.json")).unwrap();
    assert_eq!(lab.verify("1", &[], 0)["artifacts"][0]["agree"], json!(["alice"]));
}
