//! `repro attest` and `repro verify`, with keys of the real tools, judged by other implementations; and the attacks that must not count.

mod agree;
mod attacks;
mod ddc;
mod last_word;
mod refused;
mod statements;
mod tools;

use crate::support::{Schema, missing, venv};
use repro::attest::key::Signer;
use serde_json::Value;
use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

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
        if let Err(error) = Schema::new(repro::schemas::VERIFY).check(&report) {
            panic!("{error}\n{out}");
        }
        report
    }

    fn signer(&self, key: &str) -> Signer {
        Signer::read(&self.at(key), &|| None).unwrap().0
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
