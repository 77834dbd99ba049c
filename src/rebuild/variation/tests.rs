//! Every variation changes a part of the environment that no other changes, once and for all.

use super::*;
use crate::rebuild::{Build, environment::Filesystem, locale::Locale, sandbox::Means};
use std::{collections::BTreeMap, collections::BTreeSet, fs, path::PathBuf, time::Duration};

/// As the documentation names them.
const NAMES: &str = "time timezone locale build_path umask readdir_order mtime hostname domainname user user_env passwd \
    pid random tmpdir cpu_count parallelism kernel env home exec_path terminal shell filesystem aslr cpu_model uptime";

/// A machine that can do everything.
pub(in crate::rebuild) fn machine() -> Machine {
    Machine {
        remote: false,
        means: Means {
            user_namespace: false,
            mounts: true,
            confined: true,
            pids: true,
            uts: true,
            ipc: true,
            net: true,
            time: true,
            interposition: true,
            aslr: true,
        },
        base: "/build".to_owned(),
        locale: Some(Locale {
            name: "fr_FR.UTF-8".to_owned(),
            installed: true,
            folder: None,
        }),
        zoneinfo: true,
        processors: 2,
        bash: Some(PathBuf::from("/bin/bash")),
        dash: Some(PathBuf::from("/bin/dash")),
        shell_is_dash: true,
        uid: 1000,
        gid: 1000,
        work_in_memory: false,
        memory: 1 << 33,
        release: "6.12.0".to_owned(),
        cpu_model: None,
    }
}

/// A build of nothing.
pub(in crate::rebuild) fn build(seed: u64, clock: i64) -> Build {
    Build {
        source: PathBuf::new(),
        timeout: Duration::ZERO,
        seed,
        clock,
        ..Build::trial()
    }
}

/// The leaves of an environment, by name.
fn leaves(environment: &Environment) -> BTreeMap<String, String> {
    fn walk(name: &str, value: &serde_json::Value, into: &mut BTreeMap<String, String>) {
        match value {
            serde_json::Value::Object(fields) => {
                for (field, value) in fields {
                    walk(&format!("{name}.{field}"), value, into);
                }
            }
            other => {
                into.insert(name.to_owned(), other.to_string());
            }
        }
    }
    let mut into = BTreeMap::new();
    walk("", &serde_json::to_value(environment).unwrap(), &mut into);
    into
}

fn changed(a: &Environment, b: &Environment) -> BTreeSet<String> {
    let (a, b) = (leaves(a), leaves(b));
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    names
        .into_iter()
        .filter(|name| a.get(*name) != b.get(*name))
        // `kernel` is null, or an object: its leaves have a common stem.
        .map(|name| {
            name.split('.')
                .take(if name.starts_with(".kernel") { 2 } else { 3 })
                .collect()
        })
        .collect()
}

#[test]
fn names_are_those_of_the_documentation() {
    let names: Vec<&str> = VARIATIONS.iter().map(|variation| variation.name()).collect();
    assert_eq!(names, NAMES.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn every_file_is_registered() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/rebuild/variation");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "mod.rs" && name != "tests.rs")
        .collect();
    let names: BTreeSet<String> = VARIATIONS.iter().map(|v| format!("{}.rs", v.name())).collect();
    assert_eq!(files, names);
}

#[test]
fn each_changes_its_own_part() {
    let machine = machine();
    let control = Environment::control(&build(7, 1_790_000_000), &machine);
    let mut owner: BTreeMap<String, &str> = BTreeMap::new();
    for variation in VARIATIONS {
        let name = variation.name();
        variation.backend(&machine).unwrap();
        let mut varied = control.clone();
        variation.vary(&mut varied, &machine).unwrap();
        let parts = changed(&control, &varied);
        assert!(!parts.is_empty(), "{name} changes nothing");
        for part in parts {
            if let Some(other) = owner.insert(part.clone(), name) {
                panic!("{name} and {other} both change {part}");
            }
        }
    }
}

#[test]
fn twice_is_once() {
    let machine = machine();
    for seed in [0, 1, 2, u64::MAX] {
        let control = Environment::control(&build(seed, 1_790_000_000 + i64::try_from(seed % 9).unwrap()), &machine);
        for variation in VARIATIONS {
            let mut once = control.clone();
            variation.vary(&mut once, &machine).unwrap();
            let mut twice = once.clone();
            variation.vary(&mut twice, &machine).unwrap();
            assert_eq!(once, twice, "{}", variation.name());
        }
    }
}

#[test]
fn the_order_in_which_they_are_applied_does_not_matter() {
    let machine = machine();
    let control = Environment::control(&build(7, 1_790_000_000), &machine);
    let (mut forwards, mut backwards) = (control.clone(), control);
    for variation in VARIATIONS {
        variation.vary(&mut forwards, &machine).unwrap();
    }
    for variation in VARIATIONS.iter().rev() {
        variation.vary(&mut backwards, &machine).unwrap();
    }
    assert_eq!(forwards, backwards);
}

#[test]
fn values_differ_in_length_too() {
    let machine = machine();
    let control = Environment::control(&build(7, 1_790_000_000), &machine);
    let mut varied = control.clone();
    for variation in VARIATIONS {
        variation.vary(&mut varied, &machine).unwrap();
    }
    let (a, b) = (control.variables(), varied.variables());
    for (name, value) in &a {
        assert_ne!(value.len(), b[name].len(), "{name}");
    }
    assert_ne!(control.build_path.len(), varied.build_path.len());
    assert_ne!(control.hostname.len(), varied.hostname.len());
    assert_ne!(control.domainname.len(), varied.domainname.len());
    assert_ne!(control.user.name.len(), varied.user.name.len());
    assert_ne!(control.user.gecos.len(), varied.user.gecos.len());
}

#[test]
fn a_machine_without_means_says_why() {
    let mut poor = machine();
    poor.means = Means {
        user_namespace: false,
        mounts: false,
        confined: false,
        pids: false,
        uts: false,
        ipc: false,
        net: false,
        time: false,
        interposition: false,
        aslr: false,
    };
    poor.locale = None;
    poor.base = "/tmp/work/build".to_owned();
    let control = Environment::control(&build(7, 1_790_000_000), &poor);
    assert_eq!(control.filesystem, Filesystem::Disk);
    for variation in VARIATIONS {
        match variation.backend(&poor) {
            Err(why) => assert!(why.to_string().contains(':'), "{}: {why}", variation.name()),
            Ok(backend) => {
                assert_eq!(backend, Backend::Environment, "{}", variation.name());
                variation.vary(&mut control.clone(), &poor).unwrap();
            }
        }
    }
}

#[test]
fn files_are_older_than_the_clock_and_sources_older_than_what_is_made_of_them() {
    let machine = machine();
    let control = Environment::control(&build(7, 1_790_000_000), &machine);
    let mut varied = control.clone();
    named("mtime").unwrap().vary(&mut varied, &machine).unwrap();
    assert!(varied.source_time < varied.written.seconds);
    assert!(varied.written < control.written && control.written <= control.clock);
    assert!(varied.source_time < control.source_time && control.source_time < control.clock.seconds);
    named("time").unwrap().vary(&mut varied, &machine).unwrap();
    assert!(varied.clock > control.clock);
}
