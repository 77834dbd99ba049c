//! `repro attest` and `repro verify`, with keys of the real tools, judged by other implementations; and the attacks that must not count.

mod support;

use repro::attest::{self, dsse, key::Signer};
use serde_json::{Value, json};
use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use support::{Schema, missing, venv};

const TOOLS: &[&str] = &["ssh-keygen", "minisign"];
const PASSWORD: &str = "correct horse battery staple";
/// The day on which most statements of these tests are made, and judged.
const TODAY: &str = "2026-06-15";

/// A folder with an artifact, keys and attestations.
struct Lab {
    folder: tempfile::TempDir,
}

impl Lab {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("dist")).unwrap();
        fs::create_dir(folder.path().join("all")).unwrap();
        fs::write(folder.path().join("dist/hello"), "the bytes\n").unwrap();
        Self { folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, program: &str, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("SOURCE_DATE_EPOCH")
            .env_remove("REPRO_KEY_PASSWORD")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that does not read its input closes it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    #[track_caller]
    fn tool(&self, program: &str, arguments: &[&str], input: &str) -> String {
        let output = self.run(program, arguments, input);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{program} {arguments:?}\n{errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    fn repro(&self, arguments: &[&str], status: i32) -> (String, String) {
        let output = self.run(env!("CARGO_BIN_EXE_repro"), arguments, "");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(status), "repro {arguments:?}\n{out}\n{err}");
        assert!(!err.contains("panicked"), "{err}");
        (out, err)
    }

    /// A key of OpenSSH; its public line.
    fn ssh(&self, name: &str, password: &str) -> String {
        let comment = format!("{name}@example");
        let arguments = ["-q", "-t", "ed25519", "-N", password, "-C", &comment, "-f", name];
        self.tool("ssh-keygen", &arguments, "");
        let line = fs::read_to_string(self.at(&format!("{name}.pub"))).unwrap();
        line.trim().to_owned()
    }

    /// A key of minisign; its public line.
    fn minisign(&self, name: &str, password: &str) -> String {
        let public = format!("{name}.pub");
        let twice = format!("{password}\n{password}\n");
        let mut arguments = vec!["-G", "-p", &public, "-s", name];
        if password.is_empty() {
            arguments.push("-W");
        }
        self.tool("minisign", &arguments, &twice);
        let text = fs::read_to_string(self.at(&public)).unwrap();
        text.lines().nth(1).unwrap().to_owned()
    }

    fn keyring(&self, entries: &[(&str, &str, &str)]) {
        let entry = |(name, key, more): &(&str, &str, &str)| {
            format!("[[rebuilder]]\nname = \"{name}\"\nkey = \"{key}\"\n{more}\n")
        };
        fs::write(self.at("keyring"), entries.iter().map(entry).collect::<String>()).unwrap();
    }

    /// Attests the artifact on `TODAY`, into a file of the folder `all`.
    #[track_caller]
    fn attest(&self, key: &str, file: &str, more: &[&str]) {
        let file = format!("all/{file}");
        let mut arguments = vec!["attest", "--key", key, "--output", &file];
        if !more.contains(&"--time") {
            arguments.extend(["--time", "2026-06-15T10:00:00Z"]);
        }
        arguments.extend(more);
        // The artifact, unless the last word names another; what is expected is no artifact.
        let named = match more {
            [.., option, last] => last.starts_with("dist/") && *option != "--expected",
            [only] => only.starts_with("dist/"),
            [] => false,
        };
        if !named {
            arguments.push("dist/hello");
        }
        self.repro(&arguments, 0);
    }

    /// The report of `verify`, which is as its schema says.
    #[track_caller]
    fn verify(&self, threshold: &str, more: &[&str], status: i32) -> Value {
        let mut arguments = vec!["verify", "--attestations", "all", "--keyring", "keyring"];
        arguments.extend(["--threshold", threshold, "--format", "json"]);
        if !more.contains(&"--today") {
            arguments.extend(["--today", TODAY]);
        }
        arguments.extend(more);
        arguments.push("dist/hello");
        let (out, _) = self.repro(&arguments, status);
        let report = serde_json::from_str(&out).unwrap();
        if let Err(error) = Schema::new(repro::report::json::VERIFY_SCHEMA).check(&report) {
            panic!("{error}\n{out}");
        }
        report
    }

    fn signer(&self, key: &str) -> Signer {
        Signer::read(&self.at(key), None).unwrap().0
    }

    fn read(&self, file: &str) -> Value {
        serde_json::from_slice(&fs::read(self.at("all").join(file)).unwrap()).unwrap()
    }

    /// The statement inside an envelope.
    fn statement(&self, file: &str) -> Value {
        serde_json::from_slice(&payload(&self.read(file))).unwrap()
    }

    fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.at("all").join(file), bytes).unwrap();
    }
}

