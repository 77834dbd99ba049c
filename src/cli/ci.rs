//! What GitHub Actions is told beside a report.
//!
//! With `GITHUB_ACTIONS=true` a command prints annotations on standard error, appends its report as markdown to the file that
//! `GITHUB_STEP_SUMMARY` names, and writes `verdict=…` to the one that `GITHUB_OUTPUT` names. `REPRO_CI=0` turns this off.

use super::{Error, Global, pager::Pager, warn};
use repro::{
    bytes::{digest::Algorithm, plain},
    model::ProblemReport,
    report::{Checked, format::Format, lists::github::annotate},
};
use std::{
    borrow::Cow,
    env,
    fs::{self, File},
    io::{self, Write},
    ops::Deref,
    path::Path,
};

/// Bytes that a step's summary may have.
const SUMMARY: u64 = 1 << 20;

/// Whether this is a step of GitHub Actions that is to be told.
fn github() -> bool {
    let is = |name, value: &str| env::var_os(name).is_some_and(|found| found == value);
    is("GITHUB_ACTIONS", "true") && !is("REPRO_CI", "0")
}

/// Writes the result where `--output` says. No text of an artifact that a step of GitHub Actions prints is obeyed as a workflow command.
/// What is for people is fenced: the word that ends the fence is the text's own digest, which the text cannot contain. In what is for
/// programs, which may read it from standard output, a command's marks are spelt otherwise.
pub fn print(global: &Global, format: Format, body: impl Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    // Annotations are commands, with what they say encoded.
    if !github() || global.output_file().is_some() || format == Format::Github {
        return match Pager::wanted(global, format) {
            Some(pager) => paged(&pager, global, body),
            None => global.write(body),
        };
    }
    let mut text = Vec::new();
    body(&mut text).map_err(|error| Error::at("standard output", error))?;
    if !matches!(format, Format::Text | Format::Markdown) {
        return global.write(|out| out.write_all(spelt(&text, format).as_bytes()));
    }
    if !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    let end = Algorithm::Sha256.digest(&text);
    global.write(|out| {
        writeln!(out, "::stop-commands::{end}")?;
        out.write_all(&text)?;
        writeln!(out, "::{end}::")
    })
}

/// Shows a report by a pager, or prints it where that can't be run.
fn paged(pager: &Pager, global: &Global, body: impl Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let mut text = Vec::new();
    body(&mut text).map_err(|error| Error::at("standard output", error))?;
    match pager.show(&text) {
        true => Ok(()),
        false => global.write(|out| out.write_all(&text)),
    }
}

/// JSON, XML or HTML of the same meaning in which no line starts with `::` or has `##[` in it. JSON can hold neither but in strings, where
/// no line starts.
fn spelt(text: &[u8], format: Format) -> String {
    let text = String::from_utf8_lossy(text);
    if !matches!(format, Format::Junit | Format::Html) {
        return text.replace("##[", "##\\u005b");
    }
    let line = |line: &str| match line.trim_start().strip_prefix("::") {
        Some(rest) => format!("{}&#58;:{rest}", &line[..line.len() - line.trim_start().len()]),
        None => line.to_owned(),
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    lines.join("\n").replace("##[", "##&#91;")
}

/// JSON that a step prints, of the same meaning, in which nothing is taken for a command.
pub fn json(text: &[u8]) -> Cow<'_, [u8]> {
    match github() && memchr::memmem::find(text, b"##[").is_some() {
        true => Cow::Owned(spelt(text, Format::Json).into_bytes()),
        false => Cow::Borrowed(text),
    }
}

/// One line of standard error that GitHub Actions takes for no workflow command: those start a line with `::`, or have `##[` in it.
pub fn harmless(line: &str) -> Cow<'_, str> {
    if !github() || !(line.contains("::") || line.contains("##[")) {
        return Cow::Borrowed(line);
    }
    let lines: Vec<String> = line
        .split(['\n', '\r'])
        .map(|line| match line.trim_start().starts_with("::") {
            true => format!("| {line}"),
            false => line.to_owned(),
        })
        .collect();
    Cow::Owned(lines.join("\n").replace("##[", "## ["))
}

/// Tells a step of GitHub Actions the verdict, the problems and, as its summary, the report. That it cannot be told is said, and changes
/// nothing about the outcome.
pub fn announce(global: &Global, format: Format, report: &dyn Checked, problems: impl Deref<Target = ProblemReport>) {
    if !github() {
        return;
    }
    let (verdict, problems) = (report.verdict(), &*problems);
    // The report itself may be made of annotations already.
    let annotated = format == Format::Github && global.output_file().is_none();
    if !annotated && !global.quiet {
        let mut commands = Vec::new();
        if annotate(problems, &mut commands).is_ok() {
            let _ = io::stderr().write_all(&commands);
        }
    }
    let file = |name| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(path) = file("GITHUB_STEP_SUMMARY") {
        let path = Path::new(&path);
        if let Err(error) = summarise(path, report, &verdict, problems) {
            warn(format!("{}: {}", path.display(), plain(&error)));
        }
    }
    if let Some(path) = file("GITHUB_OUTPUT") {
        let path = Path::new(&path);
        if let Err(error) = append(path, format!("verdict={verdict}\n").as_bytes()) {
            warn(format!("{}: {}", path.display(), plain(&error)));
        }
    }
}

fn summarise(path: &Path, report: &dyn Checked, verdict: &str, problems: &ProblemReport) -> io::Result<()> {
    let used = fs::metadata(path).map_or(0, |found| found.len());
    let mut text = Vec::new();
    report.markdown(&mut text)?;
    text.push(b'\n');
    if used.saturating_add(text.len() as u64) > SUMMARY {
        // Half a report could end inside a table; GitHub refuses one that is too long as a whole.
        let command = problems.command;
        text = format!("### `{command}`: {verdict}\n\nThe report is too long for this page: see the step's log.\n\n")
            .into();
    }
    append(path, &text)
}

fn append(path: &Path, text: &[u8]) -> io::Result<()> {
    File::options().append(true).create(true).open(path)?.write_all(text)
}
