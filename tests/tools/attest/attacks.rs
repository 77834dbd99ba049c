//! Attestations that must not count, each with the reason that it must be given.

use super::{Lab, TOOLS, base64, missing, payload, state, states};
use repro::attest::{self, dsse};
use serde_json::{Value, json};
use std::fs;

/// Prepares `b.json`, the attack.
pub type Attack = fn(&Lab);

/// Beside an honest attestation of alice, one more that must not be the second vote: what it is, what is asked for, and the state it must have.
pub const ATTACKS: &[(&str, &[&str], &str, Attack)] = &[
    ("the file is cut off", &[], "truncated", |lab| {
        let whole = fs::read(lab.at("good/bob.json")).unwrap();
        lab.write("b.json", &whole[..whole.len() / 2]);
    }),
    ("an empty file", &[], "truncated", |lab| lab.write("b.json", "")),
    ("the payload is changed", &[], "bad-signature", |lab| {
        let mut envelope = lab.good("bob");
        let text = String::from_utf8(payload(&envelope)).unwrap();
        envelope["payload"] = json!(base64(text.replace("2026-06-15", "2026-06-14").as_bytes()));
        lab.write("b.json", envelope.to_string());
    }),
    ("the payload is cut off", &[], "bad-signature", |lab| {
        let mut envelope = lab.good("bob");
        let bytes = payload(&envelope);
        envelope["payload"] = json!(base64(&bytes[..bytes.len() / 2]));
        lab.write("b.json", envelope.to_string());
    }),
    ("a signature of zeros", &[], "bad-signature", |lab| {
        let mut envelope = lab.good("bob");
        envelope["signatures"][0]["sig"] = json!(base64(&[0; 64]));
        lab.write("b.json", envelope.to_string());
    }),
    ("a signature that is too short", &[], "bad-signature", |lab| {
        let mut envelope = lab.good("bob");
        envelope["signatures"][0]["sig"] = json!("AAAA");
        lab.write("b.json", envelope.to_string());
    }),
    ("a stranger's under bob's key id", &[], "bad-signature", |lab| {
        let mut envelope = lab.good("mallory");
        envelope["signatures"][0]["keyid"] = lab.good("bob")["signatures"][0]["keyid"].clone();
        lab.write("b.json", envelope.to_string());
    }),
    ("a stranger's", &[], "unknown-key", |lab| lab.take("mallory")),
    ("no key id", &[], "unknown-key", |lab| {
        let mut envelope = lab.good("bob");
        envelope["signatures"][0].as_object_mut().unwrap().remove("keyid");
        lab.write("b.json", envelope.to_string());
    }),
    ("no signature", &[], "malformed", |lab| {
        let mut envelope = lab.good("bob");
        envelope["signatures"] = json!([]);
        lab.write("b.json", envelope.to_string());
    }),
    ("a key under two names", &[], "key-under-two-names", |lab| {
        lab.take("twin");
    }),
    ("a revoked key", &[], "key-revoked", |lab| lab.take("rita")),
    ("a key that was", &[], "key-expired", |lab| lab.take("ed")),
    ("a key that will be", &[], "key-not-yet-valid", |lab| lab.take("fay")),
    ("another payload type", &[], "wrong-payload-type", |lab| {
        let mut envelope = lab.good("bob");
        let signature = lab.signer("bob").sign(&dsse::pae("text/plain", &payload(&envelope)));
        envelope["payloadType"] = json!("text/plain");
        envelope["signatures"][0]["sig"] = json!(base64(&signature));
        lab.write("b.json", envelope.to_string());
    }),
    ("another predicate type", &[], "wrong-predicate-type", |lab| {
        lab.signed("bob", |statement| {
            statement["predicateType"] = json!("https://spdx.dev/Document");
        });
    }),
    ("another statement type", &[], "wrong-predicate-type", |lab| {
        lab.signed("bob", |statement| {
            statement["_type"] = json!("https://in-toto.io/Statement/v0.1");
        });
    }),
    ("a failure that poses as provenance", &[], "malformed", |lab| {
        lab.signed("bob", |statement| {
            statement["predicate"]["runDetails"]["byproducts"][0]["annotations"]["outcome"] = json!("failed");
        });
    }),
    ("success that poses as failure", &[], "malformed", |lab| {
        lab.signed("bob", |statement| statement["predicateType"] = json!(attest::FAILURE));
    }),
    ("a copy", &[], "replayed", |lab| {
        fs::copy(lab.at("all/a.json"), lab.at("all/b.json")).unwrap();
    }),
    ("alice's statement, signed by bob", &[], "replayed", |lab| {
        let envelope = dsse::sign(&payload(&lab.read("a.json")), &lab.signer("bob")).unwrap();
        lab.write("b.json", envelope);
    }),
    ("alice's envelope with bob's signature, too", &[], "replayed", |lab| {
        let mut envelope = lab.read("a.json");
        let bytes = payload(&envelope);
        let bob: Value = serde_json::from_str(&dsse::sign(&bytes, &lab.signer("bob")).unwrap()).unwrap();
        envelope["signatures"]
            .as_array_mut()
            .unwrap()
            .push(bob["signatures"][0].clone());
        lab.write("b.json", envelope.to_string());
    }),
    ("the same run, told anew", &[], "replayed", |lab| {
        let mut bytes = payload(&lab.read("a.json"));
        bytes.push(b'\n');
        lab.write("b.json", dsse::sign(&bytes, &lab.signer("alice")).unwrap());
    }),
    ("alice again", &[], "duplicate", |lab| {
        lab.attest("alice", "b.json", &["--time", "2026-06-14T10:00:00Z"]);
    }),
    ("bob, before he said something else", &[], "superseded", |lab| {
        lab.attest("bob", "b.json", &["--time", "2026-06-14T10:00:00Z"]);
        lab.attest("bob", "c.json", &["--built", "other", "dist/hello"]);
    }),
    ("bob, who says both", &[], "contradicts", |lab| {
        lab.take("bob");
        lab.attest("bob", "c.json", &["--built", "other", "dist/hello"]);
    }),
    ("an old statement", &["--max-age-days", "30"], "too-old", |lab| {
        lab.attest("bob", "b.json", &["--time", "2026-05-15"]);
    }),
    ("one without a date", &["--max-age-days", "30"], "too-old", |lab| {
        lab.signed("bob", |statement| {
            let metadata = &mut statement["predicate"]["runDetails"]["metadata"];
            metadata.as_object_mut().unwrap().remove("finishedOn");
        });
    }),
    ("one that has expired", &[], "expired", |lab| {
        lab.attest("bob", "b.json", &["--expires", "2026-06-14"]);
    }),
    ("one whose days are over", &[], "expired", |lab| {
        lab.attest(
            "bob",
            "b.json",
            &["--valid-days", "5", "--time", "2026-06-09T23:59:59Z"],
        );
    }),
    ("one of tomorrow's tomorrow", &[], "from-the-future", |lab| {
        lab.attest("bob", "b.json", &["--time", "2026-06-17T00:00:00Z"]);
    }),
    ("the same bytes under another name", &[], "different-subject", |lab| {
        lab.attest("bob", "b.json", &["dist/older"]);
    }),
    ("other bytes under another name", &[], "different-subject", |lab| {
        lab.attest("bob", "b.json", &["--built", "other", "dist/goodbye"]);
    }),
    ("a name that only ends alike", &[], "different-subject", |lab| {
        lab.signed("bob", |statement| statement["subject"][0]["name"] = json!("llo"));
    }),
    (
        "another project's of the same name",
        &["--source", SOURCE],
        "other-source",
        |lab| {
            lab.signed("bob", |statement| {
                source(statement)["uri"] = json!("git+https://example.org/other.git");
            });
        },
    ),
    (
        "a source with the asked one as its beginning",
        &["--source", SOURCE],
        "other-source",
        |lab| {
            lab.signed("bob", |statement| {
                source(statement)["uri"] = json!(format!("{SOURCE}/fork"));
            });
        },
    ),
    ("one that names no source", &["--source", SOURCE], "no-source", |lab| {
        lab.signed("bob", |statement| {
            let parameters = &mut statement["predicate"]["buildDefinition"]["externalParameters"];
            parameters.as_object_mut().unwrap().remove("source");
        });
    }),
    (
        "one that names the source as a tool only",
        &["--source", SOURCE],
        "no-source",
        |lab| {
            lab.signed("bob", |statement| {
                source(statement).as_object_mut().unwrap().remove("uri");
                statement["predicate"]["buildDefinition"]["resolvedDependencies"] = json!([{"uri": SOURCE}]);
            });
        },
    ),
    (
        "the source's URI at another state",
        &["--source", SOURCE, "--source", TREE],
        "other-source",
        |lab| {
            lab.signed("bob", |statement| {
                source(statement)["digest"]["reproTree"] = json!("0".repeat(64));
            });
        },
    ),
    (
        "the source's digest under another algorithm",
        &["--source", TREE],
        "no-source",
        |lab| {
            lab.signed("bob", |statement| {
                source(statement)["digest"] = json!({"sha256": TREE.split_once(':').unwrap().1});
            });
        },
    ),
    (
        "a source that is told twice",
        &["--source", SOURCE],
        "malformed",
        |lab| {
            let text = String::from_utf8(payload(&lab.good("bob"))).unwrap();
            let twice = text.replacen("\"uri\":", "\"uri\":\"tag:x\",\"uri\":", 1);
            assert_ne!(twice, text);
            lab.write("b.json", dsse::sign(twice.as_bytes(), &lab.signer("bob")).unwrap());
        },
    ),
    ("another BLAKE3", &[], "malformed", |lab| {
        lab.signed("bob", |statement| {
            statement["subject"][0]["digest"]["blake3"] = json!("0".repeat(64));
        });
    }),
    ("a failed rebuild", &[], "outcome-failed", |lab| {
        lab.attest(
            "bob",
            "b.json",
            &["--failed", "no compiler", "--expected", "dist/hello"],
        );
    }),
    (
        "these bytes, where others were expected",
        &[],
        "outcome-differs",
        |lab| {
            lab.attest("bob", "b.json", &["--expected", "other/dist/hello"]);
        },
    ),
    ("other bytes than expected", &[], "outcome-differs", |lab| {
        lab.attest(
            "bob",
            "b.json",
            &["--built", "other", "--expected", "dist/hello", "dist/hello"],
        );
    }),
    ("other bytes", &[], "other-digest", |lab| {
        lab.attest("bob", "b.json", &["--built", "other", "dist/hello"]);
    }),
    ("JSON of great depth", &[], "malformed", |lab| {
        lab.write("b.json", "[".repeat(1 << 20));
    }),
    (
        "an envelope in which JSON of great depth is ignored",
        &[],
        "malformed",
        |lab| {
            lab.write("b.json", format!("{{\"x\":{}", "[".repeat(1 << 20)));
        },
    ),
    ("a file of a gigabyte", &[], "too-large", |lab| {
        fs::File::create(lab.at("all/b.json"))
            .unwrap()
            .set_len(1 << 30)
            .unwrap();
    }),
    ("a link to bob's", &[], "unread", |lab| {
        std::os::unix::fs::symlink("../good/bob.json", lab.at("all/b.json")).unwrap();
    }),
    ("a payload that is told twice", &[], "malformed", |lab| {
        let text = lab.good("bob").to_string();
        lab.write("b.json", text.replacen('{', "{\"payload\":\"AAAA\",", 1));
    }),
    ("an ignored field that is told twice", &[], "malformed", |lab| {
        let text = lab.good("bob").to_string();
        lab.write("b.json", text.replacen('{', "{\"x\":{\"y\":1,\"y\":2},", 1));
    }),
    ("an array for an envelope", &[], "malformed", |lab| {
        let bob = lab.good("bob");
        lab.write(
            "b.json",
            json!([bob["payload"], bob["payloadType"], bob["signatures"]]).to_string(),
        );
    }),
    ("an array for a signature", &[], "malformed", |lab| {
        let mut bob = lab.good("bob");
        let signature = &bob["signatures"][0];
        bob["signatures"] = json!([[signature["keyid"], signature["sig"]]]);
        lab.write("b.json", bob.to_string());
    }),
    ("a digest that is told twice", &[], "malformed", |lab| {
        let text = String::from_utf8(payload(&lab.good("bob"))).unwrap();
        let twice = text.replacen(
            "\"sha256\":",
            &format!("\"sha256\":\"{}\",\"sha256\":", "0".repeat(64)),
            1,
        );
        lab.write("b.json", dsse::sign(twice.as_bytes(), &lab.signer("bob")).unwrap());
    }),
    ("base64 with bits left over", &[], "malformed", |lab| {
        let mut envelope = lab.good("bob");
        let signature = envelope["signatures"][0]["sig"].as_str().unwrap().to_owned();
        // 64 bytes leave four bits of the last digit unused.
        let stem = signature.strip_suffix("==").unwrap();
        let last = stem.chars().last().unwrap();
        let other = char::from(last as u8 + 1);
        envelope["signatures"][0]["sig"] = json!(format!("{}{other}==", &stem[..stem.len() - 1]));
        lab.write("b.json", envelope.to_string());
    }),
    ("base64 with a line's end in it", &[], "malformed", |lab| {
        let mut envelope = lab.good("bob");
        let text = envelope["payload"].as_str().unwrap().to_owned();
        envelope["payload"] = json!(format!("{}\n{}", &text[..4], &text[4..]));
        lab.write("b.json", envelope.to_string());
    }),
    ("data behind the end", &[], "malformed", |lab| {
        lab.write("b.json", format!("{}{{}}", lab.good("bob")));
    }),
    ("no UTF-8", &[], "malformed", |lab| {
        lab.write("b.json", b"{\"payload\":\"\xff\xfe\"}");
    }),
    ("nine signatures", &[], "malformed", |lab| {
        let mut envelope = lab.good("bob");
        envelope["signatures"] = json!(vec![envelope["signatures"][0].clone(); 9]);
        lab.write("b.json", envelope.to_string());
    }),
    ("a statement that is no JSON", &[], "malformed", |lab| {
        lab.write("b.json", dsse::sign(b"hello", &lab.signer("bob")).unwrap());
    }),
];

