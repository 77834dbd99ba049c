//! Keys, options and files that are refused; and that each refusal is documented.

use super::{Lab, PASSWORD, TOOLS, attacks::ATTACKS, missing};
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
};

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
        (
            "pem",
            "",
            "\"RSA PRIVATE KEY\" is not an ed25519 key in OpenSSH's format",
        ),
        ("alice.pub", "", "neither a secret key of minisign nor one of OpenSSH"),
        ("bob.pub", "", "a public key: give the secret one"),
        ("damaged", "", "no ed25519 key"),
        ("empty", "", "neither a secret key"),
        ("binary", "", "not text, so not a secret key"),
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
        // Minisign's password takes seconds and a gigabyte: once is enough.
        if key == "alice" {
            let output = with(key);
            assert!(output.status.success() && output.stderr.is_empty());
        }
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

/// At a terminal, which `script` makes, the password is asked for and not shown.
#[test]
fn a_password_is_asked_for_on_a_terminal() {
    if missing(TOOLS) || missing(&["script"]) {
        return;
    }
    let lab = Lab::new();
    lab.ssh("alice", PASSWORD);
    let command = format!(
        "{} attest --key alice -o a.json dist/hello",
        env!("CARGO_BIN_EXE_repro")
    );
    let mut child = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .current_dir(lab.folder.path())
        .env_remove("REPRO_KEY_PASSWORD")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut keyboard, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (mut seen, mut byte) = (Vec::new(), [0]);
    while !seen.ends_with(b"Password of alice: ") {
        assert_eq!(screen.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&seen));
        seen.extend(byte);
    }
    // The echo is switched off after the prompt: nobody types that fast.
    std::thread::sleep(std::time::Duration::from_secs(2));
    keyboard.write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    screen.read_to_end(&mut seen).unwrap();
    let seen = String::from_utf8_lossy(&seen);
    assert!(child.wait().unwrap().success() && !seen.contains(PASSWORD), "{seen}");
    assert!(lab.at("a.json").is_file());
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
    attest(&["../x"], "leads out of the source tree");
    attest(&["--expected", "dist/hello"], "--expected is for one artifact");
    fs::write(lab.at("dist/two"), "").unwrap();
    attest(&["--expected", "dist/hello", "dist/*"], "dist/* names 2");
    fs::remove_file(lab.at("dist/two")).unwrap();
    attest(&["--lock", "nowhere", "dist/hello"], "there is no lock file");
    attest(&["--failed", "x", "dist/hello"], "what was expected");
    attest(&["--time", "yesterday", "dist/hello"], "give @SECONDS");
    attest(&["--builder-id", "me", "dist/hello"], "give a URI");
    attest(&["--detached", "dist/hello"], "--detached writes further files");
    attest(&["--variations", "weather", "dist/hello"], "weather");
    std::os::unix::fs::symlink("hello", lab.at("dist/link")).unwrap();
    attest(&["dist/link"], "is a symbolic link");
    // What lies too deep to be read could be a dissenting voice.
    let deep = "all/1/2/3/4/5/6/7/8";
    fs::create_dir_all(lab.at(deep)).unwrap();
    lab.verify("1", &[], 0);
    fs::copy(lab.at("all/a.json"), lab.at(deep).join("a.json")).unwrap();
    ends(
        "all",
        "keyring",
        "1",
        "dist/hello",
        "more than 8 folders inside each other",
    );
    fs::remove_dir_all(lab.at("all/1")).unwrap();
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
    assert_eq!(lab.repro(&["schema", "statement"], 0).0, repro::schemas::STATEMENT);
    assert_eq!(lab.repro(&["schema", "verify"], 0).0, repro::schemas::VERIFY);
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
    let schema: Value = serde_json::from_str(repro::schemas::VERIFY).unwrap();
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