fn payload(envelope: &Value) -> Vec<u8> {
    use base64ct::Encoding as _;
    base64ct::Base64::decode_vec(envelope["payload"].as_str().unwrap()).unwrap()
}

fn base64(bytes: &[u8]) -> String {
    use base64ct::Encoding as _;
    base64ct::Base64::encode_string(bytes)
}

/// State of each envelope, by file.
fn states(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let envelopes = report["artifacts"][0]["envelopes"].as_array().unwrap();
    envelopes
        .iter()
        .map(|e| (text(&e["file"]), text(&e["state"])))
        .collect()
}

#[track_caller]
fn state(report: &Value, file: &str) -> String {
    let found = states(report).into_iter().find(|(name, _)| name == file);
    found.unwrap_or_else(|| panic!("no {file}: {report:#}")).1
}

#[test]
fn rebuilders_with_keys_of_both_kinds_agree() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let lines = [
        lab.ssh("alice", ""),
        lab.minisign("bob", ""),
        lab.ssh("carol", PASSWORD),
        lab.minisign("dora", PASSWORD),
    ];
    let names = ["alice", "bob", "carol", "dora"];
    let entries: Vec<_> = names
        .iter()
        .zip(&lines)
        .map(|(name, line)| (*name, line.as_str(), ""))
        .collect();
    lab.keyring(&entries);
    fs::write(lab.at("password"), format!("{PASSWORD}\n")).unwrap();
    for name in names {
        lab.attest(name, &format!("{name}.intoto.json"), &["--password-file", "password"]);
    }
    let report = lab.verify("4", &[], 0);
    assert_eq!(report["verdict"], "agreed");
    assert_eq!(report["artifacts"][0]["agree"], json!(names));
    assert!(states(&report).iter().all(|(_, state)| state == "counts"), "{report:#}");
    // The same in one file, and for any number of threads.
    let all: String = names
        .iter()
        .map(|name| fs::read_to_string(lab.at(&format!("all/{name}.intoto.json"))).unwrap())
        .collect();
    for name in names {
        fs::remove_file(lab.at(&format!("all/{name}.intoto.json"))).unwrap();
    }
    lab.write("bundle.intoto.jsonl", all);
    let bundle = lab.verify("4", &["--jobs", "1"], 0);
    assert_eq!(bundle, lab.verify("4", &["--jobs", "2"], 0));
    assert_eq!(
        states(&bundle)[3],
        ("bundle.intoto.jsonl:4".to_owned(), "counts".to_owned())
    );
    // Other bytes under the same name: nobody agrees, and all are in one other group.
    fs::write(lab.at("dist/hello"), "other bytes\n").unwrap();
    let report = lab.verify("1", &[], 1);
    assert_eq!(report["verdict"], "not-agreed");
    assert_eq!(report["artifacts"][0]["groups"][0]["rebuilders"], json!(names));
    assert!(
        states(&report).iter().all(|(_, state)| state == "other-digest"),
        "{report:#}"
    );
}

/// Prepares `b.json`, the attack.
type Attack = fn(&Lab);

