//! An experiment as problems: what each guilty variation changes in each artifact; each variation is a check.

use super::{
    fixes::proved,
    words::{effect, together},
};
use crate::{
    model::{
        BuildVerdict, CheckOutcome, CheckResult, Confidence, Effect, Finding, Guilty, Level, Place, Problem,
        ProblemReport, RebuildReport,
    },
    report::parts::{
        problems::{Own, Rules, UNEXPLAINED, by_cause, fingerprint, sentence, sides, unexplained},
        words::counted,
    },
};

const UNREPRODUCIBLE: Own = (
    "unreproducible",
    "A build in another environment gives other bytes.",
    "Nobody else can build the same artifact and compare.",
    "see which variation is guilty: `repro build --verbose`",
);
const UNSTABLE: Own = (
    "intrinsically-unstable",
    "Two builds in the same environment give other bytes.",
    "Something that no variation controls goes into the artifact.",
    "find what it is in the differing bytes: `repro build --verbose`",
);
const BREAKS: Own = (
    "build-breaks",
    "The build fails or hangs in another environment.",
    "Who has that environment cannot build it at all.",
    "repeat the run with the command line that the report gives, and fix the build",
);
const SECRET: Own = (
    "secret-in-artifact",
    "A secret that was handed to the build is in what it made.",
    "Who gets the artifact gets the secret.",
    "hand the secret only to the step that needs it, and change it now",
);

/// The report as problems.
pub fn of(report: &RebuildReport) -> ProblemReport {
    let mut all = All {
        artifacts: artifacts(report),
        rules: Rules::default(),
        problems: Vec::new(),
    };
    for unstable in &report.unstable {
        let differs = Differs {
            who: "two builds in the same environment differ",
            own: UNSTABLE,
            artifacts: std::slice::from_ref(&unstable.artifact),
            findings: &unstable.findings,
            unexplained: &unstable.unexplained,
            fix: None,
        };
        all.differs(&differs);
    }
    for guilty in &report.guilty {
        all.guilty(guilty);
    }
    for secret in &report.secrets {
        for place in &secret.found {
            let path = all.path(&place.address, &[]);
            all.problems.push(Problem {
                rule: all.rules.own(SECRET, "secret"),
                level: Level::Error,
                message: format!(
                    "The value of {} is in {} (as {})",
                    secret.name, place.address, place.form
                ),
                path,
                region: None,
                snippet: None,
                fix: Some(SECRET.3.to_owned()),
                fingerprint: fingerprint(&[SECRET.0, &secret.name, &place.address]),
                accepted: None,
            });
        }
    }
    let summary = summary(report);
    let troubles = match report.verdict {
        BuildVerdict::BuildFails | BuildVerdict::Undetermined => vec![("repro build".to_owned(), summary.clone())],
        _ => Vec::new(),
    };
    let mut problems = all.problems;
    problems.sort_by(|x, y| x.path.cmp(&y.path));
    ProblemReport {
        command: "repro build",
        checks: checks(report, &summary),
        summary,
        rules: all.rules.sorted(),
        problems,
        troubles,
    }
}

/// Paths that any run made.
fn artifacts(report: &RebuildReport) -> Vec<String> {
    let made = report.runs.iter().flat_map(|run| run.sha256.keys().cloned());
    let mut all: Vec<String> = made.collect();
    all.sort();
    all.dedup();
    all
}

struct All {
    artifacts: Vec<String>,
    rules: Rules,
    problems: Vec<Problem>,
}

/// Artifacts that are not always the same.
struct Differs<'r> {
    who: &'r str,
    own: Own,
    artifacts: &'r [String],
    findings: &'r [Finding],
    unexplained: &'r [Place],
    fix: Option<String>,
}

impl All {
    fn guilty(&mut self, guilty: &Guilty) {
        let who = together(guilty);
        if guilty.effect != Effect::Differs {
            let path = self.path("", &guilty.artifacts);
            self.problems.push(Problem {
                rule: self.rules.own(BREAKS, "build"),
                level: Level::Error,
                message: format!("{who} {}", effect(guilty, false)),
                path,
                region: None,
                snippet: None,
                fix: Some(BREAKS.3.to_owned()),
                fingerprint: fingerprint(&[BREAKS.0, &who]),
                accepted: None,
            });
            return;
        }
        let differs = Differs {
            who: &format!("{who} {}", effect(guilty, false)),
            own: UNREPRODUCIBLE,
            artifacts: &guilty.artifacts,
            findings: &guilty.findings,
            unexplained: &guilty.unexplained,
            fix: guilty.fixes.iter().find(|fix| fix.proved).map(proved),
        };
        self.differs(&differs);
    }

