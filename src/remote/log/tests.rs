//! Logs in each form, whole and cut off.

use super::{
    message::{CompactSpawn, Digest, Directory, Entry, File, InputSet, Output, Pair, SpawnExec},
    *,
};
use prost::Message as _;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

const HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn read(bytes: &[u8]) -> (Vec<Spawn>, Option<Error>) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let (mut spawns, mut wrong) = (Vec::new(), None);
    for spawn in Log::open(file.path()).unwrap() {
        match spawn {
            Ok(spawn) => spawns.push(spawn),
            Err(error) => wrong = Some(error),
        }
    }
    (spawns, wrong)
}

fn file(path: &str) -> File {
    File {
        path: path.to_owned(),
        digest: Some(Digest {
            hash: HASH.to_owned(),
            size_bytes: 3,
        }),
        ..File::default()
    }
}

fn pair(name: &str, value: &str) -> Pair {
    Pair {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn expected() -> Spawn {
    let content = format!("{HASH}/3");
    Spawn {
        action: Some(content.clone()),
        label: "//pkg:it".to_owned(),
        mnemonic: "Genrule".to_owned(),
        arguments: vec!["/bin/bash".to_owned(), "-c".to_owned(), "true".to_owned()],
        variables: [("PATH".to_owned(), "/bin".to_owned())].into(),
        inputs: [("dir/x", &content), ("in.txt", &content)]
            .map(|(path, is)| (path.to_owned(), is.clone()))
            .into(),
        outputs: [("out.txt".to_owned(), content)].into(),
        listed: vec!["out.txt".to_owned()],
        runner: "remote cache hit".to_owned(),
        cached: true,
        ..Spawn::default()
    }
}

fn json() -> String {
    let digest = format!(r#"{{"hash": "{HASH}", "sizeBytes": "3", "hashFunctionName": "SHA-256"}}"#);
    format!(
        r#"{{"commandArgs": ["/bin/bash", "-c", "true"], "environmentVariables": [{{"name": "PATH", "value": "/bin"}}],
        "inputs": [{{"path": "dir/x", "digest": {digest}, "isTool": false}}, {{"path": "in.txt", "digest": {digest}}}],
        "listedOutputs": ["out.txt"], "remotable": true, "mnemonic": "Genrule", "timeoutMillis": "0",
        "actualOutputs": [{{"path": "out.txt", "digest": {digest}}}], "runner": "remote cache hit", "cacheHit": true,
        "targetLabel": "//pkg:it", "digest": {digest}, "metrics": {{"inputBytes": "6"}}}}
"#
    )
}

fn binary() -> Vec<u8> {
    let spawn = SpawnExec {
        command_args: expected().arguments,
        environment_variables: vec![pair("PATH", "/bin")],
        inputs: vec![file("in.txt"), file("dir/x")],
        listed_outputs: vec!["out.txt".to_owned()],
        mnemonic: "Genrule".to_owned(),
        actual_outputs: vec![file("out.txt")],
        runner: "remote cache hit".to_owned(),
        cache_hit: true,
        target_label: "//pkg:it".to_owned(),
        digest: file("").digest,
        ..SpawnExec::default()
    };
    spawn.encode_length_delimited_to_vec()
}

fn entries() -> Vec<Entry> {
    let set = |id, input_ids, transitive_set_ids| Entry {
        id,
        set: Some(InputSet {
            input_ids,
            transitive_set_ids,
        }),
        ..Entry::default()
    };
    let one = |id, path| Entry {
        id,
        file: Some(file(path)),
        ..Entry::default()
    };
    let folder = Entry {
        id: 2,
        directory: Some(Directory {
            path: "dir".to_owned(),
            files: vec![file("x")],
        }),
        ..Entry::default()
    };
    let spawn = Entry {
        spawn: Some(CompactSpawn {
            args: expected().arguments,
            env_vars: vec![pair("PATH", "/bin")],
            input_set_id: 5,
            outputs: vec![Output {
                output_id: 3,
                ..Output::default()
            }],
            target_label: "//pkg:it".to_owned(),
            mnemonic: "Genrule".to_owned(),
            runner: "remote cache hit".to_owned(),
            cache_hit: true,
            digest: file("").digest,
            ..CompactSpawn::default()
        }),
        ..Entry::default()
    };
    // The sets name each other in a circle, as no true log does.
    vec![
        one(1, "in.txt"),
        folder,
        one(3, "out.txt"),
        set(4, vec![2], vec![5]),
        set(5, vec![1], vec![4]),
        spawn,
    ]
}

fn compact(entries: &[Entry]) -> Vec<u8> {
    let plain: Vec<u8> = entries.iter().flat_map(Entry::encode_length_delimited_to_vec).collect();
    compress_to_vec(plain.as_slice(), CompressionLevel::Fastest)
}

#[test]
fn the_three_forms_say_the_same() {
    assert_eq!(read(json().as_bytes()).0, [expected()]);
    assert_eq!(read(&binary()).0, [expected()]);
    assert_eq!(read(&compact(&entries())).0, [expected()]);
}

#[test]
fn the_event_of_an_action_can_hold_it() {
    let event = format!(
        "{{\"id\": {{\"started\": {{}}}}, \"started\": {{}}}}\n\
         {{\"id\": {{\"actionCompleted\": {{}}}}, \"action\": {{\"label\": \"//pkg:it\", \"type\": \"Genrule\", \"strategyDetails\": [{}]}}}}\n",
        json().replace(
            "\"targetLabel\"",
            "\"@type\": \"tools.protos.SpawnExec\", \"targetLabel\""
        )
    );
    assert_eq!(read(event.as_bytes()).0, [expected()]);
}

#[test]
fn a_log_that_is_cut_off_is_said_to_be_and_what_was_before_is_read() {
    for bytes in [json().into_bytes(), binary()] {
        let twice = [bytes.as_slice(), &bytes].concat();
        for end in 1..bytes.len() - 1 {
            let (spawns, wrong) = read(&twice[..bytes.len() + end]);
            assert_eq!(spawns.len(), 1);
            let said = wrong.unwrap().to_string();
            assert!(said.contains("after 1 actions: the log is cut off"), "{end}: {said}");
        }
    }
    let whole = compact(&entries());
    for end in 4..whole.len() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &whole[..end]).unwrap();
        let told = Log::open(file.path()).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        assert!(told.is_err(), "{end}");
    }
}

#[test]
fn what_is_no_log_is_refused() {
    for bytes in [
        &b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"[..],
        b"\x05abcde",
        b"{\"inputs\": 3}",
        b"\x80",
    ] {
        assert!(read(bytes).1.is_some(), "{bytes:?}");
    }
    let mut unknown = entries();
    unknown.remove(0);
    assert!(
        read(&compact(&unknown))
            .1
            .unwrap()
            .to_string()
            .contains("entry 1 is named")
    );
    assert_eq!(read(b"").0, []);
}
