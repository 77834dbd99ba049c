//! The dashboard in a real browser.

use super::{Project, ends};
use crate::support::missing;
use std::{fs, process::Command};

/// The page as Chromium has it after loading, and what it logged.
fn loaded(page: &std::path::Path) -> Option<(String, String)> {
    if missing(&["chromium"]) {
        return None;
    }
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("chromium")
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--dump-dom",
            "--enable-logging=stderr",
            "--timeout=30000",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Some((text(output.stdout), text(output.stderr)))
}

#[test]
fn the_page_loads_and_runs_nothing_of_an_artifact() {
    let project = Project::locked();
    let hostile = [
        "out/<img src=x onerror=document.title=1>",
        "out/'\"><script>document.title=2<",
        "out/&lt;b&gt;",
        "out/--><!--",
    ];
    for name in hostile {
        // A slash ends a name, so no tag can be closed here; the reader of HTML needs none.
        fs::write(project.at(name), "x").unwrap();
    }
    project.gate("2026-11-20", 1);
    for name in hostile {
        fs::remove_file(project.at(name)).unwrap();
    }
    project.gate("2026-11-21", 0);
    let page = project.at("page.html");
    let arguments = [
        "history",
        "--format",
        "html",
        "--output",
        "page.html",
        "--fail-below",
        "0.9",
    ];
    ends(project.root(), &arguments, 1, "");
    let text = fs::read_to_string(&page).unwrap();
    assert!(
        !text.contains("<script") && !text.contains("<img") && !text.contains("<b&gt;"),
        "{text}"
    );
    assert!(
        text.contains("&amp;lt;b&amp;gt;"),
        "what looks escaped is escaped again"
    );
    assert!(
        !text.contains("http://") && !text.contains("https://"),
        "the page needs nothing else"
    );
    let Some((dom, log)) = loaded(&page) else { return };
    assert!(dom.contains("<title>repro history: 50.0% reproduced</title>"), "{dom}");
    assert!(
        dom.contains("<svg class=\"chart wide\"") && dom.contains("</html>"),
        "{dom}"
    );
    assert!(!dom.contains("<img"), "{dom}");
    assert!(!log.contains("CONSOLE"), "{log}");
}
