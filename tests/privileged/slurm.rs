//! `templates/slurm.sh` by a real Slurm: controller and node of this test's own, on this machine, which end with it.

use crate::support::{self, copy_program, corpus, missing, root, said};
use serde_json::Value;
use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

/// Tasks of the array.
const TASKS: usize = 20;
/// Real pairs, each by a name of its own.
const PAIRS: usize = 2000;
/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(600);

/// A controller, a node and what they believe each other by, in one folder.
struct Cluster {
    folder: tempfile::TempDir,
    /// In the order in which they are ended.
    daemons: Vec<Child>,
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut cluster = Self {
            folder,
            daemons: Vec::new(),
        };
        for name in ["munge", "state", "spool"] {
            fs::create_dir(cluster.at(name)).unwrap();
            fs::set_permissions(cluster.at(name), PermissionsExt::from_mode(0o700)).unwrap();
        }
        fs::write(cluster.at("munge/key"), [7; 64]).unwrap();
        fs::set_permissions(cluster.at("munge/key"), PermissionsExt::from_mode(0o400)).unwrap();
        fs::write(cluster.at("slurm.conf"), cluster.settings()).unwrap();
        let munge = |option: &str, name: &str| format!("--{option}={}", cluster.at("munge").join(name).display());
        let names = [
            ("key-file", "key"),
            ("socket", "socket"),
            ("pid-file", "pid"),
            ("log-file", "log"),
            ("seed-file", "seed"),
        ];
        let mut words: Vec<String> = names.iter().map(|(option, name)| munge(option, name)).collect();
        words.extend(["--foreground", "--force"].map(str::to_owned));
        cluster.daemon("munged", &words);
        cluster.until("munged", || cluster.at("munge/socket").exists());
        cluster.daemon("slurmctld", &["-D".to_owned()]);
        cluster.daemon("slurmd", &["-D".to_owned()]);
        cluster.until("the node", || {
            let nodes = cluster
                .command("sinfo", &["--noheader", "--format=%t"])
                .output()
                .unwrap();
            nodes.stdout.starts_with(b"idle")
        });
        cluster
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn settings(&self) -> String {
        let at = self.folder.path().display();
        let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        let name = name.trim().split('.').next().unwrap().to_owned();
        // Both are free a moment later, too.
        let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [controller, node] = listeners.map(|listener| listener.local_addr().unwrap().port());
        let user = Command::new("id").arg("-un").output().unwrap();
        let user = String::from_utf8(user.stdout).unwrap();
        let user = user.trim();
        format!(
            "ClusterName=test\nSlurmctldHost={name}(127.0.0.1)\nSlurmctldPort={controller}\nSlurmdPort={node}\n\
             SlurmUser={user}\nSlurmdUser={user}\nAuthType=auth/munge\nAuthInfo=socket={at}/munge/socket\nCredType=cred/munge\n\
             StateSaveLocation={at}/state\nSlurmdSpoolDir={at}/spool\nSlurmctldPidFile={at}/slurmctld.pid\nSlurmdPidFile={at}/slurmd.pid\n\
             SlurmctldLogFile={at}/slurmctld.log\nSlurmdLogFile={at}/slurmd.log\nProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\n\
             MpiDefault=none\nSelectType=select/cons_tres\nSelectTypeParameters=CR_CPU\nJobAcctGatherType=jobacct_gather/none\n\
             AccountingStorageType=accounting_storage/none\nJobCompType=jobcomp/none\nSlurmdParameters=config_overrides\n\
             SchedulerParameters=sched_interval=1,batch_sched_delay=0\nReturnToService=2\n\
             NodeName={name} NodeAddr=127.0.0.1 CPUs=4 RealMemory=100000 State=UNKNOWN\n\
             PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n"
        )
    }

