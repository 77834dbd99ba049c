//! Reports made by hand, and their schema; `report::golden` has them in each format.

mod said;

use super::{html, markdown, problems, text};
use crate::model::*;
use crate::report::{format::Options, lists::junit, parts::json};
use crate::schemas;

const CONTROL: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const OTHER: &str = "2222222222222222222222222222222222222222222222222222222222222222";

fn words(list: &str) -> Vec<String> {
    list.split_whitespace().map(str::to_owned).collect()
}

fn run(id: usize, varied: &str, digest: &str) -> BuildRun {
    BuildRun {
        id,
        varied: words(varied),
        remedies: Vec::new(),
        freed: Vec::new(),
        outcome: RunOutcome::Built,
        why: None,
        failure: None,
        sha256: [("dist/hello.tar.gz".to_owned(), digest.to_owned())].into(),
        cpu_seconds: 1.25,
        replay: format!("repro build --seed 7 --only-run {id} -- make dist"),
    }
}

fn variation(name: &str, backend: Option<&str>) -> PlannedVariation {
    PlannedVariation {
        name: name.to_owned(),
        backend: backend.map(str::to_owned),
        effective: backend.is_some(),
        observed: backend.map(|_| ["0".to_owned(), "1".to_owned()]),
    }
}

fn finding() -> Finding {
    Finding {
        cause: "archive-mtime",
        group: "time",
        confidence: Confidence::Proven,
        warrant: None,
        knock_on: false,
        address: "dist/hello.tar.gz/./hello".to_owned(),
        format: "tar",
        count: 1,
        a: "2026-11-22T10:11:12Z".to_owned(),
        b: "2031-03-04T05:06:07Z".to_owned(),
        marks: [vec![(0, 20)], vec![(0, 20)]],
        spans: vec![SideSpan {
            side: 'a',
            offset: 136,
            length: 12,
        }],
        summary: "Archive members carry the time at which their files were written.".to_owned(),
        fix: "tar --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime".to_owned(),
        settle: None,
        references: vec!["https://reproducible-builds.org/docs/archives/"],
        why: "",
        excerpts: Vec::new(),
    }
}

fn place() -> Place {
    Place {
        address: "dist/hello.tar.gz/./notes".to_owned(),
        format: "text",
        container: 17,
        rank: 0,
        summary: "line 1 differs".to_owned(),
        a: "one".to_owned(),
        b: "two".to_owned(),
        marks: [vec![(0, 3)], vec![(0, 3)]],
        spans: Vec::new(),
        excerpt: None,
    }
}

fn guilty(names: &str, only: usize, all_but: Option<usize>) -> Guilty {
    Guilty {
        variations: words(names),
        effect: Effect::Differs,
        only,
        all_but,
        artifacts: vec!["dist/hello.tar.gz".to_owned()],
        findings: vec![finding()],
        unexplained: Vec::new(),
        layouts: Vec::new(),
        captured: Vec::new(),
        mixed: Vec::new(),
        first: None,
        fixes: Vec::new(),
        advice: Vec::new(),
    }
}

/// Nothing differs, everything was tested.
pub(in crate::report) fn clean() -> RebuildReport {
    RebuildReport {
        schema_version: 1,
        tool: Tool {
            name: "repro",
            version: "0.1.0",
        },
        plan: BuildPlan {
            seed: 7,
            control: [("clock".to_owned(), "2026-11-22T10:11:12Z".to_owned())].into(),
            variations: vec![
                variation("time", Some("interposition")),
                variation("locale", Some("environment")),
                variation("build_path", Some("namespaces")),
                variation("umask", Some("environment")),
            ],
            network: false,
            quick: false,
            try_fixes: false,
        },
        runs: vec![
            run(1, "", CONTROL),
            run(2, "", CONTROL),
            run(3, "time locale build_path umask", CONTROL),
        ],
        verdict: BuildVerdict::Reproducible,
        reason: None,
        pins: None,
        unstable: Vec::new(),
        guilty: Vec::new(),
        innocent: words("time locale build_path umask"),
        not_tested: Vec::new(),
        leftovers: Vec::new(),
        secrets: Vec::new(),
        against: None,
        replay: "repro build --seed 7 -- make dist".to_owned(),
        known: None,
    }
}

fn link(path: &str, command: &str, line: Option<(&str, &str)>) -> Link {
    Link {
        path: path.to_owned(),
        command: words(command),
        line: line.map(|(a, b)| DifferentLine {
            number: 12,
            a: Some(a.to_owned()),
            b: Some(b.to_owned()),
        }),
    }
}

