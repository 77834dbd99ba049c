//! Experiments with a runner that writes what a simulated build would.

mod fixes;
mod other;
mod pins;

use super::*;
use crate::{
    model::{BuildPins, Guilty, SecretPlace},
    rebuild::{
        Replay,
        runner::{ChangedVariable, Run, RunRequest},
        sandbox::{Process, RunResult, Trace, Write},
    },
};
use sha2::{Digest, Sha256};
use std::{cell::RefCell, fs, time::Duration};

const ALL: [&str; 8] = [
    "time",
    "timezone",
    "locale",
    "build_path",
    "umask",
    "env",
    "home",
    "parallelism",
];

/// Names of what is varied or freed, remedies, number of the run.
type Make = dyn Fn(&dyn Fn(&str) -> bool, &BTreeMap<String, String>, usize) -> RunResult;

struct Fake {
    work: tempfile::TempDir,
    make: Box<Make>,
    requests: Vec<RunRequest>,
    /// What each run's artifacts hold.
    contents: Vec<BTreeMap<String, String>>,
    chancy: &'static str,
    leak: bool,
    /// Whether `home` has another value.
    other: bool,
}

fn result(outcome: RunOutcome) -> RunResult {
    RunResult {
        outcome,
        why: None,
        artifacts: BTreeMap::new(),
        written: BTreeMap::new(),
        real_time: None,
        cpu_seconds: 1.0,
        leftovers: Vec::new(),
        hanging: Vec::new(),
        strays: Vec::new(),
        trace: None,
    }
}

/// Built; the artifacts' contents stand where their digests go.
fn built(artifacts: &[(&str, String)]) -> RunResult {
    RunResult {
        artifacts: artifacts
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.clone()))
            .collect(),
        ..result(RunOutcome::Built)
    }
}

fn fake(make: impl Fn(&dyn Fn(&str) -> bool, &BTreeMap<String, String>, usize) -> RunResult + 'static) -> Fake {
    Fake {
        work: tempfile::tempdir().unwrap(),
        make: Box::new(make),
        requests: Vec::new(),
        contents: Vec::new(),
        chancy: "",
        leak: false,
        other: false,
    }
}

impl Runner for Fake {
    fn run(&mut self, requests: &[RunRequest]) -> Result<Vec<Run>, Error> {
        assert!(requests.len() <= self.width());
        let mut runs = Vec::new();
        for request in requests {
            self.requests.push(request.clone());
            let number = self.requests.len();
            let has = |name: &str| request.varied.contains(name) || request.freed.contains(name);
            let mut result = (self.make)(&has, &request.remedies, number);
            self.contents.push(result.artifacts.clone());
            let folder = self.work.path().join(number.to_string());
            for (path, text) in &mut result.artifacts {
                let to = crate::rebuild::artifacts::folder(&folder).join(path);
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::write(&to, &*text).unwrap();
                let digest = Sha256::digest(text.as_bytes());
                *text = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            }
            let place = SecretPlace {
                address: "log".to_owned(),
                offset: 3,
                form: "hex",
            };
            let leaks = self.leak.then(|| ("TOKEN".to_owned(), place)).into_iter().collect();
            runs.push(Run {
                folder,
                result,
                leaks,
                unsearched: Vec::new(),
                failure: None,
                known: crate::model::Record::default(),
                passed: Vec::new(),
            });
        }
        Ok(runs)
    }
    fn width(&self) -> usize {
        2
    }
    fn changes(&self, variation: &str) -> Vec<ChangedVariable> {
        let change = |name: &str, control: &str, varied: &str| ChangedVariable {
            name: name.to_owned(),
            control: Some(control.to_owned()),
            varied: Some(varied.to_owned()),
        };
        match variation {
            "timezone" => vec![change("TZ", "UTC", "Asia/Tokyo")],
            "home" => vec![change("HOME", "/build/home", "/home/other")],
            "locale" => vec![change("LANG", "C.UTF-8", "fr_FR"), change("LC_ALL", "C.UTF-8", "fr_FR")],
            _ => Vec::new(),
        }
    }
    fn nondeterministic(&self, variation: &str) -> bool {
        variation == self.chancy
    }
    fn other(&self, variation: &str) -> Option<&'static str> {
        (self.other && variation == "home").then_some("home=unwritable")
    }
}

