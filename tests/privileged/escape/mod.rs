//! What a hostile build tries, as root and as nobody: a table goes to standard output, and an attempt that works is a failure.

mod attempts;
mod host;

use crate::support::{copy_program, missing};
use attempts::{ATTEMPTS, Attempt, Seen};
use host::Host;
use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// `nobody`.
const PLAIN: u32 = 65534;
const HELPER: &str = include_str!("helper.py");
/// The control's PATH.
const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Runs each attempt by itself; what it prints goes to `out/`.
const ALL: &str = "mkdir out; export HELPER=$PWD/helper.py\n\
    for f in try/*.sh; do n=$(basename $f .sh); d=$(mktemp -d)\n\
    (cd $d; cat $OLDPWD/told $OLDPWD/$f > all; timeout -k 1 15 sh ./all) > out/$n 2>&1\n\
    done; true\n";
const CALLER: &str = include_str!("caller.py");

/// Who runs `repro`.
#[derive(Clone, Copy)]
struct Who {
    name: &'static str,
    /// Another user than the test's.
    user: Option<u32>,
    /// Whether he may make no user namespaces.
    contained: bool,
}

fn callers() -> Vec<Who> {
    let own = |name| Who {
        name,
        user: None,
        contained: false,
    };
    let (root, user) = (own("root"), own("user"));
    let nobody = Who {
        user: Some(PLAIN),
        ..own("nobody")
    };
    let contained = Who {
        contained: true,
        ..own("contained")
    };
    match nix::unistd::geteuid().is_root() {
        true => vec![root, nobody, contained],
        false => vec![user],
    }
}

/// Writes the source tree whose build is the attempts.
fn source(host: &Host, attempts: &[&Attempt]) {
    let at = host.path().join("source");
    fs::create_dir(at.join("try")).unwrap();
    fs::write(at.join("helper.py"), HELPER).unwrap();
    fs::write(at.join("told"), host.told()).unwrap();
    fs::write(at.join("all.sh"), ALL).unwrap();
    for attempt in attempts {
        let text = format!("MARK={}-{}\n{}\n", host.mark, attempt.name, attempt.tries);
        fs::write(at.join(format!("try/{}.sh", attempt.name)), text).unwrap();
    }
}

