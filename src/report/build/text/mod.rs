//! Text for a terminal: the answer, then each guilty set with its proof, then what else the experiment says.

mod failure;
mod guilty;

use super::words::{self, shell};
use crate::{
    model::{Finding, Place, RebuildReport, Unstable},
    notation::{clean, clip},
    report::{
        format::Options,
        parts::{
            text::{BOLD, DIM, Page, color},
            words::{counted, join},
        },
        wrap::whole,
    },
};
use anstyle::AnsiColor;
use std::io::{self, Write};

/// Guilty sets and unstable artifacts of which the bytes are shown.
const SETS: usize = 4;
/// Characters of a command line.
const COMMAND: usize = 110;

/// The report as text.
pub fn write(report: &RebuildReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, options);
    page.answer(report)?;
    page.margin = "  ";
    // The more there is to show, the less of each.
    let sets = report.guilty.len() + report.unstable.len();
    let brief = !options.verbose && sets > 2;
    (page.block, page.room) = match sets {
        0 | 1 => (3, [14, 8]),
        2 => (2, [7, 4]),
        _ => (1, [1, 1]),
    };
    let shown = if options.verbose { usize::MAX } else { SETS };
    for unstable in report.unstable.iter().take(shown) {
        page.unstable(unstable, brief)?;
    }
    page.folded(report.unstable.len().saturating_sub(shown), "more unstable artifacts")?;
    for (n, guilty) in report.guilty.iter().enumerate() {
        match n < shown {
            true => page.guilty(report, guilty, brief)?,
            false => page.listed(report, guilty)?,
        }
    }
    page.margin = "";
    page.variations(report)?;
    page.against(report)?;
    page.rest(report)?;
    page.end(report)
}

