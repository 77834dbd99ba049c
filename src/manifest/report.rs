//! What `repro check` says: text for people, JSON for programs.

use std::io::{self, Write};

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::display;
use super::expected::{Malformed, Manifest};
use super::json::{Tool, VERSION, name};
use super::verify::{Finding, What};

/// The result of a check.
pub struct Outcome<'a> {
    findings: Vec<Finding>,
    malformed: &'a [Malformed],
    checked: usize,
    /// Whether extra paths were looked for.
    extras: bool,
    strict: bool,
    incomplete: bool,
}

impl<'a> Outcome<'a> {
    /// Puts the findings in order, by path.
    pub fn new(manifest: &'a Manifest, mut findings: Vec<Finding>, extras: bool, strict: bool) -> Self {
        findings.sort_by(|a, b| a.path.cmp(&b.path));
        findings.dedup();
        let incomplete = manifest.walk.as_ref().is_some_and(|walk| walk.incomplete);
        Outcome {
            findings,
            malformed: &manifest.malformed,
            checked: manifest.len(),
            extras,
            strict,
            incomplete,
        }
    }

    fn count(&self, which: fn(&What) -> bool) -> usize {
        self.findings.iter().filter(|finding| which(&finding.what)).count()
    }

    fn trouble(&self) -> bool {
        self.count(is_unreadable) > 0 || !self.malformed.is_empty() || self.incomplete
    }

    /// By path.
    pub(super) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether a finding makes a difference to the answer.
    pub(super) fn counts(&self, finding: &Finding) -> bool {
        match &finding.what {
            What::Changed { .. } | What::Missing | What::Mode { granted: true, .. } => true,
            What::Extra | What::Mode { .. } => self.strict,
            What::Told { .. } | What::Unreadable(_) => false,
        }
    }

    fn differs(&self) -> bool {
        self.findings.iter().any(|finding| self.counts(finding))
    }

    /// 0 same, 1 differs, 2 if anything could not be read or understood, whatever else was found.
    pub fn exit_status(&self) -> u8 {
        if self.trouble() { 2 } else { u8::from(self.differs()) }
    }

    /// Lines for standard error: what could not be read or understood.
    pub fn troubles(&self, manifest: &str) -> Vec<String> {
        let all = self.troubled(manifest).into_iter();
        all.map(|(at, what)| format!("{at}: {what}")).collect()
    }

    /// What could not be read or understood, and where.
    pub(super) fn troubled(&self, manifest: &str) -> Vec<(String, String)> {
        let lines = self
            .malformed
            .iter()
            .map(|m| (format!("{manifest}:{}", m.line), m.what.clone()));
        let unreadable = self.findings.iter().filter_map(|finding| match &finding.what {
            What::Unreadable(error) => Some((display(&finding.path), error.clone())),
            _ => None,
        });
        let incomplete = "the manifest says that its writer could not read everything";
        let incomplete = self.incomplete.then(|| (manifest.to_owned(), incomplete.to_owned()));
        lines.chain(unreadable).chain(incomplete).collect()
    }

    /// One line a finding, then the count.
    ///
    /// # Errors
    /// Only what `out` gives.
    pub fn write_text(&self, out: &mut dyn Write, color: bool, quiet: bool) -> io::Result<()> {
        use anstyle::{AnsiColor, Style};
        for finding in &self.findings {
            let path = display(&finding.path);
            let (word, shade, detail) = match &finding.what {
                What::Changed { field: "content", .. } => ("changed", AnsiColor::Red, String::new()),
                What::Changed { field, expected, found } => {
                    ("changed", AnsiColor::Red, format!("  {field} {expected} -> {found}"))
                }
                What::Missing => ("missing", AnsiColor::Red, String::new()),
                What::Extra => ("extra", AnsiColor::Yellow, String::new()),
                What::Mode { expected, found, .. } => ("mode", AnsiColor::Yellow, format!("  {expected} -> {found}")),
                What::Told {
                    field: "link", found, ..
                } => ("link", AnsiColor::Yellow, format!("  -> {found}")),
                What::Told { field, expected, found } => {
                    (*field, AnsiColor::Yellow, format!("  {expected} -> {found}"))
                }
                What::Unreadable(_) => continue,
            };
            let style = if color { shade.on_default() } else { Style::new() };
            writeln!(out, "{style}{word:<8}{style:#} {path}{detail}")?;
        }
        if quiet {
            return Ok(());
        }
        writeln!(out, "{}", self.summary())
    }

