//! Every variation, alone, in a real run: the probe must see what belongs to it change, and nothing else.

use repro::{
    model::RunOutcome,
    rebuild::{
        Build, Step,
        environment::Environment,
        machine::Machine,
        probe::{self, Observations},
        sandbox::{Limits, Means, RunSpec, run},
        variation::VARIATIONS,
    },
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_repro");

/// What a variation changes beside what it must, where the machine allows everything.
const WITH_ALL_MEANS: &[(&str, &[&str])] = &[
    ("time", &["coarse_clock", "date"]),
    ("timezone", &["date", "localtime"]),
    ("build_path", &["PWD"]),
    ("mtime", &["written_time", "changed_time"]),
    ("user", &["effective_ids", "user_name", "group_name", "file_owner"]),
    ("random", &["dev_random", "at_random", "proc_uuid"]),
    ("hostname", &["proc_hostname"]),
    ("domainname", &["proc_domainname"]),
    (
        "cpu_count",
        &["cpus_online", "sys_cpus_online", "proc_cpuinfo_cpus", "proc_stat_cpus"],
    ),
    (
        "kernel",
        &["proc_version", "proc_kernel_release", "proc_kernel_version"],
    ),
    ("home", &["passwd_home"]),
    ("uptime", &["proc_uptime"]),
];

fn build() -> Build {
    let mut build = Build::trial();
    build.source = PathBuf::new();
    build.all_files = true;
    build.timeout = Duration::from_secs(60);
    build.output_limit = 1 << 20;
    build.disk_limit = 1 << 26;
    build.seed = 1;
    build.clock = 1_790_000_000;
    build
}

/// What the probe sees in an environment.
fn probed(work: &Path, name: &str, means: Means, environment: Environment) -> Result<Observations, String> {
    let source = work.join("source");
    let folder = work.join(name);
    fs::create_dir_all(&folder).unwrap();
    let command = ["/build/.repro", "_probe"];
    let spec = RunSpec {
        environment,
        means,
        steps: vec![Step {
            name: "probe".to_owned(),
            command: command.map(str::to_owned).to_vec(),
            retry: 0,
            halt_on_failure: true,
        }],
        source,
        inputs: Vec::new(),
        artifacts: Vec::new(),
        folder: folder.clone(),
        network: false,
        timeout_ms: 60_000,
        output_limit: 1 << 20,
        disk_limit: 1 << 26,
        limits: Limits::default(),
        trace: false,
        trace_reads: false,
        whole: true,
        keep_texts: false,
        show_self: true,
        slot: 0,
    };
    let result = run(Path::new(PROGRAM), &spec).map_err(|e| e.to_string())?;
    if result.outcome != RunOutcome::Built {
        return Err(result.why.unwrap_or_else(|| "no reason given".to_owned()));
    }
    let text = fs::read(folder.join("log")).map_err(|e| format!("log: {e}"))?;
    serde_json::from_slice(&text).map_err(|e| e.to_string())
}

#[test]
fn each_variation_changes_what_belongs_to_it_and_nothing_else() {
    let work = tempfile::tempdir().unwrap();
    let work = work.path();
    let source = work.join("source");
    fs::create_dir(&source).unwrap();
    for name in ["a.c", "b.c", "c.h"] {
        fs::write(source.join(name), name).unwrap();
    }
    let trials = work.join("trials");
    fs::create_dir(&trials).unwrap();
    let (means, _) = Means::detect(Path::new(PROGRAM), &trials).unwrap();
    if !means.mounts {
        eprintln!("not tested: the probe is shown to a build by a mount, which this machine does not allow");
        return;
    }
    let mut machine = Machine::detect(means, work);
    machine.prepare(work).unwrap();
    let control = Environment::control(&build(), &machine);
    let first = probed(work, "control-1", means, control.clone()).unwrap();
    let second = probed(work, "control-2", means, control.clone()).unwrap();
    let steady = probe::stable(&first, &second);

    let mut wrong = Vec::new();
    for key in probe::compare(&first, &second) {
        wrong.push(format!("control: {key} is {} and then {}", first[&key], second[&key]));
    }
    let mut tested = 0;
    for variation in VARIATIONS {
        let name = variation.name();
        let mut varied = control.clone();
        let possible = variation
            .backend(&machine)
            .and_then(|_| variation.vary(&mut varied, &machine));
        if let Err(why) = possible {
            eprintln!("{name} not tested: {why}");
            continue;
        }
        let seen = match probed(work, name, means, varied) {
            Ok(seen) => seen,
            Err(why) => {
                wrong.push(format!("{name}: the probe failed: {why}"));
                continue;
            }
        };
        tested += 1;
        let changed = probe::compare(&steady, &seen);
        let own: BTreeSet<&str> = variation
            .observes()
            .iter()
            .chain(variation.touches())
            .copied()
            .collect();
        for key in &changed {
            if !own.contains(key.as_str()) {
                wrong.push(format!("{name} changed {key}: {} became {}", steady[key], seen[key]));
            }
        }
        let more = WITH_ALL_MEANS
            .iter()
            .filter(|(of, _)| *of == name && means.interposition);
        for key in variation.observes().iter().chain(more.flat_map(|(_, keys)| *keys)) {
            if !changed.contains(*key) {
                wrong.push(format!("{name} did not change {key}: {}", seen[*key]));
            }
        }
        assert_eq!(
            probe::effective(*variation, &steady, &seen),
            variation.observes().iter().all(|key| changed.contains(*key))
        );
    }
    assert!(tested > 0, "no variation could be tested");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
