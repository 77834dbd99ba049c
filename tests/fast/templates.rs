//! `templates/` for many machines: judged by the tools that know their formats, and their scripts run by a plain shell in place of the engine.
//! `templates/slurm.sh` is run by a real Slurm in `tests/privileged/slurm.rs`.

use crate::{
    batch::Scene,
    ci::{succeeds, yaml},
    cli::repro,
    support::{self, root, said},
};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Shards of the small runs here.
const SHARDS: usize = 3;

fn template(name: &str) -> PathBuf {
    root().join("templates").join(name)
}

#[test]
fn templates_follow_the_schemas_of_their_engines() {
    let (Some(check), Some(zizmor), Some(kubernetes)) = (
        support::venv("check-jsonschema"),
        support::venv("zizmor"),
        support::venv("kubernetes-validate"),
    ) else {
        return;
    };
    for (schema, name) in [
        ("vendor.gitlab-ci", "gitlab-shards.yml"),
        ("vendor.github-workflows", "github-shards.yml"),
    ] {
        succeeds(
            Command::new(&check)
                .args(["--builtin-schema", schema])
                .arg(template(name)),
        );
    }
    let mut judged = Command::new(zizmor);
    judged
        .args(["--offline", "--persona", "pedantic"])
        .arg(template("github-shards.yml"));
    let told = succeeds(&mut judged);
    assert!(told.contains("No findings to report"), "{told}");
    // The oldest version whose Job has all that the template says, and a new one.
    for version in ["1.29", "1.34"] {
        let mut judged = Command::new(&kubernetes);
        judged.args(["--strict", "--kubernetes-version", version]);
        let told = succeeds(judged.arg(template("kubernetes.yaml")));
        assert!(told.contains("passed"), "{told}");
    }
}

/// A step of an engine: a script, with the variables that the engine sets.
fn shell(scene: &Scene, script: &str, variables: &Value, more: &[(&str, String)]) -> Output {
    let variables = variables.as_object().into_iter().flatten();
    let output = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
        .current_dir(scene.at())
        .env_remove("GITHUB_ACTIONS")
        .envs(variables.map(|(name, value)| (name, value.as_str().unwrap())))
        .env(
            "PATH",
            format!(
                "{}:{}",
                support::program_folder().display(),
                std::env::var("PATH").unwrap()
            ),
        )
        .env("REPRO_LIST", "pairs")
        .envs(more.iter().map(|(name, value)| (name, value)))
        .output();
    output.unwrap()
}

/// That shards give what one run gives, and that all of them were done.
fn as_one_run(scene: &Scene, folder: &str) {
    scene.diff("pairs", &["-o", "one.jsonl"], 1, "");
    let files: Vec<String> = (1..=SHARDS)
        .map(|shard| format!("{folder}/{shard}-of-{SHARDS}.jsonl"))
        .collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let merged = |files: &[&str]| repro(scene.at(), &[&["merge", "--format", "json"], files].concat());
    let (one, shards) = (merged(&["one.jsonl"]), merged(&files));
    assert_eq!(shards.status.code(), Some(1), "{}", said(&shards));
    assert!(one.stdout == shards.stdout, "{}", said(&shards));
}

fn joined(script: &Value) -> String {
    let lines = script.as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

fn reports(scene: &Scene) {
    assert!(scene.read("repro.html").contains("<h1 class=\"red\">differs</h1>"));
}

#[test]
fn the_jobs_of_gitlab_run() {
    let Some(python) = support::venv("python") else { return };
    let template = yaml(&python, &template("gitlab-shards.yml"));
    let scene = Scene::new(60);
    let (shards, merge) = (&template[".repro-shards"], &template[".repro-merge"]);
    for node in 1..=SHARDS {
        let own = [
            ("CI_NODE_INDEX", node.to_string()),
            ("CI_NODE_TOTAL", SHARDS.to_string()),
        ];
        let ran = shell(&scene, &joined(&shards["script"]), &shards["variables"], &own);
        assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
    }
    as_one_run(&scene, "repro-shards");
    let ran = shell(&scene, &joined(&merge["script"]), &merge["variables"], &[]);
    assert_eq!(ran.status.code(), Some(1), "{}", said(&ran));
    assert!(scene.read("repro-junit.xml").contains("<testcase name=\"corpus/"));
    reports(&scene);
}

#[test]
fn the_jobs_of_github_run() {
    let Some(python) = support::venv("python") else { return };
    let workflow = yaml(&python, &template("github-shards.yml"));
    let matrix = workflow["jobs"]["shard"]["strategy"]["matrix"]["shard"]
        .as_array()
        .unwrap();
    assert_eq!(workflow["env"]["REPRO_SHARDS"], matrix.len().to_string());
    let scene = Scene::new(60);
    let step = |job: &str| {
        let steps = workflow["jobs"][job]["steps"].as_array().unwrap();
        let mut scripts = steps.iter().filter_map(|step| step["run"].as_str());
        scripts.next().unwrap().to_owned()
    };
    for shard in 1..=SHARDS {
        let own = [("SHARD", shard.to_string()), ("REPRO_SHARDS", SHARDS.to_string())];
        let ran = shell(&scene, &step("shard"), &workflow["env"], &own);
        assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
    }
    as_one_run(&scene, "repro-shards");
    let ran = shell(&scene, &step("merge"), &workflow["env"], &[]);
    assert_eq!(ran.status.code(), Some(1), "{}", said(&ran));
    reports(&scene);
}

#[test]
fn the_pods_of_kubernetes_run() {
    let Some(python) = support::venv("python") else { return };
    let job = yaml(&python, &template("kubernetes.yaml"));
    let container = &job["spec"]["template"]["spec"]["containers"][0];
    let variables = container["env"].as_array().unwrap();
    let given = |name: &str| {
        let found = variables.iter().find(|variable| variable["name"] == name).unwrap();
        found["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(job["spec"]["completions"].to_string(), given("REPRO_SHARDS"));
    let scene = Scene::new(60);
    let command: Vec<&str> = container["command"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect();
    let pod = |index: usize| {
        Command::new(command[0])
            .args(&command[1..])
            .arg(container["args"][0].as_str().unwrap())
            .current_dir(scene.at())
            .envs(["REPRO_DO"].map(|name| (name, given(name))))
            .env("REPRO", Path::new(env!("CARGO_BIN_EXE_repro")))
            .env("REPRO_LIST", "pairs")
            .env("REPRO_SHARDS", SHARDS.to_string())
            .env("JOB_COMPLETION_INDEX", index.to_string())
            .output()
            .unwrap()
    };
    for index in 0..SHARDS {
        let ran = pod(index);
        assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
    }
    as_one_run(&scene, "out");
    // A list that is not there ends the index, and does not pass for done.
    std::fs::remove_file(scene.at().join("pairs")).unwrap();
    assert_eq!(pod(0).status.code(), Some(2));
}
