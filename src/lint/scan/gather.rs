//! One report of what came of each file.

use super::{
    super::{Rule, allow, config::Exception, fix::Fixed, judge::fingerprint},
    Outcome, Scanned,
    files::shown,
    named_rule,
};
use crate::model::{Level, LintAllowed, LintFinding, LintReport, LintSkipped, LintSummary, LintTrouble, Region, Tool};
use std::collections::{BTreeMap, BTreeSet};

/// Paths that are listed of what was skipped.
const LISTED: usize = 20;

/// The report while it grows.
#[derive(Default)]
pub(super) struct Gathered {
    findings: Vec<LintFinding>,
    allowed: Vec<LintAllowed>,
    skipped: BTreeMap<&'static str, LintSkipped>,
    troubles: Vec<LintTrouble>,
    fixed: Vec<Fixed>,
    used: Vec<bool>,
    files: usize,
    hidden: usize,
}

impl Gathered {
    /// An empty report, but for what could not be walked.
    pub(super) fn new(troubles: Vec<LintTrouble>, exceptions: usize) -> Self {
        Self {
            troubles,
            used: vec![false; exceptions],
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, outcome: Outcome) {
        if let Some(judged) = outcome.judged {
            self.files += 1;
            self.hidden += judged.hidden;
            self.findings.extend(judged.findings);
            self.allowed.extend(judged.allowed);
            for index in judged.used {
                if let Some(used) = self.used.get_mut(index) {
                    *used = true;
                }
            }
        }
        if let Some(reason) = outcome.skipped {
            let entry = self.skipped.entry(reason).or_insert_with(|| LintSkipped {
                reason,
                count: 0,
                paths: Vec::new(),
            });
            entry.count += 1;
            if entry.paths.len() < LISTED {
                entry.paths.push(outcome.shown.clone());
            }
        }
        if let Some(reason) = outcome.trouble {
            self.troubles.push(LintTrouble {
                path: outcome.shown,
                reason,
            });
        }
        self.fixed.extend(outcome.fixed);
    }

    /// Exceptions of the configuration that excuse nothing.
    pub(super) fn stale(&mut self, exceptions: &[Exception], rules: &[&'static Rule], file: &[u8]) {
        let run = |id: &str| rules.iter().any(|rule| rule.id == id);
        for (exception, used) in exceptions.iter().zip(&self.used) {
            if *used || !run(&exception.rule) {
                continue;
            }
            let path = shown(file);
            let snippet = format!("rule = {:?}, path = {:?}", exception.rule, exception.path);
            self.findings.push(LintFinding {
                rule: allow::UNUSED.id,
                cause: None,
                confidence: allow::UNUSED.confidence.word(),
                level: Level::Note,
                region: Region {
                    line: exception.line,
                    column: 1,
                    end_line: exception.line,
                    end_column: 1,
                },
                message: format!("{} finds nothing in {}", exception.rule, exception.path),
                marked: 0..snippet.chars().count(),
                fix: allow::UNUSED.fix,
                edit: None,
                fingerprint: fingerprint(&[allow::UNUSED.id, &path, &snippet]),
                snippet,
                path,
            });
        }
        self.findings
            .sort_by(|x, y| (&x.path, x.region, x.rule).cmp(&(&y.path, y.region, y.rule)));
    }

    pub(super) fn finish(mut self) -> Scanned {
        self.troubles.sort_by(|x, y| x.path.cmp(&y.path));
        let mut summary = LintSummary {
            files: self.files,
            allowed: self.allowed.len(),
            hidden: self.hidden,
            ..LintSummary::default()
        };
        let mut paths = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for finding in &self.findings {
            ids.insert(finding.rule);
            if finding.level == Level::Note {
                summary.notes += 1;
                continue;
            }
            paths.insert(finding.path.as_str());
            summary.findings += 1;
            summary.fixable += usize::from(finding.edit.is_some());
            match finding.confidence {
                "high" => summary.high += 1,
                "medium" => summary.medium += 1,
                _ => summary.low += 1,
            }
        }
        summary.files_with_findings = paths.len();
        ids.extend(self.allowed.iter().map(|allowed| allowed.finding.rule));
        let report = LintReport {
            schema_version: 1,
            tool: Tool::SELF,
            summary,
            rules: ids.into_iter().filter_map(named_rule).map(Rule::help).collect(),
            findings: self.findings,
            allowed: self.allowed,
            skipped: self.skipped.into_values().collect(),
            troubles: self.troubles,
        };
        Scanned {
            report,
            fixed: self.fixed,
        }
    }
}
