//! action.yml, the GitLab template and the examples of docs/ci.md: judged by the tools that know their formats, and run by a plain shell.

use crate::support::{self, root};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const REPRO: &str = env!("CARGO_BIN_EXE_repro");

#[track_caller]
pub fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{command:?}\n{text}");
    text
}

/// Blocks of YAML in docs/ci.md, by the file that their first line names.
fn examples() -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let blocks = text.split("```yaml\n# ").skip(1).map(|block| {
        let (name, rest) = block.split_once('\n').unwrap();
        (name.to_owned(), rest.split("```").next().unwrap().to_owned())
    });
    blocks.collect()
}

#[test]
fn what_ci_systems_read_follows_their_schemas() {
    let Some(check) = support::venv("check-jsonschema") else {
        return;
    };
    let Some(zizmor) = support::venv("zizmor") else { return };
    let folder = tempfile::tempdir().unwrap();
    let examples = examples();
    let example = |name: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &examples[name]).unwrap();
        path
    };
    let workflow = example(".github/workflows/repro.yml");
    let schemas = [
        ("vendor.github-actions", root().join("action.yml")),
        ("vendor.github-workflows", workflow.clone()),
        ("vendor.gitlab-ci", root().join("templates/gitlab-ci.yml")),
        ("vendor.gitlab-ci", example(".gitlab-ci.yml")),
    ];
    for (schema, path) in schemas {
        succeeds(Command::new(&check).args(["--builtin-schema", schema]).arg(path));
    }
    for path in [root().join("action.yml"), workflow] {
        let said = succeeds(
            Command::new(&zizmor)
                .args(["--offline", "--persona", "pedantic"])
                .arg(path),
        );
        assert!(said.contains("No findings to report"), "{said}");
    }
}

pub fn yaml(python: &Path, path: &Path) -> Value {
    let script = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";
    let output = Command::new(python).args(["-c", script]).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// GitHub's runner, as far as this action needs it: expressions that name an input or a step's output, steps of bash, files for outputs.
struct Runner {
    action: Value,
    workspace: PathBuf,
    temp: tempfile::TempDir,
}

struct Ran {
    output: Output,
    outputs: BTreeMap<String, String>,
    summary: String,
}

impl Runner {
    fn run(&self, with: &[(&str, &str)], env: &[(&str, &str)]) -> Ran {
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        for (name, input) in self.action["inputs"].as_object().unwrap() {
            values.insert(format!("inputs.{name}"), input["default"].as_str().unwrap().to_owned());
        }
        for (name, value) in with {
            let known = values.insert(format!("inputs.{name}"), (*value).to_owned());
            assert!(known.is_some(), "{name} is no input");
        }
        let summary = self.temp.path().join("summary");
        fs::write(&summary, "").unwrap();
        let mut last = None;
        for step in self.action["runs"]["steps"].as_array().unwrap() {
            let id = step["id"].as_str().unwrap();
            assert_eq!(step["shell"], "bash");
            let (script, output) = (self.temp.path().join("script"), self.temp.path().join("output"));
            fs::write(&script, step["run"].as_str().unwrap()).unwrap();
            fs::write(&output, "").unwrap();
            let folder = step
                .get("working-directory")
                .map_or(String::new(), |v| expand(v, &values));
            let mut command = Command::new("bash");
            command
                .args(["--noprofile", "--norc", "-eo", "pipefail"])
                .arg(&script)
                .current_dir(self.workspace.join(folder))
                .env("GITHUB_ACTIONS", "true")
                .env("GITHUB_ACTION_PATH", self.temp.path())
                .env("RUNNER_TEMP", self.temp.path())
                .env("GITHUB_STEP_SUMMARY", &summary)
                .env("GITHUB_OUTPUT", &output)
                .env_remove("REPRO_CI")
                .envs(env.iter().copied());
            for (name, value) in step["env"].as_object().unwrap() {
                command.env(name, expand(value, &values));
            }
            let ran = command.output().unwrap();
            // The last line of a name counts.
            for line in fs::read_to_string(&output).unwrap().lines() {
                let (name, value) = line.split_once('=').unwrap();
                values.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
            let failed = !ran.status.success();
            last = Some(ran);
            if failed {
                break;
            }
        }
        let outputs = self.action["outputs"].as_object().unwrap();
        Ran {
            output: last.unwrap(),
            outputs: outputs
                .iter()
                .map(|(name, output)| (name.clone(), expand(&output["value"], &values)))
                .collect(),
            summary: fs::read_to_string(&summary).unwrap(),
        }
    }
}

/// A value of YAML, with its only expression put in its place; what is not set is empty.
fn expand(value: &Value, values: &BTreeMap<String, String>) -> String {
    let text = value.as_str().unwrap();
    let Some(inner) = text.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}")) else {
        assert!(!text.contains("${{"), "{text}");
        return text.to_owned();
    };
    assert!(inner.starts_with("inputs.") || inner.starts_with("steps."), "{inner}");
    values.get(inner).cloned().unwrap_or_default()
}