    fn daemon(&mut self, name: &str, words: &[String]) {
        let log = fs::File::create(self.at(&format!("{name}.out"))).unwrap();
        let child = Command::new(Path::new("/usr/sbin").join(name))
            .args(words)
            .env("SLURM_CONF", self.at("slurm.conf"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        // The last that was started ends first.
        self.daemons.insert(0, child.unwrap());
    }

    fn command(&self, name: &str, words: &[&str]) -> Command {
        let mut command = Command::new(name);
        command
            .args(words)
            .env("SLURM_CONF", self.at("slurm.conf"))
            .current_dir(self.folder.path());
        command
    }

    /// What a command of Slurm's prints; it must succeed.
    #[track_caller]
    fn says(&self, name: &str, words: &[&str]) -> String {
        let output = self.command(name, words).output().unwrap();
        assert!(
            output.status.success(),
            "{name} {words:?}: {}{}",
            said(&output),
            self.logs()
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    #[track_caller]
    #[allow(clippy::disallowed_methods, reason = "a test has patience, and shows no time")]
    fn until(&self, what: &str, there: impl Fn() -> bool) {
        let begun = Instant::now();
        while !there() {
            assert!(begun.elapsed() < PATIENCE, "{what} did not come: {}", self.logs());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the daemons have told last.
    fn logs(&self) -> String {
        let log = |name: &str| {
            let text = fs::read_to_string(self.at(name)).unwrap_or_default();
            let lines: Vec<&str> = text.lines().rev().take(15).collect();
            format!("\n{name}:\n{}", lines.into_iter().rev().collect::<Vec<_>>().join("\n"))
        };
        ["munged.out", "slurmctld.log", "slurmd.log"].map(log).concat()
    }
}

impl Drop for Cluster {
    #[allow(clippy::disallowed_methods, reason = "a test has patience, and shows no time")]
    fn drop(&mut self) {
        // Tasks that still run end with their node's daemons.
        let _ = self
            .command("scancel", &["--quiet", "--full", "--signal=KILL", "--state=RUNNING"])
            .output();
        let _ = self.command("scontrol", &["shutdown"]).output();
        for daemon in &mut self.daemons {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(5)
                && matches!(daemon.try_wait(), Ok(None))
                && !is_munged(daemon)
            {
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

/// Nobody tells it to end.
fn is_munged(daemon: &Child) -> bool {
    let name = fs::read_to_string(format!("/proc/{}/comm", daemon.id()));
    name.is_ok_and(|name| name.trim() == "munged")
}

/// A list of real pairs.
fn pairs(folder: &Path) -> String {
    symlink(corpus(), folder.join("corpus")).unwrap();
    let cases = support::cases();
    let cases = cases.iter().filter(|case| !case.name.starts_with("hostile/"));
    let below = |path: PathBuf| format!("corpus/{}", path.strip_prefix(corpus()).unwrap().display());
    let pairs: Vec<String> = cases
        .filter_map(|case| support::pair(&case.folder))
        .map(|(a, b)| format!("{}\t{}", below(a), below(b)))
        .collect();
    let lines = pairs.iter().cycle().take(PAIRS).enumerate();
    lines.map(|(number, pair)| format!("{number}\t{pair}\n")).collect()
}

/// The process that does a shard.
fn process_of(file: &str) -> Option<u32> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let mut ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.find(|id| {
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
        words.contains(&b"--pairs".as_slice()) && words.contains(&file.as_bytes())
    })
}

/// How many items a shard has, and how many of them are done.
fn progress(path: &Path) -> Option<(u64, usize)> {
    let text = fs::read_to_string(path).ok()?;
    let head: Value = serde_json::from_str(text.lines().next()?).ok()?;
    let done = text.matches('\n').count() - 1;
    Some((head["shard"]["items"].as_u64()?, done))
}

#[test]
fn an_array_of_tasks_one_of_which_is_killed_gives_what_one_run_gives() {
    if missing(&["sbatch", "scontrol", "squeue"]) {
        return;
    }
    for daemon in ["slurmctld", "slurmd", "munged"] {
        assert!(
            Path::new("/usr/sbin").join(daemon).is_file(),
            "no {daemon} beside sbatch"
        );
    }
    let cluster = Cluster::start();
    let program = cluster.at("repro");
    copy_program(&program);
    fs::write(cluster.at("pairs.tsv"), pairs(cluster.folder.path())).unwrap();
    let run = |words: &[&str]| -> Output {
        Command::new(&program)
            .args(words)
            .current_dir(cluster.folder.path())
            .output()
            .unwrap()
    };

    let given = format!(
        "--export=ALL,REPRO={},REPRO_SHARDS={TASKS},REPRO_LIST=pairs.tsv,REPRO_OUT=out",
        program.display()
    );
    let (array, log) = (
        format!("--array=1-{TASKS}"),
        format!("--output={}/task-%a.log", cluster.folder.path().display()),
    );
    let script = root().join("templates/slurm.sh");
    let job = cluster.says(
        "sbatch",
        &["--parsable", &array, &log, &given, script.to_str().unwrap()],
    );

    // One is killed in the middle.
    let mut killed = 0;
    cluster.until("a task in its middle", || {
        (1..=TASKS).any(|task| {
            progress(&cluster.at(&format!("out/{task}-of-{TASKS}.jsonl")))
                .is_some_and(|(items, done)| done > 2 && (done as u64) < items / 2)
        })
    });
    for task in 1..=TASKS {
        let file = format!("out/{task}-of-{TASKS}.jsonl");
        let Some((items, done)) = progress(&cluster.at(&file)).filter(|(items, done)| (*done as u64) < *items) else {
            continue;
        };
        let Some(process) = process_of(&file).filter(|_| done > 0) else {
            continue;
        };
        let kill = Command::new("kill").args(["-9", &process.to_string()]).status();
        let left = progress(&cluster.at(&file)).unwrap().1;
        if kill.unwrap().success() && (left as u64) < items {
            killed = task;
            break;
        }
    }
    assert!(killed > 0, "no task was killed in its middle");
    let task = format!("{job}_{killed}");
    cluster.until("its failure", || {
        cluster
            .says("scontrol", &["show", "job", &task])
            .contains("JobState=FAILED")
    });
    cluster.says("scontrol", &["requeue", &task]);
    // Slurm would wait for two minutes.
    cluster.says("scontrol", &["update", &format!("JobId={task}"), "StartTime=now"]);
    cluster.until("the end", || {
        cluster.says("squeue", &["--noheader", "--job", &job]).is_empty()
    });
    let log = fs::read_to_string(cluster.at(&format!("task-{killed}.log"))).unwrap();
    assert!(log.contains("items are done already"), "{log}");

    let one = run(&["diff", "--pairs", "pairs.tsv", "-o", "one.jsonl"]);
    assert_eq!(one.status.code(), Some(1), "{}", said(&one));
    let shards: Vec<String> = (1..=TASKS).map(|task| format!("out/{task}-of-{TASKS}.jsonl")).collect();
    let shards: Vec<&str> = shards.iter().map(String::as_str).collect();
    for format in ["json", "html"] {
        let merged = [&["one.jsonl"][..], &shards].map(|files| {
            let output = run(&[&["merge", "--format", format], files].concat());
            assert_eq!(output.status.code(), Some(1), "{}", said(&output));
            output.stdout
        });
        assert!(merged[0] == merged[1], "{format}");
        assert!(merged[0].len() > 1000);
    }
}