    fn differs(&mut self, differs: &Differs<'_>) {
        let mut told: Vec<String> = Vec::new();
        let file = |address: &str| self.path(address, differs.artifacts);
        let mut found = Vec::new();
        for (path, finding, count, places) in by_cause(differs.findings, &file) {
            let note = finding.knock_on || finding.confidence == Confidence::Possible;
            if !note {
                told.push(path.clone());
            }
            let level = if note { Level::Note } else { Level::Error };
            let fix = match &differs.fix {
                Some(proved) => format!("{}; {proved}", finding.fix),
                None => finding.fix.clone(),
            };
            let message = format!("{}: {}", differs.who, sentence(finding, count, places));
            found.push((Some(finding), level, message, path, sides(&finding.a, &finding.b), fix));
        }
        for place in differs.unexplained {
            let (path, message) = (file(&place.address), format!("{}: {}", differs.who, unexplained(place)));
            told.push(path.clone());
            let fix = differs.fix.clone().unwrap_or_else(|| UNEXPLAINED.3.to_owned());
            found.push((None, Level::Error, message, path, sides(&place.a, &place.b), fix));
        }
        for (finding, level, message, path, snippet, fix) in found {
            let rule = match finding {
                Some(finding) => self.rules.cause(finding),
                None => self.rules.own(UNEXPLAINED, "unexplained"),
            };
            self.problems.push(Problem {
                rule,
                level,
                fingerprint: match finding {
                    Some(_) => fingerprint(&[rule, &path, differs.who]),
                    None => fingerprint(&[rule, &path, &message]),
                },
                message,
                path,
                region: None,
                snippet: Some(snippet),
                fix: Some(fix),
                accepted: None,
            });
        }
        for path in differs.artifacts.iter().filter(|path| !told.contains(path)) {
            self.problems.push(Problem {
                rule: self.rules.own(differs.own, "build"),
                level: Level::Error,
                message: format!("{}: {path} is not the same", differs.who),
                path: path.clone(),
                region: None,
                snippet: None,
                fix: Some(differs.fix.clone().unwrap_or_else(|| differs.own.3.to_owned())),
                fingerprint: fingerprint(&[differs.own.0, path, differs.who]),
                accepted: None,
            });
        }
    }

    /// The artifact that an address leads into; a compressed one goes by the name of what is in it.
    fn path(&self, address: &str, among: &[String]) -> String {
        let all = || among.iter().chain(&self.artifacts);
        let inside = |name: &str| {
            let rest = address.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let stem = |path: &&String| path.rsplit_once('.').is_some_and(|(stem, _)| inside(stem));
        all()
            .find(|path| inside(path))
            .or_else(|| all().find(stem))
            .or_else(|| all().next())
            .cloned()
            .unwrap_or_else(|| "repro.toml".to_owned())
    }
}

fn summary(report: &RebuildReport) -> String {
    let reason = report.reason.as_deref().unwrap_or_default();
    let guilty: Vec<String> = report.guilty.iter().map(together).collect();
    match report.verdict {
        BuildVerdict::Reproducible => {
            let left = match report.not_tested.len() {
                0 => String::new(),
                count => format!(", {count} not tested"),
            };
            let tested = counted(report.innocent.len(), "variation");
            format!("reproducible: {tested} without effect{left}")
        }
        BuildVerdict::Unreproducible => format!("unreproducible: by {}", guilty.join(", ")),
        BuildVerdict::IntrinsicallyUnstable => {
            let names: Vec<&str> = report.unstable.iter().map(|u| u.artifact.as_str()).collect();
            format!("intrinsically unstable: {}", names.join(", "))
        }
        BuildVerdict::BuildFails => format!("build fails: {reason}"),
        BuildVerdict::Undetermined => format!("undetermined: {reason}"),
    }
}

/// The control, each variation, each secret.
fn checks(report: &RebuildReport, summary: &str) -> Vec<CheckOutcome> {
    let control = match report.verdict {
        BuildVerdict::BuildFails | BuildVerdict::Undetermined => CheckResult::Error(summary.to_owned()),
        _ if !report.unstable.is_empty() => {
            let blocks: Vec<String> = report
                .unstable
                .iter()
                .map(|u| format!("{}\n{}", u.artifact, text(&u.findings, &u.unexplained)))
                .collect();
            CheckResult::Fail(
                "two builds in the same environment differ".to_owned(),
                blocks.join("\n\n"),
            )
        }
        _ => CheckResult::Pass,
    };
    let check = |name: &str, result| CheckOutcome {
        name: name.to_owned(),
        result,
    };
    let mut checks = vec![check("control", control)];
    for planned in &report.plan.variations {
        let name = planned.name.as_str();
        let has = |names: &[String]| names.iter().any(|n| n == name);
        let guilty = report
            .guilty
            .iter()
            .find(|g| has(&g.variations) || has(&g.captured) || has(&g.mixed));
        let not = report.not_tested.iter().find(|not| not.name == name);
        let result = match (guilty, not) {
            (Some(guilty), _) => {
                let fix = guilty.fixes.iter().find(|fix| fix.proved).map(proved);
                let text = format!(
                    "{}\n{}",
                    text(&guilty.findings, &guilty.unexplained),
                    fix.unwrap_or_default()
                );
                CheckResult::Fail(format!("{} {}", together(guilty), effect(guilty, false)), text)
            }
            (None, Some(not)) => CheckResult::Skipped(not.why.clone()),
            (None, None) if has(&report.innocent) => CheckResult::Pass,
            (None, None) => CheckResult::Skipped("no verdict".to_owned()),
        };
        checks.push(check(name, result));
    }
    for secret in &report.secrets {
        let found: Vec<String> = secret
            .found
            .iter()
            .map(|place| format!("{} (as {})", place.address, place.form))
            .collect();
        let result = match found.is_empty() {
            true => CheckResult::Pass,
            false => CheckResult::Fail(format!("{} is in what was made", secret.name), found.join("\n")),
        };
        checks.push(check(&format!("secret {}", secret.name), result));
    }
    checks
}

fn text(findings: &[Finding], places: &[Place]) -> String {
    let whole = |_: &str| String::new();
    let causes = by_cause(findings, &whole)
        .into_iter()
        .filter(|group| !group.1.knock_on)
        .map(|(_, f, count, places)| {
            let what = sentence(f, count, places);
            format!("{}: {what}\n{}\nfix  {}", f.cause, sides(&f.a, &f.b), f.fix)
        });
    let rest = places
        .iter()
        .take(50)
        .map(|place| format!("{}\n{}", unexplained(place), sides(&place.a, &place.b)));
    causes.chain(rest).collect::<Vec<_>>().join("\n\n")
}