/// Two culprits, one fixed; some things not tested; a leftover and a secret.
pub(in crate::report) fn broken() -> RebuildReport {
    let mut report = clean();
    report.verdict = BuildVerdict::Unreproducible;
    report.plan.variations.push(variation("kernel", None));
    report.plan.variations.push(variation("cpu_model", None));
    report.runs = vec![
        run(1, "", CONTROL),
        run(2, "", CONTROL),
        run(3, "time locale build_path umask", OTHER),
        run(4, "time", OTHER),
        run(5, "locale umask", CONTROL),
        run(6, "build_path", OTHER),
        run(7, "time", CONTROL),
    ];
    report.runs[6].remedies = words("SOURCE_DATE_EPOCH");
    let mut time = guilty("time", 4, Some(5));
    time.first = Some(FirstDifference {
        path: "build/version.h".to_owned(),
        command: vec!["sh".to_owned(), "-c".to_owned(), "date > 'build/version.h'".to_owned()],
        parents: vec![words("make dist")],
        then: words("hello.o hello dist/hello.tar dist/hello.tar.gz dist/more"),
        chain: vec![
            link(
                "build/version.h",
                "sh",
                Some(("#define YEAR 2026", "#define YEAR 2027")),
            ),
            link("hello.o", "as -o hello.o", None),
            link("dist/hello.tar.gz", "gzip", None),
        ],
    });
    time.fixes = vec![
        TriedFix {
            name: "TZ".to_owned(),
            environment: [("TZ".to_owned(), "UTC".to_owned())].into(),
            proved: false,
            mends: Vec::new(),
            leaves: words("dist/hello.tar.gz"),
            breaks: false,
            runs: vec![7],
        },
        TriedFix {
            name: "SOURCE_DATE_EPOCH".to_owned(),
            environment: [("SOURCE_DATE_EPOCH".to_owned(), "1700000000".to_owned())].into(),
            proved: true,
            mends: words("dist/hello.tar.gz"),
            leaves: Vec::new(),
            breaks: false,
            runs: vec![7, 8, 9, 10],
        },
    ];
    let mut path = guilty("build_path", 6, None);
    path.captured = words("umask");
    path.findings.clear();
    path.unexplained = vec![place()];
    report.guilty = vec![time, path];
    report.innocent = words("locale");
    report.not_tested = ["kernel", "cpu_model"]
        .map(|name| NotTested {
            name: name.to_owned(),
            why: "no mount namespace here".to_owned(),
        })
        .into();
    report.leftovers = [1, 2]
        .map(|run| Leftover {
            run,
            command: vec!["sleep".to_owned(), "1000".to_owned()],
        })
        .into();
    report.secrets = vec![SecretUse {
        name: "TOKEN".to_owned(),
        runs: vec![1, 2, 3],
        found: vec![SecretPlace {
            address: "log".to_owned(),
            offset: 12,
            form: "base64",
        }],
        searched: vec!["bytes", "base64"],
        not_searched: vec!["a.7z: encrypted".to_owned()],
    }];
    report.against = Some(vec![EnvironmentDifference {
        what: "package libc6-dev".to_owned(),
        recorded: Some("2.36-9".to_owned()),
        here: None,
    }]);
    report
}

fn text_of(report: &RebuildReport, verbose: bool) -> String {
    let mut out = Vec::new();
    text::write(
        report,
        Options {
            verbose,
            ..Options::default()
        },
        &mut out,
    )
    .unwrap();
    String::from_utf8(out).unwrap()
}

fn first_line(report: &RebuildReport) -> String {
    text_of(report, false).lines().next().unwrap().to_owned()
}

fn follows_schema(report: &RebuildReport) {
    let schema = serde_json::from_str(schemas::BUILD).unwrap();
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("build.json", schema).unwrap();
    let index = compiler.compile("build.json", &mut schemas).unwrap();
    let mut out = Vec::new();
    json::write(report, &mut out).unwrap();
    let value = serde_json::from_slice(&out).unwrap();
    let valid = schemas.validate(&value, index);
    assert!(valid.is_ok(), "{:#}", valid.unwrap_err());
}

#[test]
fn json_follows_its_schema() {
    follows_schema(&clean());
    follows_schema(&broken());
    let [diff, build] =
        [schemas::DIFF, schemas::BUILD].map(|text| serde_json::from_str::<serde_json::Value>(text).unwrap());
    for (list, item) in [("findings", "finding"), ("unexplained", "place")] {
        assert_eq!(
            diff["properties"][list]["items"], build["$defs"][item],
            "as in diff.json"
        );
    }
}