fn build() -> Build {
    Build {
        source: "/nowhere".into(),
        artifacts: vec!["out".to_owned()],
        timeout: Duration::from_secs(60),
        output_limit: 1 << 20,
        disk_limit: 1 << 30,
        seed: 7,
        clock: 1_795_428_672,
        replay: Replay {
            options: ["repro", "build", "--artifact", "out"].map(str::to_owned).to_vec(),
            choice: Vec::new(),
            command: ["make", "V=it's"].map(str::to_owned).to_vec(),
        },
        ..Build::default()
    }
}

fn plan() -> BuildPlan {
    let variation = |name: &&str| PlannedVariation {
        name: (*name).to_owned(),
        backend: Some("namespaces".to_owned()),
        effective: true,
        observed: None,
    };
    BuildPlan {
        seed: 7,
        control: BTreeMap::new(),
        variations: ALL.iter().map(variation).collect(),
        network: false,
        quick: false,
        try_fixes: false,
    }
}

fn experiment(build: &Build, fake: &mut Fake) -> RebuildReport {
    let told = RefCell::new(Vec::new());
    let report = run(build, plan(), Vec::new(), fake, &|progress| {
        told.borrow_mut().push(progress.clone());
    })
    .unwrap();
    let told = told.into_inner();
    assert_eq!(told.len(), report.runs.len(), "each run is told of");
    assert!(told.iter().all(|progress| progress.known >= progress.run));
    let ids: Vec<usize> = report.runs.iter().map(|run| run.id).collect();
    assert_eq!(ids, (1..=report.runs.len()).collect::<Vec<_>>());
    // Each variation is in one list only.
    let blamed = |g: &Guilty| {
        g.variations
            .iter()
            .chain(&g.captured)
            .chain(&g.mixed)
            .cloned()
            .collect::<Vec<_>>()
    };
    let mut listed: BTreeSet<String> = report.guilty.iter().flat_map(blamed).collect();
    for name in report
        .innocent
        .iter()
        .chain(report.not_tested.iter().map(|not| &not.name))
    {
        assert!(listed.insert(name.clone()), "{name} twice");
    }
    assert_eq!(listed.len(), ALL.len());
    report
}

fn guilty(report: &RebuildReport) -> Vec<String> {
    report
        .guilty
        .iter()
        .map(|g| format!("{} {}", g.variations.join("+"), g.effect.word()))
        .collect()
}

fn dated(varied: bool) -> String {
    let year = if varied {
        "2031-04-05 06:07:08"
    } else {
        "2026-11-22 10:11:12"
    };
    format!("hello\nbuilt at {year}\nbye\n")
}

#[test]
fn a_clean_build() {
    let report = experiment(&build(), &mut fake(|_, _, _| built(&[("out", "same\n".to_owned())])));
    assert_eq!(report.verdict, BuildVerdict::Reproducible);
    assert_eq!(report.reason, None);
    assert_eq!(report.innocent, ALL);
    assert_eq!(
        report.runs.len(),
        8,
        "two controls, everything, five that tell any two of eight apart"
    );
}

#[test]
fn a_date_is_found_in_five_builds() {
    let mut fake = fake(|varied, _, _| built(&[("out", dated(varied("time")))]));
    let report = experiment(&build(), &mut fake);
    assert_eq!(report.verdict, BuildVerdict::Unreproducible);
    assert_eq!(guilty(&report), ["time differs"]);
    assert_eq!(report.runs.len(), 5);
    let time = &report.guilty[0];
    assert_eq!(time.artifacts, ["out"]);
    assert_eq!(time.findings[0].cause, "embedded-timestamp");
    assert!(
        time.findings[0].address.starts_with("out"),
        "{}",
        time.findings[0].address
    );
    assert_eq!(report.runs[time.only - 1].varied, ["time"]);
    let rest = &report.runs[time.all_but.unwrap() - 1];
    assert_eq!(rest.varied.len(), ALL.len() - 1);
    assert_eq!(rest.sha256, report.runs[0].sha256);
    assert_eq!(report.innocent.len(), ALL.len() - 1);
    let left = |id: usize| fake.work.path().join(id.to_string()).exists();
    assert!(
        left(time.only) && !left(rest.id),
        "what is as the control is cleared away"
    );
}