impl Page<'_> {
    fn answer(&mut self, report: &RebuildReport) -> io::Result<()> {
        let (word, style, rest) = words::answer(report);
        let word = self.paint(color(style).bold(), word);
        self.prose(2, format_args!("{word}: {rest}"))?;
        for secret in &report.secrets {
            let shown = if self.options.verbose { usize::MAX } else { 3 };
            let red = self.paint(color(AnsiColor::Red).bold(), "secret-in-artifact");
            for place in secret.found.iter().take(shown) {
                let address = whole(&clean(&place.address));
                let line = format!(
                    "{} is in {address} at byte {}, as {}",
                    clean(&secret.name),
                    place.offset,
                    place.form
                );
                self.prose(2, format_args!("{red}: {line}"))?;
            }
            self.folded(secret.found.len().saturating_sub(shown), "more places")?;
        }
        self.failure(report)
    }

    fn title(&mut self, name: &str, rest: &str) -> io::Result<()> {
        let name = self.paint(BOLD, name);
        writeln!(self.out)?;
        let margin = std::mem::take(&mut self.margin);
        let written = self.prose(2, format_args!("{name}  {rest}"));
        self.margin = margin;
        written
    }

    fn unstable(&mut self, unstable: &Unstable, brief: bool) -> io::Result<()> {
        let artifact = clean(&unstable.artifact);
        self.title(&artifact, "differs between two builds in the same environment")?;
        self.found(&unstable.findings, &unstable.unexplained, brief)
    }

    /// What `diff` says; where there is little room, unexplained places show only if there is no cause to show.
    fn found(&mut self, findings: &[Finding], places: &[Place], brief: bool) -> io::Result<()> {
        self.causes(findings)?;
        if brief && !places.is_empty() && findings.iter().any(|f| !f.knock_on) {
            return self.folded(places.len(), "not explained");
        }
        self.places(places, places.len())
    }

    fn variations(&mut self, report: &RebuildReport) -> io::Result<()> {
        if report.plan.variations.is_empty() {
            return Ok(());
        }
        let guilty = |name: &str| report.guilty.iter().any(|g| g.variations.iter().any(|v| v == name));
        let rows: Vec<_> = report
            .plan
            .variations
            .iter()
            .filter(|v| self.options.verbose || guilty(&v.name) && !report.plan.quick)
            .collect();
        let title = self.paint(
            BOLD,
            &format!("{:<15}{:<15}{:<11}result", "variation", "back end", "effective"),
        );
        self.line("")?;
        if !rows.is_empty() {
            self.line(title)?;
        }
        for row in rows {
            let result = words::result(report, &row.name);
            let result = match guilty(&row.name) {
                true => self.paint(color(AnsiColor::Red), &result),
                false => result,
            };
            let effective = if row.effective { "yes" } else { "no" };
            let backend = row.backend.as_deref().unwrap_or("-");
            let name = &row.name;
            self.prose(41, format_args!("{name:<15}{backend:<15}{effective:<11}{result}"))?;
            if let Some([a, b]) = row.observed.as_ref().filter(|_| self.options.verbose) {
                let seen = format!("{:<15}seen: {} → {}", "", clip(&clean(a), 60), clip(&clean(b), 60));
                let seen = self.paint(DIM, &seen);
                self.line(seen)?;
            }
        }
        if self.options.verbose {
            return Ok(());
        }
        if let Some(all) = report.guilty.first().filter(|_| report.plan.quick) {
            let varied = counted(all.variations.len(), "variation");
            self.list(&format!("varied at once ({varied})"), &all.variations, "")?;
        }
        let tested = counted(report.innocent.len(), "variation");
        self.list(&format!("no effect ({tested})"), &report.innocent, "")?;
        for (why, names) in words::reasons(report) {
            self.list("not tested", &names, &format!(" ({why})"))?;
        }
        Ok(())
    }

    /// `title: a, b, c`.
    fn list<T: AsRef<str>>(&mut self, title: &str, names: &[T], end: &str) -> io::Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        self.prose(2, format_args!("{title}: {}{end}", names.join(", ")))
    }

    fn against(&mut self, report: &RebuildReport) -> io::Result<()> {
        let Some(differences) = &report.against else {
            return Ok(());
        };
        if differences.is_empty() {
            return self.line("\nenvironment: as recorded");
        }
        let parts = counted(differences.len(), "part");
        self.title("environment", &format!("{parts} not as recorded"))?;
        let shown = if self.options.verbose { usize::MAX } else { 8 };
        for part in differences.iter().take(shown) {
            let side = |value: &Option<String>| {
                value
                    .as_deref()
                    .map_or_else(|| "(none)".to_owned(), |v| clip(&clean(v), 64))
            };
            self.line(format_args!(
                "  {}: {} → {}",
                clean(&part.what),
                side(&part.recorded),
                side(&part.here)
            ))?;
        }
        self.folded(differences.len().saturating_sub(shown), "more")
    }

    /// Leftovers, secrets, the network.
    fn rest(&mut self, report: &RebuildReport) -> io::Result<()> {
        let mut left: Vec<(String, Vec<String>)> = Vec::new();
        for leftover in &report.leftovers {
            let command = clip(&shell(&leftover.command), COMMAND);
            match left.iter_mut().find(|(known, _)| *known == command) {
                Some(known) => known.1.push(leftover.run.to_string()),
                None => left.push((command, vec![leftover.run.to_string()])),
            }
        }
        if !left.is_empty() {
            self.title(
                "left behind",
                "processes that still ran when the build had ended; they were killed",
            )?;
        }
        let shown = if self.options.verbose { usize::MAX } else { 4 };
        for (command, runs) in left.iter().take(shown) {
            let runs = runs_word(runs, self.options.verbose);
            self.line(format_args!("  {command}  ({runs})"))?;
        }
        self.folded(left.len().saturating_sub(shown), "more")?;
        if !report.secrets.is_empty() || report.plan.network {
            self.line("")?;
        }
        for secret in &report.secrets {
            self.prose(2, words::secret(secret, shown))?;
        }
        if report.plan.network {
            self.prose(
                2,
                "the build could reach the network: what it fetches may change without notice",
            )?;
        }
        Ok(())
    }

    fn end(&mut self, report: &RebuildReport) -> io::Result<()> {
        self.line("")?;
        if self.options.verbose {
            for (name, value) in &report.plan.control {
                self.line(format_args!("control  {name}: {}", clean(value)))?;
            }
            for run in &report.runs {
                let mut varied = match run.varied.as_slice() {
                    [] => "nothing varied".to_owned(),
                    names => format!("varied {}", names.join(" ")),
                };
                if !run.remedies.is_empty() {
                    varied = format!("{varied}, with {}", run.remedies.join(" "));
                }
                let outcome = words::outcome(report, run);
                let (run_id, seconds) = (run.id, run.cpu_seconds);
                self.prose(2, format_args!("run {run_id}  {varied}: {outcome}, {seconds:.1} s"))?;
                for (artifact, digest) in &run.sha256 {
                    self.line(format_args!("  sha256 {digest}  {}", clean(artifact)))?;
                }
                self.line(format_args!("  again: {}", clean(&run.replay)))?;
            }
        }
        let line = self.paint(DIM, &format!("{}; seed {}", words::cost(report), report.plan.seed));
        self.prose(2, line)?;
        let line = self.paint(DIM, &format!("all again: {}", clean(&report.replay)));
        self.line(line)
    }
}

/// `runs 1, 2 and 3`, or how many.
fn runs_word(runs: &[String], verbose: bool) -> String {
    match runs {
        [one] => format!("run {one}"),
        few if few.len() <= 6 || verbose => format!("runs {}", join(few)),
        many => counted(many.len(), "run"),
    }
}
