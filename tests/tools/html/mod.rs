//! The HTML reports in a real browser: they load without a complaint, filter, can be used by keyboard, stay small, and run nothing
//! that stands in an artifact.

mod build;
mod gate;
mod hostile;
mod large;
mod phone;
mod use_of;

use crate::support::{browser::Browser, corpus, missing};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

const TOOLS: &[&str] = &["chromium", "mkfifo"];
/// Places that are seen.
const SEEN: &str = "[...document.querySelectorAll('.item')].filter(e => e.checkVisibility())";

fn repro(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
    command.args(arguments).current_dir(folder).output().unwrap()
}

/// Runs `repro` and returns the page that it writes.
#[track_caller]
fn page(folder: &Path, arguments: &[&str], status: i32) -> PathBuf {
    let file = folder.join("report.html");
    let mut all = arguments.to_vec();
    all.extend(["--format", "html", "--output", "report.html"]);
    let output = repro(folder, &all);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{said}");
    assert!(output.stdout.is_empty());
    file
}

/// A page of two builds of a Debian package.
fn package(folder: &TempDir) -> PathBuf {
    let case = corpus().join("real/hello");
    for name in ["a.deb", "b.deb"] {
        fs::copy(case.join(name), folder.path().join(name)).unwrap();
    }
    page(folder.path(), &["diff", "a.deb", "b.deb"], 1)
}

#[track_caller]
fn silent(browser: &mut Browser) {
    // One more round trip, so that what the page caused has come.
    browser.value("new Promise(done => setTimeout(done, 50))");
    assert_eq!(browser.complaints, [""; 0]);
}

#[test]
fn a_page_loads_and_filters() {
    if missing(TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = package(&folder);
    let mut browser = Browser::start();

    browser.open(&file, "");
    silent(&mut browser);
    assert_eq!(browser.text("document.querySelector('h1').textContent"), "explained");
    let all = browser.count(&format!("{SEEN}.length"));
    assert_eq!(all, browser.count("document.querySelectorAll('.item').length"));
    assert_eq!(
        browser.text("document.getElementById('shown').textContent"),
        format!("{all} of {all} places")
    );
    // The tree: each member below the one that holds it.
    let way = "(() => { const way = []; let e = [...document.querySelectorAll('.node')].find(e => e.dataset.at.endsWith('/usr/bin/hello')); \
               for (; e; e = e.parentElement.closest('.node')) way.push(e.querySelector('.name a').textContent); return way.reverse().join(' > '); })()";
    assert_eq!(
        browser.text(way),
        "(the artifact itself) > data.tar.xz > data.tar > ./usr/bin/hello"
    );
    // Both files' bytes: what is marked on a side are the bytes in which that file differs.
    let marked = |side: &str| {
        format!(
            "[...document.querySelector('#cause-build-id-only .side.{side} .hex').childNodes].filter(n => n.nodeName === 'MARK')\
             .map(n => n.textContent).filter(t => /^([0-9a-f]{{2}} *)+$/.test(t)).join(' ').replace(/ +/g, ' ')"
        )
    };
    assert_eq!(
        browser.text(&marked("a")),
        "b0 b9 9c 62 c8 67 8b 73 6e 7b 11 9d 28 e0 fa 26 c1 11 6b 8c"
    );
    assert_eq!(
        browser.text(&marked("b")),
        "2e 49 5a 77 07 dc 11 32 85 80 47 ba 56 06 30 69 c7 6a 8e de"
    );
    // The map of a file is coloured as its causes are.
    let drawn = "[...new Set([...document.querySelectorAll('.node[data-at=\"control.tar\"] > details > summary path')]\
                 .map(e => getComputedStyle(e).fill))].sort().join()";
    let legend = "['archive-mtime', 'derived-hash'].map(c => document.querySelector(`.chip[data-cause=${c}] .sw`))\
                  .map(e => getComputedStyle(e).backgroundColor).sort().join()";
    assert_eq!(browser.text(drawn), browser.text(legend));

    let kinds = format!("[...new Set({SEEN}.map(e => e.dataset.cause + ' ' + e.dataset.verdict))].sort().join()");
    browser.open(&file, "cause=build-id-only");
    assert_eq!(browser.text(&kinds), "build-id-only proven");
    assert_eq!(
        browser.text("document.querySelector('.chip[aria-pressed=true]').dataset.cause"),
        "build-id-only"
    );
    assert_eq!(
        browser.count("[...document.querySelectorAll('.card')].filter(e => e.checkVisibility()).length"),
        1
    );
    let nodes = "[...document.querySelectorAll('.node')].filter(e => e.checkVisibility()).length";
    assert_eq!(browser.count(nodes), 4, "the file and what it lies in");

    browser.open(&file, "verdict=follows");
    assert_eq!(browser.text(&kinds), "derived-hash follows");
    browser.open(&file, "in=control.tar");
    let addresses = format!("{SEEN}.every(e => e.dataset.at.startsWith('control.tar'))");
    assert_eq!(
        (browser.value(&addresses), browser.value(&format!("{SEEN}.length > 0"))),
        (json!(true), json!(true))
    );
    browser.open(&file, "text=GNU_DEBUGLINK");
    assert_eq!(browser.text(&kinds), "build-id-only proven,derived-hash follows");
    // Nothing fits: nothing is seen, and it is said.
    browser.open(&file, "cause=archive-mtime&verdict=likely");
    assert_eq!(browser.count(&format!("{SEEN}.length")), 0);
    assert_eq!(
        browser.text("document.getElementById('shown').textContent"),
        format!("0 of {all} places")
    );

    // By hand: a chip, then a chip less, then a choice, then all again.
    browser.open(&file, "");
    browser.click(".chip[data-cause=archive-mtime]");
    assert_eq!(browser.text(&kinds), "archive-mtime proven");
    assert_eq!(browser.text("location.hash"), "#cause=archive-mtime");
    browser.click(".chip[data-cause=archive-mtime]");
    assert_eq!(browser.count(&format!("{SEEN}.length")), all);
    browser.value("(() => { const v = document.getElementById('verdict'); v.value = 'follows'; v.dispatchEvent(new Event('change')); })()");
    assert_eq!(browser.text(&kinds), "derived-hash follows");
    browser.click("#clear");
    assert_eq!(browser.count(&format!("{SEEN}.length")), all);
    // A member's name in the tree leads to what differs in it.
    browser.click(".node[data-at='control.tar'] > details > summary a");
    browser.value("new Promise(done => setTimeout(done, 50))");
    assert_eq!(browser.value(&addresses), json!(true));
    silent(&mut browser);
}

#[test]
fn what_is_identical_has_a_page_too() {
    if missing(TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "same").unwrap();
    let file = page(folder.path(), &["diff", "a", "a"], 0);
    let mut browser = Browser::start();
    browser.open(&file, "cause=x");
    silent(&mut browser);
    assert_eq!(browser.text("document.querySelector('h1').textContent"), "identical");
    assert_eq!(browser.count("document.querySelectorAll('.item, #filters').length"), 0);
}
