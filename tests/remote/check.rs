//! `repro remote-check`: ten actions whose results a real server holds, of which one does not reproduce.

use super::casd::Casd;
use crate::support::Schema;
use bazel_remote_apis::build::bazel::remote::execution::v2::{
    Action, BatchUpdateBlobsRequest, Command as Words, Digest, Directory, ExecuteRequest, FileNode,
    batch_update_blobs_request, content_addressable_storage_client::ContentAddressableStorageClient,
    execution_client::ExecutionClient,
};
use prost::Message as _;
use repro::bytes::digest::Algorithm;
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Output},
};
use tokio::runtime::Builder;

/// The action that is not hermetic.
const BAD: usize = 7;

fn digest(bytes: &[u8]) -> Digest {
    Digest {
        hash: Algorithm::Sha256.digest(bytes).to_string(),
        size_bytes: i64::try_from(bytes.len()).unwrap(),
    }
}

/// Sends blobs.
struct Sender(Vec<Vec<u8>>);

impl Sender {
    fn add(&mut self, bytes: Vec<u8>) -> Option<Digest> {
        let digest = digest(&bytes);
        self.0.push(bytes);
        Some(digest)
    }
}

/// Ten actions as a build tool makes them: compiled, and their results kept by the server. Their names.
fn fill(casd: &Casd) -> Vec<String> {
    let mut blobs = Sender(Vec::new());
    let mut actions = Vec::new();
    for number in 0..10 {
        let source = match number {
            BAD => "const char *made = __DATE__ \" \" __TIME__;\n".to_owned(),
            _ => format!("int number = {number};\n"),
        };
        let root = Directory {
            files: vec![FileNode {
                name: "in.c".to_owned(),
                digest: blobs.add(source.into_bytes()),
                ..FileNode::default()
            }],
            ..Directory::default()
        };
        let words = Words {
            arguments: ["/usr/bin/gcc", "-c", "-o", "out.o", "in.c"]
                .map(str::to_owned)
                .to_vec(),
            environment_variables: vec![
                bazel_remote_apis::build::bazel::remote::execution::v2::command::EnvironmentVariable {
                    name: "PATH".to_owned(),
                    value: "/usr/bin:/bin".to_owned(),
                },
            ],
            output_paths: vec!["out.o".to_owned()],
            ..Words::default()
        };
        let action = Action {
            command_digest: blobs.add(words.encode_to_vec()),
            input_root_digest: blobs.add(root.encode_to_vec()),
            ..Action::default()
        };
        actions.extend(blobs.add(action.encode_to_vec()));
    }
    let url = casd.url().replace("grpc://", "http://");
    let requests = blobs.0.into_iter().map(|data| batch_update_blobs_request::Request {
        digest: Some(digest(&data)),
        data,
        ..batch_update_blobs_request::Request::default()
    });
    let sent = BatchUpdateBlobsRequest {
        requests: requests.collect(),
        ..BatchUpdateBlobsRequest::default()
    };
    Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let mut store = ContentAddressableStorageClient::connect(url.clone()).await.unwrap();
            store.batch_update_blobs(sent).await.unwrap();
            let mut execution = ExecutionClient::connect(url).await.unwrap();
            for action in &actions {
                let asked = ExecuteRequest {
                    action_digest: Some(action.clone()),
                    ..ExecuteRequest::default()
                };
                let mut operations = execution.execute(asked).await.unwrap().into_inner();
                while let Some(operation) = operations.message().await.unwrap() {
                    if operation.done {
                        break;
                    }
                }
            }
        });
    // Another second.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    actions
        .iter()
        .map(|action| format!("{}/{}", action.hash, action.size_bytes))
        .collect()
}

fn check(casd: &Casd, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_repro"))
        .args(["remote-check", "--format", "json", "--remote", &casd.url()])
        .args(more)
        .output()
        .unwrap()
}

fn report(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.stdout.is_empty(), "{said}");
    let report = serde_json::from_slice(&output.stdout).unwrap();
    Schema::new(repro::schemas::REMOTE_CHECK)
        .check(&report)
        .unwrap_or_else(|error| panic!("{error}"));
    report
}

/// An execution log as Bazel writes it in JSON.
fn log(actions: &[String]) -> String {
    let mut text = String::new();
    for (number, action) in actions.iter().enumerate() {
        let (hash, size) = action.split_once('/').unwrap();
        let spawn = json!({
            "commandArgs": ["/usr/bin/gcc", "-c"], "listedOutputs": [format!("bazel-out/{number}.o")],
            "mnemonic": "CppCompile", "targetLabel": format!("//pkg:n{number}"), "runner": "remote",
            "digest": {"hash": hash, "sizeBytes": size, "hashFunctionName": "SHA-256"},
        });
        writeln!(text, "{spawn:#}").unwrap();
    }
    text
}