#[test]
fn replays() {
    let report = experiment(
        &build(),
        &mut fake(|varied, _, _| built(&[("out", dated(varied("time")))])),
    );
    let start = "repro build --artifact out --seed 7 --clock @1795428672";
    assert_eq!(report.replay, format!(r"{start} -- make 'V=it'\''s'"));
    assert_eq!(
        report.runs[0].replay,
        format!(r"{start} --vary control -- make 'V=it'\''s'")
    );
    assert_eq!(
        report.runs[3].replay,
        format!(r"{start} --vary time -- make 'V=it'\''s'")
    );
}

#[test]
fn a_conjunction_a_failure_and_a_hang() {
    let make = |varied: &dyn Fn(&str) -> bool, _: &BTreeMap<String, String>, _| {
        if varied("umask") {
            let why = Some("step `make`: exit status 2".to_owned());
            return RunResult {
                why,
                ..result(RunOutcome::Failed)
            };
        }
        if varied("home") {
            return result(RunOutcome::Hung);
        }
        built(&[("out", dated(varied("time") && varied("timezone")))])
    };
    let report = experiment(&build(), &mut fake(make));
    assert_eq!(guilty(&report), ["time+timezone differs", "umask fails", "home hangs"]);
    assert!(report.guilty.iter().all(|g| g.all_but.is_some()));
    assert!(report.runs[report.guilty[1].only - 1].why.is_some());
}

#[test]
fn a_build_that_fails_or_hangs_anyway() {
    let why = Some("step `make`: exit status 2".to_owned());
    let failed = RunResult {
        why,
        ..result(RunOutcome::Failed)
    };
    let report = experiment(&build(), &mut fake(move |_, _, _| failed.clone()));
    assert_eq!(report.verdict, BuildVerdict::BuildFails);
    let reason = report.reason.unwrap();
    assert_eq!(
        reason,
        "in the control environment, the build failed: step `make`: exit status 2"
    );
    // Nor is it what the control pins.
    assert_eq!(report.runs.len(), 3);
    assert_eq!(report.pins, Some(BuildPins { plain: 3, guilty: None }));
    let hanging = vec![vec!["make".to_owned()], vec!["sleep".to_owned(), "a day".to_owned()]];
    let hung = RunResult {
        hanging,
        ..result(RunOutcome::Hung)
    };
    let report = experiment(&build(), &mut fake(move |_, _, _| hung.clone()));
    let reason = report.reason.unwrap();
    assert_eq!(
        reason,
        "in the control environment, the build hung; still running: make, sleep 'a day'"
    );
}

#[test]
fn unstable_artifacts_stand_aside() {
    let make = |varied: &dyn Fn(&str) -> bool, _: &BTreeMap<String, String>, run: usize| {
        let unstable = ("bad", format!("token {run:08x}\n"));
        built(&[unstable, ("out", dated(varied("time")))])
    };
    let report = experiment(&build(), &mut fake(make));
    assert_eq!(report.verdict, BuildVerdict::IntrinsicallyUnstable);
    assert_eq!(report.unstable.len(), 1);
    assert_eq!(report.unstable[0].artifact, "bad");
    assert!(report.unstable[0].findings.len() + report.unstable[0].unexplained.len() > 0);
    assert_eq!(guilty(&report), ["time differs"]);
    assert_eq!(report.guilty[0].artifacts, ["out"]);
}

#[test]
fn nothing_stable() {
    let report = experiment(&build(), &mut fake(|_, _, run| built(&[("out", format!("{run}\n"))])));
    assert_eq!(report.verdict, BuildVerdict::IntrinsicallyUnstable);
    assert_eq!(report.runs.len(), 2);
    assert_eq!(report.not_tested.len(), ALL.len());
}

#[test]
fn a_copy_of_the_environment() {
    let make =
        |varied: &dyn Fn(&str) -> bool, _: &BTreeMap<String, String>, _| built(&[("out", environment(varied, false))]);
    let report = experiment(&build(), &mut fake(make));
    assert_eq!(guilty(&report), ["env differs"]);
    assert_eq!(report.guilty[0].captured, ["timezone", "locale", "home"]);
    assert!(report.guilty[0].all_but.is_some());
}