/// Beside an honest attestation of alice, one more that must not be the second vote: what it is, what is asked for, and the state it must have.
const ATTACKS: &[(&str, &[&str], &str, Attack)] = &[
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
        lab.take("twin")
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
            statement["predicateType"] = json!("https://spdx.dev/Document")
        });
    }),
    ("another statement type", &[], "wrong-predicate-type", |lab| {
        lab.signed("bob", |statement| {
            statement["_type"] = json!("https://in-toto.io/Statement/v0.1")
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
    ("another BLAKE3", &[], "malformed", |lab| {
        lab.signed("bob", |statement| {
            statement["subject"][0]["digest"]["blake3"] = json!("0".repeat(64))
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
        lab.write("b.json", "[".repeat(1 << 20))
    }),
    (
        "an envelope in which JSON of great depth is ignored",
        &[],
        "truncated",
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
    ("a payload that is told twice", &[], "malformed", |lab| {
        let text = lab.good("bob").to_string();
        lab.write("b.json", text.replacen('{', "{\"payload\":\"AAAA\",", 1));
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
        lab.write("b.json", b"{\"payload\":\"\xff\xfe\"}")
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
        lab.attest(name, "made.json", &[]);
        fs::rename(lab.at("all/made.json"), lab.at(&format!("good/{name}.json"))).unwrap();
    }
    // The honest ones are two votes.
    fs::copy(lab.at("good/alice.json"), lab.at("all/a.json")).unwrap();
    lab.take("bob");
    assert_eq!(
        lab.verify("2", &[], 0)["artifacts"][0]["agree"],
        json!(["alice", "bob"])
    );
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

#[test]
fn who_stands_alone_is_said() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let lines = ["alice", "bob", "carol", "dora"].map(|name| (name, lab.ssh(name, "")));
    let entries: Vec<_> = lines.iter().map(|(name, line)| (*name, line.as_str(), "")).collect();
    lab.keyring(&entries);
    fs::create_dir_all(lab.at("other/dist")).unwrap();
    fs::write(lab.at("other/dist/hello"), "other bytes\n").unwrap();
    lab.attest("alice", "alice.json", &[]);
    lab.attest("bob", "bob.json", &[]);
    lab.attest("carol", "carol.json", &["--built", "other", "dist/hello"]);
    let failure = ["--failed", "no compiler \u{1b}[2J", "--expected", "dist/hello"];
    lab.attest("dora", "dora.json", &failure);
    let report = lab.verify("2", &[], 0);
    let artifact = &report["artifacts"][0];
    assert_eq!(artifact["groups"][0]["rebuilders"], json!(["alice", "bob"]));
    assert_eq!(
        (&artifact["groups"][0]["artifact"], &artifact["groups"][0]["alone"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(artifact["groups"][1]["rebuilders"], json!(["carol"]));
    assert_eq!(
        (&artifact["groups"][1]["artifact"], &artifact["groups"][1]["alone"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(artifact["failed"][0]["rebuilder"], "dora");
    assert_eq!(lab.verify("2", &["--no-dissent"], 1)["verdict"], "disputed");
    lab.verify("3", &[], 1);
    // From the other side: whoever has carol's bytes is told that she stands alone.
    fs::copy(lab.at("other/dist/hello"), lab.at("dist/hello")).unwrap();
    let report = lab.verify("2", &[], 1);
    assert_eq!(report["artifacts"][0]["agree"], json!(["carol"]));
    assert_eq!(report["artifacts"][0]["groups"][0]["alone"], true);
    let common = [
        "--attestations",
        "all",
        "--keyring",
        "keyring",
        "--threshold",
        "2",
        "--today",
        TODAY,
    ];
    let arguments: Vec<&str> = ["verify", "dist/hello"].iter().chain(&common).copied().collect();
    let (text, _) = lab.repro(&arguments, 1);
    for says in [
        "not agreed: 1 of 4 trusted",
        "carol (this artifact; stands alone)",
        "alice and bob (other bytes)",
    ] {
        assert!(text.contains(says), "{text}\nnot {says}");
    }
    assert!(
        !text.contains('\u{1b}'),
        "what a rebuilder writes must not reach the terminal as it is"
    );
    let markdown: Vec<&str> = arguments.iter().chain(&["--format", "markdown"]).copied().collect();
    let (text, _) = lab.repro(&markdown, 1);
    assert!(text.contains("| this artifact; stands alone | carol |"), "{text}");
}

#[test]
fn names_are_matched_by_whole_parts() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let line = lab.ssh("alice", "");
    lab.keyring(&[("alice", &line, "")]);
    // Two artifacts of one rebuilder, of which one's name is the other's end.
    fs::write(lab.at("hello"), "not in dist\n").unwrap();
    lab.attest("alice", "a.json", &[]);
    let at = "2026-06-15T10:00:00Z";
    lab.repro(
        &[
            "attest",
            "--key",
            "alice",
            "--time",
            at,
            "--output",
            "all/b.json",
            "hello",
        ],
        0,
    );
    let report = lab.verify("1", &[], 0);
    assert_eq!(state(&report, "b.json"), "different-subject");
    // Elsewhere, and under the name that it is stated by.
    fs::create_dir(lab.at("downloads")).unwrap();
    fs::copy(lab.at("dist/hello"), lab.at("downloads/hello-1.0")).unwrap();
    let common = [
        "verify",
        "--attestations",
        "all/a.json",
        "--keyring",
        "keyring",
        "--threshold",
        "1",
        "--today",
        TODAY,
    ];
    let with = |more: &[&str], status: i32| {
        let arguments: Vec<&str> = common.iter().chain(more).copied().collect();
        lab.repro(&arguments, status).0
    };
    let text = with(&["downloads/hello-1.0"], 1);
    assert!(
        text.contains("the same bytes under another name, \"dist/hello\""),
        "{text}"
    );
    with(&["downloads/hello-1.0", "--name", "dist/hello"], 0);
    with(&["./dist//hello"], 0);
    with(&["dist/hello", "--name", "hello"], 1);
}

#[test]
fn a_lock_decides_between_reproduced_and_differs() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let line = lab.ssh("alice", "");
    fs::write(lab.at("dist/other"), "locked\n").unwrap();
    fs::write(
        lab.at("repro.toml"),
        "[build]\ncommand = \"make\"\nartifacts = [\"dist/*\"]\n",
    )
    .unwrap();
    lab.repro(&["lock"], 0);
    fs::write(lab.at("dist/other"), "built\n").unwrap();
    let common = ["attest", "--key", "alice", "--time", "@1781517600", "--out-dir", "all"];
    let (out, _) = lab.repro(&[&common[..], &["--format", "json"]].concat(), 0);
    let written: Value = serde_json::from_str(&out).unwrap();
    let outcomes: Vec<_> = written["written"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| &w["outcome"])
        .collect();
    assert_eq!(outcomes, ["reproduced", "differs"]);
    let schema = Schema::new(attest::SCHEMA);
    for entry in written["written"].as_array().unwrap() {
        let statement = lab.statement(entry["file"].as_str().unwrap());
        schema.check(&statement).unwrap();
        let definition = &statement["predicate"]["buildDefinition"];
        assert_eq!(
            definition["externalParameters"]["steps"][0]["command"],
            json!(["/bin/sh", "-c", "make"])
        );
    }
    // One file for two outcomes is refused; nothing half is written.
    let (out, err) = lab.repro(&["attest", "--key", "alice"], 2);
    assert!(out.is_empty() && err.contains("give --out-dir"), "{err}");
    // What is locked and not there is no success, and no failure that nobody stated.
    fs::remove_file(lab.at("dist/other")).unwrap();
    let (_, err) = lab.repro(&["attest", "--key", "alice"], 2);
    assert!(err.contains("dist/other: not there"), "{err}");
    lab.repro(
        &[
            "attest",
            "--key",
            "alice",
            "--failed",
            "make: error 2",
            "-o",
            "all/failed.json",
            "dist/other",
        ],
        0,
    );
    let statement = lab.statement("failed.json");
    schema.check(&statement).unwrap();
    assert_eq!(statement["predicateType"], attest::FAILURE);
    assert_eq!(statement["subject"].as_array().unwrap().len(), 1);
    let (_, err) = lab.repro(&["attest", "--key", "alice", "--failed", "x", "dist/unknown"], 2);
    assert!(err.contains("what was expected"), "{err}");
    lab.keyring(&[("alice", &line, "")]);
    let day = ["--today", "2026-06-20"];
    assert_eq!(lab.verify("1", &day, 0)["verdict"], "agreed");
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    lab.ssh("alice", "");
    lab.minisign("bob", "");
    for key in ["alice", "bob"] {
        let made: Vec<Vec<u8>> = ["1", "2"]
            .iter()
            .map(|jobs| {
                let output = Command::new(env!("CARGO_BIN_EXE_repro"))
                    .args(["attest", "--key", key, "--jobs", jobs, "dist/hello"])
                    .current_dir(lab.folder.path())
                    .env("SOURCE_DATE_EPOCH", "1700000000")
                    .output()
                    .unwrap();
                assert!(output.status.success());
                output.stdout
            })
            .collect();
        assert_eq!(made[0], made[1]);
        let envelope: Value = serde_json::from_slice(&made[0]).unwrap();
        let statement: Value = serde_json::from_slice(&payload(&envelope)).unwrap();
        assert_eq!(
            statement["predicate"]["runDetails"]["metadata"]["finishedOn"],
            "2023-11-14T22:13:20Z"
        );
    }
}

#[test]
fn the_record_of_the_environment_is_stated() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    lab.minisign("bob", "");
    let secret = "hunter2-hunter2";
    let output = Command::new(env!("CARGO_BIN_EXE_repro"))
        .args([
            "build",
            "--artifact",
            "made",
            "--variations",
            "umask",
            "--record",
            "../environment.json",
        ])
        .args([
            "--env",
            "PATH=/usr/bin:/bin",
            "--secret",
            "TOKEN",
            "--",
            "cat hello > made",
        ])
        .current_dir(lab.at("dist"))
        .env("TOKEN", secret)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    lab.attest(
        "bob",
        "bob.json",
        &[
            "--record",
            "environment.json",
            "--variations",
            "umask",
            "--source",
            "dist",
        ],
    );
    let statement = lab.statement("bob.json");
    Schema::new(attest::SCHEMA).check(&statement).unwrap();
    let definition = &statement["predicate"]["buildDefinition"];
    let dependencies = definition["resolvedDependencies"].as_array().unwrap();
    assert_eq!(dependencies[0]["name"], "environment-record");
    let record = fs::read(lab.at("environment.json")).unwrap();
    assert_eq!(dependencies[0]["digest"]["sha256"], attest::statement::sha256(&record));
    let file = |path: &str| {
        let found = dependencies.iter().find(|d| d["uri"] == format!("file://{path}"));
        found.unwrap_or_else(|| panic!("no {path}: {dependencies:#?}"))
    };
    // The digest that is stated is the file's own.
    let cat = fs::canonicalize("/usr/bin/cat").unwrap();
    let sum = lab.tool("sha256sum", &[cat.to_str().unwrap()], "");
    assert_eq!(
        file(cat.to_str().unwrap())["digest"]["sha256"],
        sum.split(' ').next().unwrap()
    );
    let (manifest, _) = lab.repro(&["hash", "--format", "json", "dist"], 0);
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let source = &definition["externalParameters"]["source"]["digest"]["reproTree"];
    assert_eq!(*source, manifest["roots"][0]["tree"]["sha256"]);
    assert_eq!(definition["internalParameters"]["variations"], json!(["umask"]));
    assert_eq!(
        definition["externalParameters"]["steps"][0]["command"][2],
        "cat hello > made"
    );
    assert_eq!(definition["internalParameters"]["secrets"], json!(["TOKEN"]));
    assert!(!statement.to_string().contains(secret));
}

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
    // The statements are no envelopes: they are passed over, and that is said.
    lab.keyring(&[("alice", &alice, ""), ("bob", &bob, "")]);
    let report = lab.verify("2", &[], 0);
    assert_eq!(
        report["notes"],
        json!(["4 other files among the attestations were not read"])
    );
}

#[test]
fn keys_that_are_of_no_use_are_refused_and_no_secret_is_shown() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    lab.ssh("alice", PASSWORD);
    lab.minisign("bob", PASSWORD);
    lab.ssh("open", "");
    fs::write(lab.at("wrong"), "swordfish\n").unwrap();
    fs::write(lab.at("right"), format!("{PASSWORD}\n")).unwrap();
    lab.tool(
        "ssh-keygen",
        &["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", "rsa"],
        "",
    );
    lab.tool(
        "ssh-keygen",
        &["-q", "-t", "rsa", "-b", "2048", "-N", "x", "-f", "rsa-locked"],
        "",
    );
    lab.tool("ssh-keygen", &["-q", "-t", "ecdsa", "-N", "", "-f", "ecdsa"], "");
    lab.tool(
        "ssh-keygen",
        &["-q", "-t", "rsa", "-m", "PEM", "-b", "2048", "-N", "", "-f", "pem"],
        "",
    );
    let damaged = |name: &str, from: &str| {
        let mut text = fs::read_to_string(lab.at(from)).unwrap();
        let middle = text.len() / 2;
        let other = if &text[middle..=middle] == "A" { "B" } else { "A" };
        text.replace_range(middle..=middle, other);
        fs::write(lab.at(name), text).unwrap();
        fs::set_permissions(lab.at(name), fs::Permissions::from_mode(0o600)).unwrap();
    };
    damaged("damaged", "open");
    fs::write(lab.at("empty"), "").unwrap();
    fs::write(lab.at("binary"), b"\xff\xfe\0\0").unwrap();
    fs::File::create(lab.at("huge")).unwrap().set_len(1 << 32).unwrap();
    for (key, password, says) in [
        ("alice", "wrong", "wrong password"),
        ("bob", "wrong", "Wrong password"),
        (
            "alice",
            "",
            "is encrypted: give its password with --password-file, or in REPRO_KEY_PASSWORD",
        ),
        ("bob", "", "is encrypted: give its password"),
        ("rsa", "", "a key of kind ssh-rsa; only ed25519 is used: make one with"),
        (
            "rsa-locked",
            "",
            "a key of kind ssh-rsa; only ed25519 is used: make one with",
        ),
        ("ecdsa", "", "ed25519"),
        ("pem", "", "\"RSA PRIVATE KEY\" is no ed25519 key in OpenSSH's format"),
        ("alice.pub", "", "neither a secret key of minisign nor one of OpenSSH"),
        ("bob.pub", "", "a public key: give the secret one"),
        ("damaged", "", "no ed25519 key"),
        ("empty", "", "neither a secret key"),
        ("binary", "", "no text, so no secret key"),
        ("huge", "", "too large"),
        ("nowhere", "", "nowhere: No such file"),
        ("alice", "nowhere", "nowhere: No such file"),
    ] {
        let mut arguments = vec!["attest", "--key", key, "dist/hello"];
        if !password.is_empty() {
            arguments.extend(["--password-file", password]);
        }
        let (out, err) = lab.repro(&arguments, 2);
        assert!(out.is_empty() && err.contains(says), "{key}: {err}\nnot {says}");
        assert!(!err.contains("swordfish"), "{err}");
        if let Ok(text) = fs::read_to_string(lab.at(key)) {
            let secret = text.lines().filter(|line| line.len() > 40 && !line.contains(' '));
            secret.for_each(|line| assert!(!err.contains(line), "{key}: {err}"));
        }
    }
    // By the environment, too; and a key that others can read is told of, but used.
    let with = |key: &str| {
        Command::new(env!("CARGO_BIN_EXE_repro"))
            .args(["attest", "--key", key, "dist/hello"])
            .current_dir(lab.folder.path())
            .env("REPRO_KEY_PASSWORD", PASSWORD)
            .output()
            .unwrap()
    };
    for key in ["alice", "bob"] {
        let output = with(key);
        assert!(output.status.success() && output.stderr.is_empty());
        fs::set_permissions(lab.at(key), fs::Permissions::from_mode(0o644)).unwrap();
        let output = with(key);
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success() && err.contains("others can use this key (mode 0644)"),
            "{err}"
        );
    }
    lab.repro(
        &["attest", "--key", "alice", "--password-file", "right", "dist/hello"],
        0,
    );
}

#[test]
fn trouble_is_no_answer() {
    if missing(TOOLS) {
        return;
    }
    let lab = Lab::new();
    let line = lab.ssh("alice", "");
    lab.keyring(&[("alice", &line, "")]);
    lab.attest("alice", "a.json", &[]);
    fs::write(lab.at("none"), "").unwrap();
    let ends = |attestations: &str, keyring: &str, threshold: &str, artifact: &str, says: &str| {
        let arguments = [
            "verify",
            "--attestations",
            attestations,
            "--keyring",
            keyring,
            "--threshold",
            threshold,
            artifact,
        ];
        let (out, err) = lab.repro(&arguments, 2);
        assert!(out.is_empty() && err.contains(says), "{err}\nnot {says}");
    };
    ends("all", "keyring", "0", "dist/hello", "--threshold 0 asks for nobody");
    ends("all", "keyring", "2", "dist/hello", "the keyring has 1 rebuilders");
    ends("all", "nowhere", "1", "dist/hello", "nowhere: No such file");
    ends("all", "none", "1", "dist/hello", "no rebuilder");
    ends("all", "keyring", "1", "dist/nowhere", "dist/nowhere: No such file");
    ends("all", "keyring", "1", "dist", "dist: is a directory");
    ends("nowhere", "keyring", "1", "dist/hello", "nowhere: No such file");
    ends("all", "alice", "1", "dist/hello", "alice:1:");
    let attest = |more: &[&str], says: &str| {
        let (out, err) = lab.repro(&[&["attest", "--key", "alice"], more].concat(), 2);
        assert!(out.is_empty() && err.contains(says), "{err}\nnot {says}");
    };
    attest(&[], "no artifact is named");
    attest(&["dist/nowhere"], "dist/nowhere: not there");
    attest(&["../x"], "`..` is not allowed");
    attest(&["--expected", "dist/hello"], "--expected is for one artifact");
    attest(&["--lock", "nowhere", "dist/hello"], "there is no lock file");
    attest(&["--failed", "x", "dist/hello"], "what was expected");
    attest(&["--time", "yesterday", "dist/hello"], "give @SECONDS");
    attest(&["--builder-id", "me", "dist/hello"], "give a URI");
    attest(&["--detached", "dist/hello"], "--detached writes further files");
    attest(&["--variations", "weather", "dist/hello"], "weather");
    std::os::unix::fs::symlink("hello", lab.at("dist/link")).unwrap();
    attest(&["dist/link"], "is a symbolic link");
    // An empty folder is an answer: nobody agrees.
    fs::remove_file(lab.at("all/a.json")).unwrap();
    let report = lab.verify("1", &[], 1);
    assert_eq!(
        report["notes"],
        json!(["no envelope was found: they are files named *.json or *.jsonl"])
    );
}

#[test]
fn the_schemas_are_printed() {
    let lab = Lab::new();
    assert_eq!(lab.repro(&["schema", "statement"], 0).0, attest::SCHEMA);
    assert_eq!(
        lab.repro(&["schema", "verify"], 0).0,
        repro::report::json::VERIFY_SCHEMA
    );
    assert!(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("docs/attestation.md")
            .is_file()
    );
}

/// Every state that an envelope can have is in the table of the documentation, and every attack's state is a state.
#[test]
fn every_refusal_is_documented() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/attestation.md")).unwrap();
    let schema: Value = serde_json::from_str(repro::report::json::VERIFY_SCHEMA).unwrap();
    let states = schema.pointer("/properties/artifacts/items/properties/envelopes/items/properties/state/enum");
    let states: Vec<&str> = states
        .unwrap()
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s.as_str().unwrap())
        .collect();
    for state in states.iter().filter(|state| **state != "counts") {
        assert!(page.contains(&format!("`{state}`")), "{state} is not documented");
        assert!(
            ATTACKS.iter().any(|attack| attack.2 == *state),
            "no attack gives {state}"
        );
    }
}
