//! Documents of TeX.

use super::{
    Preset, Proposal,
    tree::{Tree, plain},
};

/// `tex`
pub(super) static PRESET: Preset = Preset {
    name: "tex",
    what: "a LaTeX document",
    marks: &["*.tex"],
    propose,
};

fn propose(tree: &Tree) -> Option<Proposal> {
    let names = tree.names("");
    let documents = names
        .iter()
        .filter_map(|name| name.strip_suffix(".tex"))
        .filter(|name| plain(name));
    let whole = |name: &&str| {
        let text = tree.text(&format!("{name}.tex")).unwrap_or_default();
        text.lines()
            .any(|line| line.trim_start().starts_with("\\documentclass"))
    };
    let document = documents.into_iter().find(whole)?;
    let command = match tree.program("latexmk") || !tree.program("pdflatex") {
        true => format!("latexmk -pdf -interaction=nonstopmode {document}.tex"),
        // References are right the second time.
        false => format!(
            "pdflatex -interaction=nonstopmode {document}.tex && pdflatex -interaction=nonstopmode {document}.tex"
        ),
    };
    Some(Proposal::new(command, &[&format!("{document}.pdf")]))
}