#[test]
fn a_copy_of_the_environment_and_more() {
    let make =
        |varied: &dyn Fn(&str) -> bool, _: &BTreeMap<String, String>, _| built(&[("out", environment(varied, true))]);
    let report = experiment(&build(), &mut fake(make));
    assert_eq!(guilty(&report), ["timezone differs", "env differs"]);
    assert_eq!(report.guilty[1].captured, ["locale", "home"]);
}

#[test]
fn variables_without_a_copy_of_the_environment_are_guilty() {
    let make = |varied: &dyn Fn(&str) -> bool, _: &BTreeMap<String, String>, _| {
        let zone = if varied("timezone") {
            "TZ=Asia/Tokyo\n"
        } else {
            "TZ=UTC\n"
        };
        let env = if varied("env") { "1\n" } else { "0\n" };
        built(&[("zone", zone.to_owned()), ("out", env.to_owned())])
    };
    let report = experiment(&build(), &mut fake(make));
    assert_eq!(guilty(&report), ["timezone differs", "env differs"]);
}

#[test]
fn a_race() {
    let mut fake = fake(|varied, _, run| built(&[("out", dated(varied("parallelism") && run % 2 == 0))]));
    fake.chancy = "parallelism";
    let report = experiment(&build(), &mut fake);
    assert_eq!(guilty(&report), ["parallelism differs"]);
}

#[test]
fn a_build_that_changes_its_mind() {
    // Stable in the two controls and never again.
    let report = experiment(
        &build(),
        &mut fake(|_, _, run| built(&[("out", format!("{}\n", run.max(2)))])),
    );
    assert_ne!(report.verdict, BuildVerdict::Reproducible);
    let mut fake = fake(|_, _, run| built(&[("out", dated(run == 3))]));
    let report = experiment(&build(), &mut fake);
    assert_eq!(report.verdict, BuildVerdict::Undetermined);
    assert!(report.reason.unwrap().contains("chance"));
    assert_eq!(report.not_tested.len(), ALL.len());
}

#[test]
fn the_total_time() {
    let total = |time| Build {
        total_timeout: Some(time),
        ..build()
    };
    let report = experiment(
        &total(Duration::ZERO),
        &mut fake(|_, _, _| built(&[("out", "x".to_owned())])),
    );
    assert_eq!(report.verdict, BuildVerdict::Undetermined);
    assert!(report.reason.unwrap().contains("total time"));
    assert_eq!(report.not_tested.len(), ALL.len());
    // A run that the total time cuts short has not hung.
    let make = |varied: &dyn Fn(&str) -> bool, _: &BTreeMap<String, String>, _| {
        if varied("umask") {
            result(RunOutcome::Hung)
        } else {
            built(&[("out", "x".to_owned())])
        }
    };
    let mut fake = fake(make);
    let report = experiment(&total(Duration::from_secs(30)), &mut fake);
    assert!(fake.requests.iter().all(|request| request.timeout.is_some()));
    assert_eq!(report.verdict, BuildVerdict::Undetermined);
    assert!(report.guilty.is_empty() && report.innocent.is_empty());
}

#[test]
fn the_first_file_and_its_writer() {
    let make = |varied: &dyn Fn(&str) -> bool, _: &BTreeMap<String, String>, _| {
        let process = |parent, words: &str| Process {
            parent,
            program: String::new(),
            command: words.split(' ').map(str::to_owned).collect(),
        };
        let write = |process, path: &str| Write {
            process,
            path: path.to_owned(),
        };
        let digest = |name: &str| (name.to_owned(), format!("{name}{}", varied("time")));
        RunResult {
            written: [
                digest("date.h"),
                digest("date.o"),
                digest("out"),
                ("same".to_owned(), String::new()),
            ]
            .into(),
            trace: Some(Trace {
                processes: vec![
                    process(None, "make"),
                    process(Some(0), "sh -c mkdate"),
                    process(Some(1), "mkdate"),
                    process(Some(0), "cc -c date.c"),
                ],
                writes: vec![
                    write(0, "same"),
                    write(2, "date.h"),
                    write(3, "date.o"),
                    write(3, "out"),
                ],
                ..Trace::default()
            }),
            ..built(&[("out", dated(varied("time")))])
        }
    };
    let report = experiment(&build(), &mut fake(make));
    let first = report.guilty[0].first.as_ref().unwrap();
    assert_eq!(
        (first.path.as_str(), first.command.join(" ")),
        ("date.h", "mkdate".to_owned())
    );
    let parents: Vec<String> = first.parents.iter().map(|words| words.join(" ")).collect();
    assert_eq!(parents, ["sh -c mkdate", "make"]);
    assert_eq!(first.then, ["date.o", "out"]);
}

