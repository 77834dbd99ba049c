//! The steps of a build as a script of the shell: a worker is given one command.

use crate::rebuild::{Step, environment::Environment};
use std::{collections::BTreeMap, fmt::Write as _};

/// Stands for the folder that a worker puts the files of an action into. Where that lies, it does not say before.
pub(super) const ROOT: &str = "/input-root";
/// Before what the script says of a step that failed.
const SAID: &str = "repro: step ";

/// Paths that are the same for all runs are only there where a worker makes the input root its own root.
const FIXED: &str = r#"if [ -n "$root" ]; then
  echo "repro: step start: the worker runs actions in $root, and this needs one that runs them at constant paths, with / as the input root"
  exit 125
fi
"#;

/// Tries a step as often as it may be tried, and says how it ended.
const TRY: &str = r#"
repro_try() {
  repro_name=$1 repro_left=$2 repro_halt=$3
  shift 3
  while :; do
    "$@" </dev/null && return 0
    repro_status=$?
    [ "$repro_left" -gt 0 ] || break
    repro_left=$((repro_left - 1))
  done
  echo "repro: step $repro_name: exit status $repro_status"
  : "${repro_failed:=$repro_status}"
  if [ "$repro_halt" = yes ]; then exit "$repro_failed"; fi
}
"#;

/// A script, and the variables that can be said before it is known where it runs.
pub(super) struct Script {
    pub(super) text: String,
    pub(super) variables: BTreeMap<String, String>,
}

/// What a worker runs to make these steps in this environment; all that is printed goes to standard output.
pub(super) fn of(steps: &[Step], environment: &Environment) -> Script {
    let mut text = String::from("exec 2>&1\nroot=${PWD%/}\n");
    let folders = [&environment.build_path, &environment.home, &environment.temporary];
    if !environment.build_path.starts_with(ROOT) {
        text.push_str(FIXED);
    }
    let mut line = |words: std::fmt::Arguments<'_>| {
        let _ = writeln!(text, "{words}");
    };
    line(format_args!("umask {:04o}", environment.umask));
    for folder in folders {
        line(format_args!("mkdir -p {}", quoted(folder)));
    }
    let (placed, variables): (BTreeMap<_, _>, BTreeMap<_, _>) = environment
        .variables()
        .into_iter()
        .filter(|(name, _)| name != "PWD")
        .partition(|(_, value)| value.contains(ROOT));
    for (name, value) in &placed {
        line(format_args!("{name}={}; export {name}", quoted(value)));
    }
    line(format_args!("cd {} || exit 125", quoted(&environment.build_path)));
    line(format_args!("unset OLDPWD; export PWD"));
    text.push_str(TRY);
    for step in steps {
        let words: Vec<String> = step.command.iter().map(|word| quoted(word)).collect();
        let halt = if step.halt_on_failure { "yes" } else { "no" };
        let name = quoted(&step.name.replace('\n', " "));
        let _ = writeln!(text, "repro_try {name} {} {halt} {}", step.retry, words.join(" "));
    }
    text.push_str("exit \"${repro_failed:-0}\"\n");
    Script { text, variables }
}

/// What a script has said of the first step that failed.
pub(super) fn said(printed: &str) -> Option<&str> {
    printed.lines().find_map(|line| line.strip_prefix(SAID))
}

/// A word for the shell, in which the root is what it is there.
fn quoted(word: &str) -> String {
    let parts = word
        .split(ROOT)
        .map(|part| format!("'{}'", part.replace('\'', r"'\''")));
    parts.collect::<Vec<_>>().join("\"$root\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rebuild::{Build, machine::Machine};
    use std::{path::Path, process::Command};

    fn step(name: &str, words: &[&str]) -> Step {
        Step {
            name: name.to_owned(),
            command: words.iter().map(|word| (*word).to_owned()).collect(),
            retry: 0,
            halt_on_failure: true,
        }
    }

    fn run(steps: &[Step], at: &Path) -> (i32, String) {
        let environment = Environment::control(&Build::trial(), &Machine::elsewhere(ROOT));
        let script = of(steps, &environment);
        let ran = Command::new("/bin/sh")
            .args(["-c", &script.text])
            .env_clear()
            .envs(script.variables)
            .current_dir(at)
            .output()
            .unwrap();
        assert!(ran.stderr.is_empty());
        (ran.status.code().unwrap(), String::from_utf8(ran.stdout).unwrap())
    }

    #[test]
    fn words_come_as_they_are_and_the_root_as_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().canonicalize().unwrap();
        let words = ["/bin/echo", "it's", "$HOME", "-I/input-root/x", "a\nb", ""];
        let (status, said) = run(
            &[
                step("one", &words),
                step("two", &["/bin/sh", "-c", "echo $HOME $PWD; umask"]),
            ],
            &at,
        );
        let at = at.display();
        assert_eq!(
            said,
            format!("it's $HOME -I{at}/x a\nb \n{at}/home {at}/source\n0022\n")
        );
        assert_eq!(status, 0);
    }

    #[test]
    fn a_step_that_fails_is_named_and_ends_what_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let mut soft = step("soft", &["/bin/sh", "-c", "exit 3"]);
        soft.halt_on_failure = false;
        let steps = [
            soft,
            step("hard", &["/bin/false"]),
            step("never", &["/bin/echo", "never"]),
        ];
        let (status, printed) = run(&steps, folder.path());
        assert_eq!((status, said(&printed)), (3, Some("soft: exit status 3")));
        assert!(printed.contains("step hard: exit status 1") && !printed.contains("never"));
    }

    #[test]
    fn a_step_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut again = step("again", &["/bin/sh", "-c", "[ -e made ] || { : >made; exit 1; }"]);
        assert_eq!(run(std::slice::from_ref(&again), folder.path()).0, 1);
        std::fs::remove_file(folder.path().join("source/made")).unwrap();
        again.retry = 1;
        assert_eq!(run(&[again], folder.path()).0, 0);
    }
}
