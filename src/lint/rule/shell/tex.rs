//! sh-tex

use super::{
    super::super::{Code, Confidence, Hits, Language, Rule},
    command::Command,
    is_build,
    script::Script,
    sets_the_time,
};

pub static RULE: Rule = Rule {
    id: "sh-tex",
    languages: &[Language::Shell],
    cause: "embedded-timestamp",
    confidence: Confidence::Medium,
    what: "TeX writes the time of the build, and an identifier made from it, into a PDF",
    why: "Without SOURCE_DATE_EPOCH, CreationDate and ModDate are the clock's, and /ID is made from them and from the folder. A document that \
          shows the day needs FORCE_SOURCE_DATE=1, too.",
    fix: "SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) FORCE_SOURCE_DATE=1 pdflatex …",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["tex", "latexmk", "tectonic"],
    check,
};

/// Programs that make a PDF, or start one that does.
const ENGINES: &[&str] = &[
    "pdftex", "pdflatex", "xetex", "xelatex", "luatex", "lualatex", "latexmk", "tectonic", "texi2pdf", "texi2any",
];

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_build(code) || sets_the_time(code) {
        return;
    }
    let script = Script::new(code);
    for command in script.named(ENGINES).filter(|command| makes(command)) {
        let message = format!("{} runs without SOURCE_DATE_EPOCH", command.name);
        hits.at(command.place.start..command.node.end_byte(), message);
    }
}

/// Whether it makes a document: it is not asked for its version, nor to clean up, nor for something else than a PDF.
fn makes(command: &Command<'_>) -> bool {
    let other = [
        "--version",
        "-version",
        "--help",
        "-help",
        "-v",
        "-C",
        "-c",
        "-ini",
        "--ini",
        "-dvi",
        "-ps",
        "--html",
        "--xml",
        "--info",
        "--plaintext",
    ];
    let pdf = command.name != "texi2any" || command.has("--pdf");
    pdf && command.operands().next().is_some() && !other.iter().any(|option| command.has(option))
}
