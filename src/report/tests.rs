//! The bound of a page, with reports as large and as awkward as they can be.

use super::{diff, gate, parts::html::room::number};
use crate::model::{
    Artifact, ArtifactState, Confidence, DiffReport, Enforce, Excerpt, ExcerptSide, Finding, GateArtifact, GateReport,
    GateVerdict, Layout, Pair, Place, Shape, Stretch, Tool, Undetermined, Verdict,
};

/// Every character grows when it is escaped.
const AWKWARD: &str = "\u{e0001}<\"'&\u{202e}";

fn excerpt() -> Excerpt {
    let side = ExcerptSide {
        text: AWKWARD.repeat(200),
        marks: (0..600).map(|n| (n * 2, n * 2 + 1)).collect(),
        bytes: vec![b'<'; 128],
        offset: u64::MAX - 7,
        differing: (0..64).map(|n| (n * 2, n * 2 + 1)).collect(),
        more: u64::MAX,
    };
    Excerpt {
        address: AWKWARD.repeat(1000),
        container: 0,
        summary: AWKWARD.repeat(1000),
        shape: Shape::Code,
        sides: [Some(side.clone()), Some(side)],
    }
}

fn finding(cause: &'static str) -> Finding {
    Finding {
        cause,
        group: "time",
        confidence: Confidence::Likely,
        warrant: None,
        knock_on: false,
        address: AWKWARD.repeat(1000),
        format: "tar",
        count: 3,
        a: AWKWARD.repeat(1000),
        b: String::new(),
        marks: [vec![(0, 9)], Vec::new()],
        spans: Vec::new(),
        summary: AWKWARD.repeat(1000),
        why: "why",
        fix: AWKWARD.repeat(1000),
        settle: Some(AWKWARD.repeat(1000)),
        references: vec!["https://example.org/", "javascript:alert(1)"],
        excerpts: vec![excerpt(); 2],
    }
}

fn place() -> Place {
    Place {
        address: AWKWARD.repeat(1000),
        format: "tar",
        container: 4,
        rank: 0,
        summary: AWKWARD.repeat(1000),
        a: String::new(),
        b: String::new(),
        marks: [Vec::new(), Vec::new()],
        spans: Vec::new(),
        excerpt: Some(Box::new(excerpt())),
    }
}

fn layout() -> Layout {
    let stretches: Vec<Stretch> = (0..400)
        .map(|n| Stretch {
            start: n * 2,
            end: n * 2 + 1,
            cause: (n % 3 > 0).then_some("archive-mtime"),
            encoded: n.is_multiple_of(2),
        })
        .collect();
    let pair = |n: usize| Pair {
        address: AWKWARD.repeat(1000),
        name: AWKWARD.repeat(1000),
        depth: n % 7,
        format: "tar",
        sizes: [800, u64::MAX],
        causes: vec![(None, 1), (Some("archive-mtime"), usize::MAX)],
        map: Some([stretches.clone(), stretches.clone()]),
    };
    Layout {
        pairs: (0..2500).map(pair).collect(),
        left_out: 1_000_000,
    }
}

const CAUSES: [&str; 20] = [
    "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11", "c12", "c13", "c14", "c15", "c16", "c17",
    "c18", "c19",
];

fn tool() -> Tool {
    Tool {
        name: "repro",
        version: "0.0.0",
    }
}

fn findings() -> Vec<Finding> {
    CAUSES.iter().flat_map(|cause| vec![finding(cause); 40]).collect()
}

fn artifact() -> Artifact {
    Artifact {
        path: AWKWARD.repeat(1000),
        sha256: String::new(),
        size: u64::MAX,
    }
}

/// As many of a tag are opened as closed.
fn assert_balanced(page: &str) {
    for tag in [
        "section", "details", "div", "ul", "li", "p", "pre", "mark", "span", "svg", "path", "table", "form", "main",
    ] {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

#[test]
fn the_largest_report_is_a_small_page_and_says_what_it_left_out() {
    let report = DiffReport {
        schema_version: 1,
        tool: tool(),
        a: artifact(),
        b: artifact(),
        verdict: Verdict::Different,
        reason: None,
        findings: findings(),
        unexplained: vec![place(); 2000],
        unexplained_count: 2_000_000,
        records: Vec::new(),
        undetermined: vec![
            Undetermined {
                address: AWKWARD.repeat(1000),
                reason: AWKWARD.repeat(1000),
            };
            1000
        ],
        layout: Some(layout()),
    };
    let mut out = Vec::new();
    diff::html::write(&report, &mut out).unwrap();
    assert!(out.len() < 5_000_000, "{} bytes", out.len());
    assert!(out.len() > 3_000_000, "{} bytes: there was room", out.len());
    let page = String::from_utf8(out).unwrap();
    assert!(page.contains("Left out to keep this page small: "));
    assert!(!page.contains("href=\"javascript"));
    // No cause takes the place of the others.
    for cause in CAUSES {
        assert!(page.contains(&format!("id=\"cause-{cause}\"")), "{cause}");
        assert!(
            page.contains(&format!("<details class=\"item\" data-cause=\"{cause}\"")),
            "{cause}"
        );
    }
    assert_balanced(&page);
    // What is shown and what is not is all there is.
    let shown = page.matches("data-verdict=\"unexplained\"").count();
    assert!(shown > 20);
    assert!(page.contains(&format!("… and {} more, not shown.", number(2_000_000 - shown as u64))));
    let members = page.matches("<li class=\"node\"").count();
    assert!(page.contains(&format!("{} differing members", number(1_002_500 - members as u64))));
}

#[test]
fn artifacts_of_a_gate_share_the_page() {
    let artifact = |n: usize| GateArtifact {
        path: format!("{n}{AWKWARD}"),
        state: ArtifactState::Differs,
        enforced: n.is_multiple_of(2),
        locked: None,
        found: None,
        why: AWKWARD.repeat(100),
        fix: String::new(),
        reference: None,
        accepted: Vec::new(),
        findings: CAUSES.iter().map(|cause| finding(cause)).collect(),
        unexplained: vec![place(); 20],
        unexplained_count: 20,
        records: Vec::new(),
        layout: (n < 20).then(layout),
    };
    let report = GateReport {
        schema_version: 1,
        tool: tool(),
        lock: AWKWARD.repeat(1000),
        verdict: GateVerdict::Reject,
        summary: AWKWARD.repeat(1000),
        enforce: Enforce::Block,
        enforce_share: 1.0,
        strict: false,
        reason: None,
        artifacts: (0..250).map(artifact).collect(),
        rules: Vec::new(),
        notes: vec![AWKWARD.repeat(1000); 60],
    };
    let mut out = Vec::new();
    gate::html::write(&report, &mut out).unwrap();
    assert!(out.len() < 5_000_000, "{} bytes", out.len());
    let page = String::from_utf8(out).unwrap();
    assert_balanced(&page);
    // No artifact takes the place of the others.
    assert!(page.matches("class=\"artifact group\"").count() > 50);
    assert!(page.contains(" lines"), "what is left out is told");
}