#[test]
fn the_one_bad_action_of_ten_is_found_with_its_cause() {
    let folder = tempfile::tempdir().unwrap();
    let casd = Casd::start(&folder.path().join("cache"));
    let actions = fill(&casd);
    let words: Vec<&str> = actions.iter().map(String::as_str).collect();
    let output = check(&casd, &words);
    let found = report(&output);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        found["counts"],
        json!({"reproducible": 9, "unreproducible": 1}),
        "{found:#}"
    );
    let bad = &found["actions"][0];
    assert_eq!(bad["action"], actions[BAD]);
    assert_eq!(bad["outputs"][0]["path"], "out.o");
    assert_eq!(bad["outputs"][0]["causes"][0]["cause"], "cpp-date-time", "{bad:#}");
    assert_eq!(bad["steady"], false);
}

#[test]
fn a_log_names_the_actions_and_what_was_done_is_not_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let casd = Casd::start(&folder.path().join("cache"));
    let actions = fill(&casd);
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (exec, results) = (at("exec.json"), at("results.jsonl"));
    fs::write(&exec, log(&actions)).unwrap();
    let asked = ["--execution-log", &exec, "--results", &results];
    let output = check(&casd, &[&asked[..], &["--minutes", "0"]].concat());
    assert_eq!((output.status.code(), &report(&output)["left"]), (Some(2), &json!(10)));
    let output = check(&casd, &[&asked[..], &["--sample", "40%", "--seed", "3"]].concat());
    let some = lines(&results);
    let found = report(&output);
    assert_eq!(found["listed"], 10);
    assert!(some > 0 && some < 10, "{some}");
    let first = fs::read(&results).unwrap();
    let output = check(&casd, &asked);
    let found = report(&output);
    assert_eq!(found["counts"], json!({"reproducible": 9, "unreproducible": 1}));
    assert_eq!(found["actions"][0]["label"], format!("//pkg:n{BAD}"));
    assert_eq!(lines(&results), 10);
    assert!(
        fs::read(&results).unwrap().starts_with(&first),
        "what was done was done again"
    );
}

fn lines(path: &str) -> usize {
    fs::read_to_string(Path::new(path)).unwrap().lines().count()
}

#[test]
fn what_the_cache_does_not_hold_is_not_checked() {
    let folder = tempfile::tempdir().unwrap();
    let casd = Casd::start(&folder.path().join("cache"));
    let nobody = format!("{}/42", "0".repeat(64));
    let output = check(&casd, &[&nobody]);
    assert_eq!(output.status.code(), Some(2));
    let found = report(&output);
    assert_eq!(found["counts"], json!({"unchecked": 1}));
    assert!(
        found["actions"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("does not have action"),
        "{found:#}"
    );
}

#[test]
fn two_logs_say_why_the_cache_was_missed() {
    let folder = tempfile::tempdir().unwrap();
    let spawn = |output: &str, made: &str, input: &str, content: &str| {
        json!({
            "commandArgs": ["cc"], "mnemonic": "Cc", "targetLabel": format!("//:{output}"), "listedOutputs": [output],
            "inputs": [{"path": input, "digest": {"hash": content, "sizeBytes": "1"}}],
            "actualOutputs": [{"path": output, "digest": {"hash": made, "sizeBytes": "1"}}],
        })
    };
    let build = |n: &str| format!("{}\n{}\n", spawn("x.o", n, "x.c", n), spawn("app", n, "x.o", n));
    let paths = ["a", "b"].map(|name| folder.path().join(name));
    fs::write(&paths[0], build("1")).unwrap();
    fs::write(&paths[1], build("2")).unwrap();
    let compare = |format: &str| {
        Command::new(env!("CARGO_BIN_EXE_repro"))
            .args(["remote-check", "--format", format, "--compare"])
            .args(&paths)
            .output()
            .unwrap()
    };
    let output = compare("json");
    let found = report(&output);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        (&found["missed"], &found["causes"][0]["misses"]),
        (&json!(2), &json!(2))
    );
    let said = String::from_utf8(compare("text").stdout).unwrap();
    assert!(
        said.contains("2 missed: file x.c, which no action makes, differs in Cc //:x.o"),
        "{said}"
    );
    fs::write(&paths[1], &build("2")[..100]).unwrap();
    let output = compare("text");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cut off"));
}
