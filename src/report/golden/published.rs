//! A wheel with a line that its source has not, beside other times; and one that could not be built.

use super::{TOOL, digest};
use crate::model::*;

fn file(path: &str, digit: char, size: u64) -> PublishedFile {
    PublishedFile {
        path: path.to_owned(),
        sha256: digest(digit),
        size,
    }
}

fn fact(what: &str, value: &str, place: &str) -> PublishedFact {
    PublishedFact {
        what: what.to_owned(),
        value: value.to_owned(),
        place: place.to_owned(),
    }
}

fn tried(setting: &str, verdict: PublishedVerdict, what: &str, best: bool) -> PublishedTry {
    PublishedTry {
        setting: setting.to_owned(),
        verdict,
        sha256: (verdict != PublishedVerdict::NotBuilt).then(|| digest('2')),
        what: what.to_owned(),
        best,
    }
}

fn plan() -> PublishedPlan {
    PublishedPlan {
        ecosystem: "pypi".to_owned(),
        name: "tiny".to_owned(),
        version: "1.0".to_owned(),
        interpreter: "/usr/bin/python3.11".to_owned(),
        requires: vec!["wheel==0.40.0".to_owned(), "setuptools".to_owned()],
        before: "2023-05-23T05:12:14Z".to_owned(),
        clock: 1_684_768_334,
        source_date_epoch: None,
        umask: "0022".to_owned(),
        build_path: "/build/source".to_owned(),
        member_times: true,
        steps: vec![vec!["/usr/bin/python3.11".to_owned(), "kit/build.py".to_owned()]],
        artifacts: vec!["out".to_owned()],
        variables: Default::default(),
        options: Default::default(),
        inputs: vec![file("source/tiny-1.0.tar.gz", '3', 4096)],
    }
}

fn report(verdict: PublishedVerdict, summary: &str) -> PublishedReport {
    PublishedReport {
        schema_version: 1,
        tool: TOOL,
        subject: "pypi:tiny==1.0".to_owned(),
        ecosystem: "pypi".to_owned(),
        verdict,
        summary: summary.to_owned(),
        artifact: Some(file("tiny-1.0-py3-none-any.whl", '1', 2048)),
        rebuilt: None,
        built: None,
        evidence: vec![
            fact("Generator", "bdist_wheel (0.40.0)", "tiny-1.0.dist-info/WHEEL:2"),
            fact(
                "newest member",
                "2023-05-22T15:12:14",
                "tiny-1.0.dist-info/RECORD: mtime",
            ),
        ],
        plan: Some(plan()),
        tries: Vec::new(),
        foreign: None,
        failure: None,
        notes: Vec::new(),
        diff: None,
    }
}

fn place() -> Place {
    Place {
        address: "tiny/util.py/line 2".to_owned(),
        format: "text",
        container: 12,
        rank: 0,
        summary: "12 bytes differ".to_owned(),
        a: "    return 1 + spy()\\n".to_owned(),
        b: "    return 1\\n".to_owned(),
        marks: [vec![(12, 20)], Vec::new()],
        spans: Vec::new(),
        excerpt: None,
    }
}

pub(super) fn tampered() -> PublishedReport {
    let mut report = report(
        PublishedVerdict::Different,
        "tiny/util.py is neither in the source nor what the rebuild made (1 place unexplained)",
    );
    report.rebuilt = Some(file("tiny-1.0-py3-none-any.whl", '2', 2040));
    report.foreign = Some("tiny/util.py".to_owned());
    report.tries = vec![
        tried("as planned", PublishedVerdict::Different, "1 place unexplained", true),
        tried(
            "Python 3.10",
            PublishedVerdict::NotBuilt,
            "step 1: exit status 1",
            false,
        ),
    ];
    report.diff = Some(DiffReport {
        schema_version: 2,
        tool: TOOL,
        a: Artifact {
            path: "tiny-1.0-py3-none-any.whl".to_owned(),
            sha256: digest('1'),
            size: 2048,
        },
        b: Artifact {
            path: "rebuilt/tiny-1.0-py3-none-any.whl".to_owned(),
            sha256: digest('2'),
            size: 2040,
        },
        verdict: Verdict::Different,
        reason: None,
        findings: Vec::new(),
        unexplained: vec![place()],
        unexplained_count: 1,
        undetermined: Vec::new(),
        records: Vec::new(),
        layout: None,
    });
    report
}

pub(super) fn failed() -> PublishedReport {
    let mut report = report(
        PublishedVerdict::NotBuilt,
        "ModuleNotFoundError: No module named 'cython'",
    );
    report.failure = Some("step 1: exit status 1\nModuleNotFoundError: No module named 'cython'".to_owned());
    report.notes =
        vec!["nothing is known of the backend \"own\": the newest that the source asks for is taken".to_owned()];
    report.tries = vec![tried(
        "as planned",
        PublishedVerdict::NotBuilt,
        "step 1: exit status 1",
        true,
    )];
    report
}
