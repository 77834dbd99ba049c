//! The day of the build in a TeX document.

use crate::lint::{Code, Confidence, Hits, Language, Rule, rule::build_file};

/// The rule.
pub static RULE: Rule = Rule {
    id: "tex-today",
    languages: &[Language::Tex],
    cause: "embedded-timestamp",
    confidence: Confidence::Medium,
    what: "A document shows the day on which it is built",
    why: "\\today is the clock's, unless SOURCE_DATE_EPOCH and FORCE_SOURCE_DATE=1 are set. A document that defines \\today anew, \
          and \\today in a comment or in verbatim text, do not matter.",
    fix: "\\date{2024-01-01}, or FORCE_SOURCE_DATE=1 with SOURCE_DATE_EPOCH",
    references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
    triggers: &["\\today", "\\pdfcreationdate", "\\currenttime"],
    check,
};

/// Environments whose text is no code.
const VERBATIM: &[&str] = &[
    "verbatim",
    "Verbatim",
    "lstlisting",
    "minted",
    "comment",
    "filecontents",
    "alltt",
    "example",
];

fn check(code: &Code<'_>, hits: &mut Hits) {
    let defined = [
        "\\def\\today",
        "\\gdef\\today",
        "\\xdef\\today",
        "\\renewcommand{\\today}",
        "\\renewcommand\\today",
        "\\let\\today",
        "FORCE_SOURCE_DATE",
    ];
    // Only a document is built; classes and styles are somebody's program.
    let document = code.file_name().ends_with(".tex") || code.file_name().ends_with(".ltx");
    if !document || build_file::is_test_path(code.path) || defined.iter().any(|it| code.text.contains(it)) {
        return;
    }
    let mut start = 0;
    let mut verbatim: Option<&str> = None;
    for line in code.text.split_inclusive('\n') {
        let here = start;
        start += line.len();
        if let Some(name) = verbatim {
            if line.contains(&format!("\\end{{{name}")) {
                verbatim = None;
            }
            continue;
        }
        verbatim = VERBATIM
            .iter()
            .copied()
            .find(|name| line.contains(&format!("\\begin{{{name}")));
        let live = uncommented(line);
        // What follows `\\verb` in its line is shown, not run.
        let shown_from = ["\\verb", "\\lstinline"]
            .iter()
            .filter_map(|it| live.find(it))
            .min()
            .unwrap_or(live.len());
        for word in RULE.triggers {
            for (at, _) in live.match_indices(word).take_while(|(at, _)| *at < shown_from) {
                let after = live.get(at + word.len()..).unwrap_or("");
                let before = live.get(..at).unwrap_or("");
                let whole = !after.starts_with(|c: char| c.is_ascii_alphabetic());
                // `\texttt{\string\today}`, `\cmd\today`
                let named = before.ends_with("\\string") || before.ends_with("\\cmd") || before.ends_with('\\');
                if whole && !named {
                    hits.at(
                        here + at..here + at + word.len(),
                        format!("`{word}` is the day of the build"),
                    );
                }
            }
        }
    }
}

/// A line up to its comment: `\%` is a percent sign.
fn uncommented(line: &str) -> &str {
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match c {
            '\\' => escaped = !escaped,
            '%' if !escaped => return line.get(..at).unwrap_or(line),
            _ => escaped = false,
        }
    }
    line
}
