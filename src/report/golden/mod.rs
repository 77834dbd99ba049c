//! Reports made by hand are as `tests/snapshots/reports` has them: those whose commands find something else on each machine.

mod ddc;
mod doctor;
mod published;
#[path = "../../../tests/support/golden.rs"]
mod snapshot;
mod verify;

use super::{
    Checked, Report,
    build::tests as build,
    ddc::Ddc,
    format::{Format, Options},
    lists, subject,
};
use crate::model::Tool;
use snapshot::{golden, lean};
use std::path::Path;

/// What repro calls itself, of any version.
const TOOL: Tool = Tool {
    name: "repro",
    version: "0.1.0",
};

/// A digest that can be told from others.
fn digest(digit: char) -> String {
    digit.to_string().repeat(64)
}

fn names(list: &str) -> Vec<String> {
    list.split_whitespace().map(str::to_owned).collect()
}

/// Compares a text with its file; what is wrong.
fn same(name: &str, format: Format, text: Vec<u8>) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/reports");
    let text = lean(&String::from_utf8(text).unwrap());
    golden(&folder.join(format!("{name}.{}", format.name())), &text).err()
}

/// A report in some formats, as its command writes it where nothing tells the terminal's width.
fn plain(name: &str, report: &dyn Report, formats: &[Format], verbose: bool) -> Vec<String> {
    let options = Options {
        verbose,
        width: Some(80),
        ..Options::default()
    };
    let written = formats.iter().filter_map(|format| {
        let mut text = Vec::new();
        subject::write(report, *format, options, &mut text).unwrap();
        same(name, *format, text)
    });
    written.collect()
}

/// A report in all of its formats.
fn checked(name: &str, report: &dyn Checked) -> Vec<String> {
    let (listed, read): (Vec<Format>, Vec<Format>) = Format::CHECKED
        .iter()
        .partition(|format| lists::writer(**format).is_some());
    let problems = report.problems();
    let written = listed.into_iter().filter_map(|format| {
        let mut text = Vec::new();
        lists::writer(format)?(&problems, &mut text).unwrap();
        same(name, format, text)
    });
    let mut wrong: Vec<String> = written.collect();
    wrong.extend(plain(name, report, &read, false));
    wrong
}

#[test]
fn reports_are_as_they_were() {
    let (clean, broken, agreed, mismatch) = (build::clean(), build::broken(), ddc::agreed(), ddc::mismatch());
    let (text, unlisted) = (&[Format::Text], &[Format::Text, Format::Json, Format::Markdown]);
    let ddc = |found| Ddc {
        found,
        spec: "ddc.toml",
    };
    let wrong = [
        plain("build-clean", &clean, text, false),
        plain("build-verbose", &broken, text, true),
        checked("build", &broken),
        plain("ddc-match", &ddc(&agreed), text, false),
        checked("ddc", &ddc(&mismatch)),
        plain("doctor", &doctor::found(), unlisted, false),
        checked("rebuild", &published::tampered()),
        plain("rebuild-failed", &published::failed(), text, false),
        checked("verify", &verify::disputed()),
    ]
    .concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