/// The source of the honest rebuilds.
const SOURCE: &str = "git+https://example.org/hello.git";
const TREE: &str = "reproTree:1111111111111111111111111111111111111111111111111111111111111111";

fn source(statement: &mut Value) -> &mut Value {
    &mut statement["predicate"]["buildDefinition"]["externalParameters"]["source"]
}

impl Lab {
    /// An honest envelope, made beforehand.
    fn good(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.at(&format!("good/{name}.json"))).unwrap()).unwrap()
    }

    /// It, as it is, as `b.json`.
    fn take(&self, name: &str) {
        fs::copy(self.at(&format!("good/{name}.json")), self.at("all/b.json")).unwrap();
    }

    /// It, with its statement changed and signed by the same key.
    fn signed(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let mut statement: Value = serde_json::from_slice(&payload(&self.good(name))).unwrap();
        let before = statement.clone();
        change(&mut statement);
        assert_ne!(statement, before);
        let envelope = dsse::sign(statement.to_string().as_bytes(), &self.signer(name)).unwrap();
        self.write("b.json", envelope);
    }
}

#[test]
fn no_attack_is_a_second_vote() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let names = ["alice", "bob", "mallory", "twin", "rita", "ed", "fay"];
    let lines: Vec<String> = names
        .iter()
        .map(|name| match *name {
            "bob" => lab.minisign(name, ""),
            name => lab.ssh(name, ""),
        })
        .collect();
    lab.keyring(&[
        ("alice", &lines[0], ""),
        ("bob", &lines[1], ""),
        ("dave", &lines[3], ""),
        ("erin", &lines[3], ""),
        ("rita", &lines[4], "revoked = \"laptop stolen\""),
        ("ed", &lines[5], "valid_until = 2026-06-14"),
        ("fay", &lines[6], "valid_from = 2026-06-16"),
    ]);
    for folder in ["good", "other", "other/dist"] {
        fs::create_dir(lab.at(folder)).unwrap();
    }
    fs::copy(lab.at("dist/hello"), lab.at("dist/older")).unwrap();
    for name in ["hello", "goodbye"] {
        fs::write(lab.at(&format!("other/dist/{name}")), format!("other bytes, {name}\n")).unwrap();
    }
    for name in names {
        let tree = TREE.split_once(':').unwrap().1;
        lab.attest(name, "made.json", &["--source", tree, "--source-uri", SOURCE]);
        fs::rename(lab.at("all/made.json"), lab.at(&format!("good/{name}.json"))).unwrap();
    }
    // The honest ones are two votes.
    fs::copy(lab.at("good/alice.json"), lab.at("all/a.json")).unwrap();
    lab.take("bob");
    assert_eq!(
        lab.verify("2", &[], 0)["artifacts"][0]["agree"],
        json!(["alice", "bob"])
    );
    let report = lab.verify("2", &["--source", SOURCE, "--source", TREE], 0);
    assert_eq!(report["sources"], json!([SOURCE, TREE]));
    lab.verify("2", &["--source", &"1".repeat(64)], 0);
    lab.verify("1", &["--source", "git+https://example.org/other.git"], 1);
    let mut wrong = Vec::new();
    for (what, more, expected, attack) in ATTACKS {
        fs::remove_dir_all(lab.at("all")).unwrap();
        fs::create_dir(lab.at("all")).unwrap();
        fs::copy(lab.at("good/alice.json"), lab.at("all/a.json")).unwrap();
        attack(&lab);
        let report = lab.verify("2", more, 1);
        let found = state(&report, "b.json");
        let agree = &report["artifacts"][0]["agree"];
        println!("{what}: {found}");
        if found != *expected || state(&report, "a.json") != "counts" || *agree != json!(["alice"]) {
            wrong.push(format!("{what}: {found}, not {expected}; {:?}", states(&report)));
        }
        let why = report["artifacts"][0]["envelopes"][1]["why"].as_str().unwrap();
        assert!(!why.is_empty() && why.len() < 400, "{what}: {why}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An envelope that is cut off anywhere, or has any one bit changed, is no vote; nothing of it ends the program.
#[test]
fn no_byte_of_an_envelope_can_be_changed() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let line = lab.ssh("alice", "");
    lab.keyring(&[("alice", &line, "")]);
    lab.attest("alice", "a.json", &[]);
    let whole = fs::read(lab.at("all/a.json")).unwrap();
    fs::remove_file(lab.at("all/a.json")).unwrap();
    let end = whole.len() - 1;
    assert_eq!(whole[end], b'\n');
    for at in 0..end {
        lab.write(&format!("cut-{at}.json"), &whole[..at]);
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        lab.write(&format!("bit-{at}.json"), &changed);
    }
    let report = lab.verify("1", &[], 1);
    let states = states(&report);
    assert_eq!(states.len(), 2 * end);
    for (file, state) in &states {
        match file.starts_with("cut") {
            true => assert_eq!(state, "truncated", "{file}"),
            false => assert_ne!(state, "counts", "{file}"),
        }
    }
    for state in ["malformed", "bad-signature", "unknown-key", "wrong-payload-type"] {
        assert!(states.iter().any(|(_, found)| found == state), "no bit gives {state}");
    }
    lab.write("whole.json", &whole[..end]);
    lab.verify("1", &[], 0);
}