/// `repro build` as this user, on this host, with a descriptor, a key and a variable that the build is not told of.
fn build(host: &Host, who: Who, options: &[&str], line: &str) -> Command {
    let program = host.path().join("repro");
    if !program.exists() {
        copy_program(&program);
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = Command::new("sh");
    command
        .args(["-c", "exec 9< \"$0\" 8< \"$0/secret\" \"$@\""])
        .arg(&host.home);
    if let Some(id) = who.user {
        let ids = [format!("--reuid={id}"), format!("--regid={id}")];
        command.arg("setpriv").args(ids).args(["--clear-groups", "--"]);
    }
    let how = if who.contained { "contained" } else { "free" };
    command.args(["python3", "-c", CALLER, &host.secret, how]);
    command
        .arg(program)
        .args(["build", "--all-files", "--format", "json"])
        .args(["--artifact", "out/**", "--source"])
        .arg(host.path().join("source"))
        .arg("--work")
        .arg(host.path().join("work"))
        .arg("--keep")
        .arg(host.path().join("home/kept"))
        .args(options)
        .args(["--", line])
        .current_dir(host.path())
        .env_clear()
        .env("PATH", SEARCH_PATH)
        .env("HOME", &host.home)
        .env("UNDECLARED", &host.secret)
        .stdin(Stdio::null());
    command
}

/// What an attempt printed.
fn printed(host: &Host, attempt: &Attempt) -> String {
    let kept = walkdir::WalkDir::new(host.home.join("kept")).into_iter().flatten();
    let name = Path::new("out").join(attempt.name);
    let found = kept.into_iter().find(|entry| entry.path().ends_with(&name));
    let found = found.unwrap_or_else(|| panic!("{} was not tried", attempt.name));
    String::from_utf8_lossy(&fs::read(found.path()).unwrap()).into_owned()
}

/// Whether an attempt has worked.
fn worked(host: &mut Host, attempt: &Attempt) -> bool {
    match attempt.seen {
        Seen::Printed => {
            let text = printed(host, attempt);
            text.contains("ESCAPED") || text.contains(&host.secret)
        }
        Seen::File(folder) => {
            let at = host.place(folder, attempt.name);
            let there = at.exists();
            // What got out must not stay.
            let _ = if at.is_dir() {
                fs::remove_dir(&at)
            } else {
                fs::remove_file(&at)
            };
            there
        }
        Seen::Heard(name) => host.heard(name),
        Seen::Ended => host.victim_ended(),
        Seen::Renamed => host.renamed(),
    }
}

/// Tries all of them in one run; the names of those that worked.
fn try_all(who: Who, network: bool) -> (Vec<&'static str>, BTreeSet<&'static str>) {
    let plain = who.user.is_some() || !nix::unistd::geteuid().is_root();
    let chosen = |one: &&Attempt| one.network == network && (plain || !one.plain_only);
    let attempts: Vec<&Attempt> = ATTEMPTS.iter().filter(chosen).collect();
    let mut host = Host::new(who.user);
    source(&host, &attempts);
    let options: &[&str] = match network {
        true => &["--vary", "control", "--network"],
        false => &["--vary", "control"],
    };
    let mut command = build(&host, who, options, "sh all.sh");
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until_it_runs(&host);
    host.late();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{said}{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let worked = attempts.iter().filter(|attempt| worked(&mut host, attempt));
    (
        attempts.iter().map(|one| one.name).collect(),
        worked.map(|one| one.name).collect(),
    )
}

/// Waits until the build's own run has begun: its sockets are covered then.
fn until_it_runs(host: &Host) {
    for _ in 0..600 {
        let all = walkdir::WalkDir::new(host.path().join("work"))
            .max_depth(4)
            .into_iter()
            .flatten();
        if all
            .into_iter()
            .any(|entry| entry.file_name() == "log" && entry.depth() == 4)
        {
            thread::sleep(Duration::from_millis(700));
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn no_attempt_works() {
    if missing(&["python3", "setpriv", "nsenter", "unshare", "ipcmk"]) {
        return;
    }
    let mut wrong = Vec::new();
    let mut table = format!("{:<28}", "attempt");
    let mut columns = Vec::new();
    for who in callers() {
        let name = who.name;
        let (mut tried, mut worked) = try_all(who, false);
        let more = try_all(who, true);
        tried.extend(more.0);
        worked.extend(more.1);
        table += &format!("{name:<10}");
        wrong.extend(worked.iter().map(|attempt| format!("as {name}: {attempt}")));
        columns.push((tried, worked));
    }
    for attempt in ATTEMPTS {
        table += &format!("\n{:<28}", attempt.name);
        for (tried, worked) in &columns {
            let word = match (tried.contains(&attempt.name), worked.contains(attempt.name)) {
                (false, _) => "-",
                (_, true) => "WORKED",
                (_, false) => "refused",
            };
            table += &format!("{word:<10}");
        }
    }
    println!("{table}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What takes more than it may: name, options, line, and what the report says of it, one of several.
const GREEDY: &[(&str, &[&str], &str, &str)] = &[
    (
        "disk-in-memory",
        &["--disk-limit", "50M"],
        "python3 helper.py fill .:/tmp:/var/tmp:/dev/shm:/ 40 no",
        "No space left",
    ),
    (
        "disk-on-disk",
        &["--disk-limit", "50M", "--vary", "filesystem"],
        "python3 helper.py fill . 160 no",
        "more than 52428800 bytes written",
    ),
    (
        "disk-everywhere",
        &["--disk-limit", "50M", "--vary", "filesystem"],
        "python3 helper.py fill .:/tmp:/dev/shm 40 no",
        "more than 52428800 bytes written|No space left",
    ),
    (
        "disk-held-open",
        &["--disk-limit", "50M", "--vary", "filesystem"],
        "python3 helper.py fill . 160 yes",
        "more than 52428800 bytes written",
    ),
    (
        "memory",
        &["--memory-limit", "100M", "--vary", "control"],
        "python3 helper.py hog 400",
        "more than 104857600 bytes of memory",
    ),
    (
        "memory-as-files",
        &["--memory-limit", "100M", "--vary", "control"],
        "python3 helper.py fill .:/dev/shm 200 no",
        "more than 104857600 bytes of memory",
    ),
    (
        "processes",
        &["--process-limit", "100", "--vary", "control"],
        "python3 helper.py processes 200",
        "more than 100 processes at once",
    ),
    (
        "fork-bomb",
        &["--process-limit", "100", "--vary", "control"],
        "f() { f | f & }; f; sleep 5",
        "more than 100 processes at once",
    ),
];

#[test]
fn no_limit_is_passed() {
    if missing(&["python3", "setpriv"]) {
        return;
    }
    let mut wrong = Vec::new();
    for who in callers() {
        let name = who.name;
        for (what, options, line, says) in GREEDY {
            let host = Host::new(who.user);
            source(&host, &[]);
            let output = build(&host, who, options, &format!("mkdir out; {line} > out/all"))
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            println!("{name:<8}{what:<20}{:?}", output.status.code());
            let refused = output.status.code() == Some(2) && says.split('|').any(|words| said.contains(words));
            if !refused {
                wrong.push(format!(
                    "as {name}: {what}: {said}{}",
                    String::from_utf8_lossy(&output.stderr)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
