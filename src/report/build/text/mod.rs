//! Text for a terminal: the answer, then each guilty set with its proof, then what else the experiment says.

mod failure;

use super::words::{self, shell};
use crate::{
    model::{Finding, FirstDifference, Guilty, Place, RebuildReport, Unstable},
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

/// Guilty sets and unstable artifacts that are shown in full.
const SETS: usize = 4;
/// Characters of a command line.
const COMMAND: usize = 110;
/// Characters of a command line behind a path, and of a text's line.
const LINK: usize = 60;
/// Files of a chain.
const LINKS: usize = 5;

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
    for guilty in report.guilty.iter().take(shown) {
        page.guilty(report, guilty, brief)?;
    }
    page.folded(report.guilty.len().saturating_sub(shown), "more guilty sets")?;
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

    fn guilty(&mut self, report: &RebuildReport, guilty: &Guilty, brief: bool) -> io::Result<()> {
        self.title(&words::together(guilty), &words::effect(guilty, false))?;
        self.prose(11, format_args!("how known  {}", words::confirmed(report, guilty)))?;
        let only = report.runs.iter().find(|run| run.id == guilty.only);
        if let Some(why) = only.and_then(|run| run.why.as_deref()) {
            let lines: Vec<&str> = why.lines().collect();
            let skipped = if self.options.verbose {
                0
            } else {
                lines.len().saturating_sub(6)
            };
            for (n, line) in lines[skipped..].iter().enumerate() {
                let head = if n == 0 { "says     " } else { "         " };
                self.line(format_args!("{head}  {}", clean(line)))?;
            }
        }
        if let Some(found) = only.and_then(|run| run.failure.as_ref()) {
            self.wrong(found)?;
        }
        self.artifacts(guilty)?;
        if !guilty.captured.is_empty() {
            let names = join(&guilty.captured);
            self.prose(
                11,
                format_args!("captured   the artifacts copy the environment, and so show {names}, too"),
            )?;
        }
        if !guilty.mixed.is_empty() {
            let names = join(&guilty.mixed);
            let why = "changes the same places only, as one of several sources of the random value";
            self.prose(11, format_args!("mixed in   {names}: {why}"))?;
        }
        self.first(guilty, brief)?;
        self.found(&guilty.findings, &guilty.unexplained, brief)?;
        for fix in guilty.fixes.iter().filter(|fix| fix.proved) {
            let word = self.paint(color(AnsiColor::Green).bold(), "proved");
            self.prose(2, format_args!("{word}: {}", words::proved(fix)))?;
        }
        if let Some(line) = words::in_vain(guilty, self.options.verbose).filter(|_| !brief) {
            self.prose(2, line)?;
        }
        if let Some(run) = only.filter(|_| !brief) {
            let replay = self.paint(DIM, &format!("run {} again: {}", run.id, clean(&run.replay)));
            self.line(replay)?;
        }
        Ok(())
    }

    /// The artifacts, where the title only gives their number.
    fn artifacts(&mut self, guilty: &Guilty) -> io::Result<()> {
        if guilty.artifacts.len() <= 2 {
            return Ok(());
        }
        let shown = if self.options.verbose { usize::MAX } else { 4 };
        let mut names: Vec<String> = guilty.artifacts.iter().take(shown).map(|a| whole(&clean(a))).collect();
        if guilty.artifacts.len() > shown {
            names.push(format!("{} more", guilty.artifacts.len() - shown));
        }
        self.prose(11, format_args!("artifacts  {}", join(&names)))
    }

    fn first(&mut self, guilty: &Guilty, brief: bool) -> io::Result<()> {
        let Some(first) = &guilty.first else {
            return Ok(());
        };
        let verbose = self.options.verbose;
        let command = |command: &[String]| {
            let line = shell(command);
            if verbose { line } else { clip(&line, COMMAND) }
        };
        let path = self.paint(color(AnsiColor::Cyan), &clean(&first.path));
        self.line(format_args!("starts in  {path}, written by"))?;
        self.line(format_args!("             {}", command(&first.command)))?;
        // What a compiler runs out of its own folder says little to whoever wrote the build.
        let own = |parent: &&Vec<String>| parent.first().is_some_and(|p| p.starts_with("/usr/lib"));
        // A line that differs says more.
        let lined = first.chain.first().is_some_and(|link| link.line.is_some());
        let shown = match verbose {
            true => usize::MAX,
            false => 2 - usize::from(brief) - usize::from(lined),
        };
        for parent in first.parents.iter().filter(|p| verbose || !own(p)).take(shown) {
            let line = self.paint(DIM, &command(parent));
            self.line(format_args!("             … run by {line}"))?;
        }
        self.chain(first, brief)?;
        // The way says what follows better than a list.
        if !first.then.is_empty() && !brief && (first.chain.len() < 2 || verbose) {
            let shown = if verbose { usize::MAX } else { 4 };
            let mut names: Vec<String> = first.then.iter().take(shown).map(|p| whole(&clean(p))).collect();
            if first.then.len() > shown {
                names.push(format!("{} more", first.then.len() - shown));
            }
            self.prose(11, format_args!("then       {}", join(&names)))?;
        }
        Ok(())
    }

    /// The way from the first file to an artifact, with the lines that differ.
    fn chain(&mut self, first: &FirstDifference, brief: bool) -> io::Result<()> {
        if brief {
            let line = first.chain.first().and_then(|link| link.line.as_ref());
            return line.map_or(Ok(()), |line| {
                let line = words::line(line, |text| clip(text, LINK / 2));
                self.line(format_args!("             {line}"))
            });
        }
        let (room, shown) = match self.options.verbose {
            true => (usize::MAX, usize::MAX),
            false => (LINK, LINKS),
        };
        let mut previous = None;
        for (n, link) in first.chain.iter().enumerate().take(shown) {
            if n > 0 {
                let path = self.paint(color(AnsiColor::Cyan), &clean(&link.path));
                let by = clip(&shell(&link.command), room);
                self.line(format_args!("leads to   {path}, by {by}"))?;
            }
            // The same line again, copied from file to file, says nothing new.
            let Some(line) = link.line.as_ref().filter(|line| previous != Some((&line.a, &line.b))) else {
                continue;
            };
            previous = Some((&line.a, &line.b));
            for (name, text) in [("a", &line.a), ("b", &line.b)] {
                let text = text
                    .as_deref()
                    .map_or_else(|| "(no such line)".to_owned(), |text| clip(&clean(text), room));
                self.line(format_args!("             line {} {name}  {text}", line.number))?;
            }
        }
        self.folded(first.chain.len().saturating_sub(shown), "more files on the way")
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
            .filter(|v| self.options.verbose || guilty(&v.name))
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
            self.prose(2, words::secret(secret))?;
            for left in secret.not_searched.iter().take(shown) {
                self.prose(2, format_args!("  not searched: {}", clean(left)))?;
            }
            self.folded(secret.not_searched.len().saturating_sub(shown), "more not searched")?;
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