fn runner(python: &Path) -> Runner {
    let temp = tempfile::tempdir().unwrap();
    let workspace = temp.path().join("work space");
    fs::create_dir_all(workspace.join("sub/dist")).unwrap();
    Runner {
        action: yaml(python, &root().join("action.yml")),
        workspace,
        temp,
    }
}

/// A locked artifact in `sub/`, built anew with another time in it.
fn repository(sub: &Path) {
    let (a, b) = support::pair(&support::corpus().join("cause/archive-mtime/tar")).unwrap();
    fs::write(sub.join("repro.toml"), "[gate]\nartifacts = [\"dist/*\"]\n").unwrap();
    fs::copy(&a, sub.join("dist/x.tar")).unwrap();
    fs::copy(&a, sub.join("reference.tar")).unwrap();
    succeeds(Command::new(REPRO).arg("lock").current_dir(sub));
    fs::copy(&b, sub.join("dist/x.tar")).unwrap();
}

#[test]
fn the_action_gates() {
    let Some(python) = support::venv("python") else { return };
    let runner = runner(&python);
    let sub = runner.workspace.join("sub");
    repository(&sub);
    let own = [("install", "path"), ("binary", REPRO), ("working-directory", "./sub")];
    let with = |more: &[(&'static str, &'static str)]| {
        let all: Vec<(&str, &str)> = own.iter().chain(more).copied().collect();
        runner.run(&all, &[])
    };

    let ran = with(&[
        ("args", "--reference\nreference.tar\n"),
        ("sarif", "repro.sarif"),
        ("junit", "j unit.xml"),
        ("markdown", "repro.md"),
    ]);
    assert_eq!(ran.output.status.code(), Some(1));
    let outputs: Vec<(&str, &str)> = ran
        .outputs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        outputs,
        [
            ("html", ""),
            ("junit", "sub/j unit.xml"),
            ("markdown", "sub/repro.md"),
            ("sarif", "sub/repro.sarif"),
            ("status", "1"),
            ("verdict", "reject")
        ]
    );
    assert!(
        ran.summary.contains("| `dist/x.tar` | differs | `archive-mtime` | "),
        "{}",
        ran.summary
    );
    let stderr = String::from_utf8(ran.output.stderr).unwrap();
    assert!(
        stderr.contains("::error file=dist/x.tar,title=repro gate%3A archive-mtime::"),
        "{stderr}"
    );
    let sarif: Value = serde_json::from_slice(&fs::read(sub.join("repro.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "archive-mtime");

    let ran = with(&[("fail", "false"), ("summary", "false")]);
    assert_eq!(ran.output.status.code(), Some(0));
    assert_eq!(
        (ran.outputs["verdict"].as_str(), ran.outputs["status"].as_str()),
        ("reject", "1")
    );
    assert_eq!(ran.summary, "");

    fs::copy(sub.join("reference.tar"), sub.join("dist/x.tar")).unwrap();
    let ran = with(&[]);
    assert_eq!(ran.output.status.code(), Some(0));
    assert_eq!(ran.outputs["verdict"], "pass");

    let ran = with(&[("command", "check"), ("args", "repro.lock"), ("junit", "check.xml")]);
    assert!(ran.summary.starts_with("### `repro check`: pass"), "{}", ran.summary);
    assert_eq!(
        (ran.output.status.code(), ran.outputs["verdict"].as_str()),
        (Some(0), "same")
    );
    fs::write(sub.join("dist/x.tar"), "other").unwrap();
    let ran = with(&[("command", "check"), ("args", "repro.lock")]);
    assert_eq!(
        (ran.output.status.code(), ran.outputs["verdict"].as_str()),
        (Some(1), "differs")
    );
    let ran = with(&[("command", "diff"), ("args", "reference.tar\ndist/x.tar")]);
    assert_eq!(
        (ran.output.status.code(), ran.outputs["verdict"].as_str()),
        (Some(1), "different")
    );
    let ran = with(&[("command", "diff"), ("args", "reference.tar\nnowhere")]);
    assert_eq!(
        (ran.output.status.code(), ran.outputs["verdict"].as_str()),
        (Some(2), "trouble")
    );
}

#[test]
fn no_shell_reads_what_the_action_is_given() {
    let Some(python) = support::venv("python") else { return };
    let runner = runner(&python);
    repository(&runner.workspace.join("sub"));
    for (name, value) in [
        (
            "args",
            "$(touch pwned)\n`touch pwned`\n\"; touch pwned; \"\n* && touch pwned",
        ),
        ("command", "gate; touch pwned"),
        ("command", "$(touch pwned)"),
        ("sarif", "$(touch pwned); touch pwned"),
        ("install", "path; touch pwned"),
        ("binary", "repro; touch pwned"),
        ("fail", "$(touch pwned)"),
    ] {
        let mut with = vec![("install", "path"), ("binary", REPRO), ("working-directory", "sub")];
        with.retain(|(known, _)| *known != name);
        with.push((name, value));
        runner.run(&with, &[]);
        let pwned = walkdir::WalkDir::new(runner.temp.path())
            .into_iter()
            .find(|entry| entry.as_ref().unwrap().file_name() == "pwned");
        assert!(pwned.is_none(), "{name}: {value}");
    }
}

/// The install step is asked for the sources of the action itself, pinned by their lock file; `cargo` is played by a script, since a
/// release build takes minutes.
#[test]
fn the_action_builds_its_own_sources() {
    let Some(python) = support::venv("python") else { return };
    let runner = runner(&python);
    let sub = runner.workspace.join("sub");
    repository(&sub);
    let tools = runner.temp.path().join("tools");
    fs::create_dir(&tools).unwrap();
    let said = runner.temp.path().join("said");
    let script = format!(
        "#!/bin/sh\necho \"$PWD $*\" >'{}'\nmkdir -p \"$7/bin\"\nln -sf '{REPRO}' \"$7/bin/repro\"\n",
        said.display()
    );
    let cargo = tools.join("cargo");
    fs::write(&cargo, script).unwrap();
    succeeds(Command::new("chmod").arg("+x").arg(&cargo));
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let ran = runner.run(&[("working-directory", "sub")], &[("PATH", &path)]);
    assert_eq!(ran.outputs["verdict"], "reject", "{ran:?}", ran = ran.output);
    let temp = runner.temp.path().display();
    assert_eq!(
        fs::read_to_string(said).unwrap(),
        format!("{temp} install --quiet --locked --path . --root {temp}/repro\n")
    );
}

#[test]
fn the_template_of_gitlab_runs() {
    let Some(python) = support::venv("python") else { return };
    let template = yaml(&python, &root().join("templates/gitlab-ci.yml"));
    let job = &template[".repro-gate"];
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("dist")).unwrap();
    repository(folder.path());
    let lines: Vec<&str> = job["script"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    let variables = job["variables"].as_object().unwrap();
    let output = Command::new("bash")
        .args(["-eo", "pipefail", "-c", &lines.join("\n")])
        .current_dir(folder.path())
        .env_remove("GITHUB_ACTIONS")
        .envs(variables.iter().map(|(name, value)| (name, value.as_str().unwrap())))
        .env("REPRO", REPRO)
        .env("REPRO_ARGS", "--reference reference.tar")
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let read = |name: &Value| fs::read_to_string(folder.path().join(name.as_str().unwrap())).unwrap();
    let reports = &job["artifacts"]["reports"];
    let issues: Value = serde_json::from_str(&read(&reports["codequality"])).unwrap();
    assert_eq!(issues[0]["check_name"], "archive-mtime");
    assert_eq!(issues[0]["location"]["path"], "dist/x.tar");
    assert!(read(&reports["junit"]).contains("<testcase name=\"dist/x.tar\""));
    assert!(read(&job["artifacts"]["paths"][0]).starts_with("### `repro gate`: reject\n"));
}