    /// The answer, and how many there are of each kind.
    pub fn summary(&self) -> String {
        let changed = self.count(|what| matches!(what, What::Changed { .. }));
        let missing = self.count(|what| *what == What::Missing);
        let mode = self.count(|what| matches!(what, What::Mode { .. }));
        let extra = match self.extras {
            true => format!("{} extra", self.count(|what| *what == What::Extra)),
            false => "extra not looked for".to_owned(),
        };
        let (verdict, checked) = (self.verdict(), self.checked);
        let mut text =
            format!("{verdict}: {checked} listed, {changed} changed, {missing} missing, {extra}, {mode} mode changed");
        for (count, what) in [
            (self.count(is_link), "through links"),
            (self.count(is_unreadable), "unreadable"),
            (self.malformed.len(), "malformed"),
        ] {
            if count > 0 {
                text.push_str(&format!(", {count} {what}"));
            }
        }
        text
    }

    /// `same`, `differs` or `undetermined`.
    pub fn verdict(&self) -> &'static str {
        match (self.differs(), self.trouble()) {
            (true, _) => "differs",
            (false, true) => "undetermined",
            (false, false) => "same",
        }
    }

    /// The whole result, as `check-schema.json` has it.
    ///
    /// # Errors
    /// Only what `out` gives.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self).map_err(io::Error::from)?;
        out.write_all(b"\n")
    }
}

fn is_link(what: &What) -> bool {
    matches!(what, What::Told { field: "link", .. })
}

fn is_unreadable(what: &What) -> bool {
    matches!(what, What::Unreadable(_))
}

impl Serialize for Outcome<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let some = |which| Some(Those(&self.findings, which));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema_version", &VERSION)?;
        map.serialize_entry("kind", "check")?;
        map.serialize_entry("tool", &Tool::SELF)?;
        map.serialize_entry("verdict", self.verdict())?;
        map.serialize_entry("strict", &self.strict)?;
        map.serialize_entry("checked", &self.checked)?;
        map.serialize_entry("changed", &some(|what| matches!(what, What::Changed { .. })))?;
        map.serialize_entry("missing", &some(|what| *what == What::Missing))?;
        map.serialize_entry("extra", &some(|what| *what == What::Extra).filter(|_| self.extras))?;
        map.serialize_entry("mode_changed", &some(|what| matches!(what, What::Mode { .. })))?;
        map.serialize_entry("told", &some(|what| matches!(what, What::Told { .. })))?;
        map.serialize_entry("unreadable", &some(is_unreadable))?;
        map.serialize_entry("malformed", &Lines(self.malformed))?;
        map.end()
    }
}

struct Lines<'a>(&'a [Malformed]);

impl Serialize for Lines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for malformed in self.0 {
            seq.serialize_element(&serde_json::json!({ "line": malformed.line, "error": malformed.what }))?;
        }
        seq.end()
    }
}

/// The findings of one sort.
struct Those<'a>(&'a [Finding], fn(&What) -> bool);

impl Serialize for Those<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().filter(|finding| (self.1)(&finding.what)))
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        name(&mut map, ("path", "path_hex"), &self.path)?;
        match &self.what {
            What::Changed { field, expected, found } | What::Told { field, expected, found } => {
                map.serialize_entry("field", field)?;
                map.serialize_entry("expected", expected)?;
                map.serialize_entry("found", found)?;
            }
            What::Mode { expected, found, .. } => {
                map.serialize_entry("expected", expected)?;
                map.serialize_entry("found", found)?;
            }
            What::Unreadable(error) => map.serialize_entry("error", error)?,
            What::Missing | What::Extra => {}
        }
        map.end()
    }
}
