//! The documentation: every relative link leads to a file and a heading that exist, and the README stays short.

use crate::support::root;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Most bytes of README.md.
const README: u64 = 8_000;

/// The pages: markdown at the root and in `docs/`.
pub fn pages() -> BTreeSet<PathBuf> {
    let folders = [root().to_owned(), root().join("docs")];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect()
}

/// A page without its code blocks and code spans, in which nothing is a link or a heading.
fn prose(text: &str) -> String {
    let mut open = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        open ^= fence;
        !open && !fence && !line.starts_with("    ")
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// Targets of a page's links and pictures.
fn links(text: &str) -> Vec<String> {
    let plain: String = prose(text).split('`').step_by(2).collect();
    let targets = plain.split("](").skip(1);
    targets
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

/// What GitHub and GitLab call a page's headings in links.
fn anchors(text: &str) -> BTreeSet<String> {
    let prose = prose(text);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// Why a link of a page leads nowhere, if it does.
fn broken(page: &Path, link: &str) -> Option<String> {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => page.to_owned(),
        _ => page.parent().unwrap().join(file),
    };
    if !target.exists() {
        return Some("there is no such file".to_owned());
    }
    let missing = !anchor.is_empty() && !anchors(&fs::read_to_string(&target).unwrap_or_default()).contains(anchor);
    missing.then(|| "the file has no such heading".to_owned())
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    for page in pages() {
        for link in links(&fs::read_to_string(&page).unwrap()) {
            if !link.contains("://")
                && let Some(why) = broken(&page, &link)
            {
                wrong.push(format!("{}: {link}: {why}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A page that no other page leads to is not found by anybody.
#[test]
fn every_page_is_linked() {
    let linked: BTreeSet<PathBuf> = pages()
        .iter()
        .flat_map(|page| {
            let text = fs::read_to_string(page).unwrap();
            let folder = page.parent().unwrap().to_owned();
            links(&text)
                .into_iter()
                .filter_map(move |link| fs::canonicalize(folder.join(link.split('#').next()?)).ok())
        })
        .collect();
    let lonely: Vec<PathBuf> = pages()
        .into_iter()
        .filter(|page| !page.ends_with("README.md") && !linked.contains(&fs::canonicalize(page).unwrap()))
        .collect();
    assert!(lonely.is_empty(), "no page links to {lonely:?}");
}

#[test]
fn the_readme_is_short() {
    let size = fs::metadata(root().join("README.md")).unwrap().len();
    assert!(size <= README, "README.md has {size} bytes, more than {README}");
}