#[test]
fn the_first_line_is_the_answer() {
    let mut report = clean();
    report.not_tested = vec![NotTested {
        name: "kernel".to_owned(),
        why: "excluded".to_owned(),
    }];
    assert_eq!(
        first_line(&report),
        "reproducible as far as tested: 4 variations change nothing in dist/hello.tar.gz; 1 not tested: kernel"
    );
    report.verdict = BuildVerdict::Unreproducible;
    report.guilty = vec![
        guilty("time locale", 4, None),
        guilty("umask", 5, None),
        guilty("build_path", 6, None),
    ];
    report.guilty[1].effect = Effect::Fails;
    report.guilty[2].effect = Effect::Hangs;
    assert_eq!(
        first_line(&report),
        "unreproducible: time with locale changes dist/hello.tar.gz; umask makes the build fail; \
         build_path makes the build hang"
    );
    report.verdict = BuildVerdict::IntrinsicallyUnstable;
    report.guilty.clear();
    let artifact = || Unstable {
        artifact: "a.o".to_owned(),
        findings: Vec::new(),
        unexplained: Vec::new(),
        layouts: Vec::new(),
    };
    report.unstable = vec![artifact()];
    assert_eq!(
        first_line(&report),
        "intrinsically unstable: a.o differs between two builds in the same environment"
    );
    report.verdict = BuildVerdict::BuildFails;
    report.reason = Some("step make: exit status 2\nlast words".to_owned());
    assert_eq!(first_line(&report), "build fails: step make: exit status 2");
    assert!(text_of(&report, false).contains("\n  last words\n"));
    report.verdict = BuildVerdict::Undetermined;
    assert_eq!(first_line(&report), "undetermined: step make: exit status 2");
}

/// Where one variation is all that was tested, the run without it is the control.
#[test]
fn of_one_variation() {
    let mut report = broken();
    report.guilty = vec![guilty("time", 4, Some(1))];
    let line = "  how known  run 4 varied only time: differs; run 1 varied nothing: the control\n";
    assert!(text_of(&report, false).contains(line), "{}", text_of(&report, false));
}

/// What a build says cannot move the cursor, close a fence or look like a line of the report.
#[test]
fn hostile_text_is_escaped() {
    let mut report = broken();
    let first = report.guilty[0].first.as_mut().unwrap();
    first.path = "\u{1b}[2Jx\nidentical: y".to_owned();
    first.command = vec!["it's".to_owned(), "a\u{9b}b".to_owned(), String::new()];
    report.runs[3].outcome = RunOutcome::Failed;
    report.runs[3].why = Some("\u{1b}]0;title\u{7}\n```\nend".to_owned());
    let mut marked = Vec::new();
    markdown::write(&report, &mut marked).unwrap();
    for text in [text_of(&report, true), String::from_utf8(marked).unwrap()] {
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        assert!(!text.lines().any(|line| line.starts_with("identical")), "{text}");
        assert!(text.contains(r#""it's" $'a\x9bb' ''"#), "{text}");
    }
}

#[test]
fn an_experiment_as_problems() {
    let found = problems::of(&broken());
    let names: Vec<(&str, &str)> = found.problems.iter().map(|p| (p.rule, p.path.as_str())).collect();
    assert!(names.contains(&("archive-mtime", "dist/hello.tar.gz")), "{names:?}");
    assert!(names.contains(&("unexplained", "dist/hello.tar.gz")), "{names:?}");
    assert!(names.iter().any(|(rule, _)| *rule == "secret-in-artifact"), "{names:?}");
    let of_time = found.problems.iter().find(|p| p.rule == "archive-mtime").unwrap();
    assert!(of_time.message.starts_with("time changes "), "{}", of_time.message);
    let fix = of_time.fix.as_deref().unwrap();
    assert!(fix.contains("with SOURCE_DATE_EPOCH=1700000000 set"), "{fix}");
    let result = |name: &str| {
        let check = found.checks.iter().find(|check| check.name == name);
        check.map(|check| check.result.clone())
    };
    assert_eq!(result("control"), Some(CheckResult::Pass));
    assert_eq!(result("locale"), Some(CheckResult::Pass));
    assert!(matches!(result("time"), Some(CheckResult::Fail(..))));
    // Only seen because of build_path.
    assert!(matches!(result("umask"), Some(CheckResult::Fail(..))));
    assert!(matches!(result("secret TOKEN"), Some(CheckResult::Fail(..))));
    let mut xml = Vec::new();
    junit::write(&found, &mut xml).unwrap();
    assert!(String::from_utf8(xml).unwrap().contains("secret TOKEN"));
}