/// A copy of the whole environment, and the date if that is asked for.
fn environment(varied: &dyn Fn(&str) -> bool, zone_shows: bool) -> String {
    let pick = |name: &str, a: &str, b: &str| if varied(name) { b.to_owned() } else { a.to_owned() };
    let lines = [
        format!("HOME={}\n", pick("home", "/build/home", "/home/other")),
        format!("LANG={}\n", pick("locale", "C.UTF-8", "fr_FR")),
        format!("LC_ALL={}\n", pick("locale", "C.UTF-8", "fr_FR")),
        format!("TZ={}\n", pick("timezone", "UTC", "Asia/Tokyo")),
        pick("env", "", "UNKNOWN_THING=1\n"),
    ];
    let shown = pick("timezone", "10:11", "19:11");
    format!("{}at {}\n", lines.concat(), if zone_shows { &shown } else { "10:11" })
}

#[test]
fn what_can_not_be_varied_is_not_innocent() {
    let mut plan = plan();
    plan.variations[0].effective = false;
    plan.variations[1].backend = None;
    let left_out = NotTested {
        name: "locale".to_owned(),
        why: "left out".to_owned(),
    };
    let clean = |asked: &[&str]| {
        let variations = asked.iter().map(|name| (*name).to_owned()).collect();
        let build = Build { variations, ..build() };
        let mut fake = fake(|_, _, _| built(&[("out", "same\n".to_owned())]));
        run(&build, plan.clone(), vec![left_out.clone()], &mut fake, &|_| {}).unwrap()
    };
    let report = clean(&[]);
    let not: Vec<&str> = report.not_tested.iter().map(|not| not.name.as_str()).collect();
    assert_eq!(not, ["locale", "time", "timezone"]);
    assert_eq!(report.innocent.len(), ALL.len() - 3);
    assert_eq!(report.verdict, BuildVerdict::Reproducible);
    assert_eq!(
        clean(&["time", "umask"]).verdict,
        BuildVerdict::Undetermined,
        "time was asked for"
    );
}

#[test]
fn leftovers_secrets_and_what_is_kept() {
    let kept = tempfile::tempdir().unwrap();
    let secrets = [("TOKEN".to_owned(), "hunter2".to_owned())].into();
    let build = Build {
        keep: Some(kept.path().to_owned()),
        secrets,
        ..build()
    };
    let make = |varied: &dyn Fn(&str) -> bool, _: &BTreeMap<String, String>, run| RunResult {
        leftovers: if run == 3 {
            vec![vec!["daemon".to_owned()]]
        } else {
            Vec::new()
        },
        ..built(&[("dist/out", dated(varied("time")))])
    };
    let mut fake = fake(make);
    fake.leak = true;
    let report = experiment(&build, &mut fake);
    assert_eq!((report.leftovers.len(), report.leftovers[0].run), (1, 3));
    assert_eq!(report.secrets[0].runs.len(), report.runs.len());
    assert_eq!(report.secrets[0].found.len(), 1);
    let read = |path: &str| fs::read_to_string(kept.path().join(path)).unwrap();
    assert_eq!(
        (read("control/dist/out"), read("time/dist/out")),
        (dated(false), dated(true))
    );
}

#[test]
fn one_run_only() {
    let build = Build {
        only: Some(vec!["time".to_owned()]),
        ..build()
    };
    let report = experiment(
        &build,
        &mut fake(|varied, _, _| built(&[("out", dated(varied("time")))])),
    );
    assert_eq!(report.runs.len(), 1);
    assert_eq!(report.runs[0].varied, ["time"]);
    assert_eq!(report.verdict, BuildVerdict::Undetermined);
}
