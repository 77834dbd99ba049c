//! Names and contents that want to be markup or script; and that a page depends on nothing but the inputs.

use super::*;

/// Texts that become markup, script or another direction wherever they are not escaped.
const HOSTILE: &[&str] = &[
    "<script>window.owned=1</script>",
    "<img src=x onerror=window.owned=1>",
    "\"><svg onload=window.owned=1>",
    "' onfocus='window.owned=1' autofocus='",
    "javascript:window.owned=1",
    "</style><script>window.owned=1</script>",
    "</script><script>window.owned=1</script>",
    "</title></code></pre></main><iframe srcdoc=\"<script>parent.owned=1</script>\">",
    "<!--",
    "]]>",
    "&lt;script&gt;",
    "&#60;b&#62;",
    "${window.owned=1}",
    "\u{2028}line\u{2029}separators",
    "\u{202e}gpj.exe\u{2066}\u{feff}\u{200b}",
    "<meta http-equiv=refresh content=0;url=javascript:window.owned=1>",
    "<base href=https://example.org/><link rel=stylesheet href=x><form action=x>",
];

/// Two trees with hostile names and contents, of which everything differs.
pub fn hostile(folder: &Path) {
    for side in ["a", "b"] {
        let root = folder.join(side);
        fs::create_dir(&root).unwrap();
        for (n, text) in HOSTILE.iter().enumerate() {
            let name = text.replace('/', "\u{2215}");
            fs::write(
                root.join(format!("{n} {name}")),
                format!(
                    "{side}{text}{side}\n{text}{side}2024-01-0{}T10:00:00Z\n",
                    if side == "a" { 1 } else { 2 }
                ),
            )
            .unwrap();
            // In bytes that are no text, too.
            fs::write(
                root.join(format!("{n}.bin")),
                format!("\u{0}\u{1}{side}{text}{side}\u{0}"),
            )
            .unwrap();
            fs::write(root.join(format!("only {n} in {side} {name}")), text).unwrap();
        }
    }
}

#[track_caller]
pub fn nothing_ran(browser: &mut Browser) {
    browser.value("new Promise(done => setTimeout(done, 100))");
    assert_eq!(browser.text("typeof window.owned"), "undefined");
    assert_eq!(browser.count("document.scripts.length"), 1, "the page's own");
    assert_eq!(
        browser.count("document.querySelectorAll('img,iframe,object,embed,base,audio,video,foreignObject').length"),
        0
    );
    assert_eq!(
        browser.count("document.querySelectorAll('meta[http-equiv=refresh],link[rel=stylesheet],form[action]').length"),
        0
    );
    assert_eq!(
        browser.count("[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^(on|style$|srcdoc)/.test(a.name))).length"),
        0
    );
    // Links lead into the page, or to the documents that causes name.
    assert_eq!(
        browser.count("[...document.querySelectorAll('[href]')].filter(e => !/^(#|https:\\/\\/|data:,$)/.test(e.getAttribute('href'))).length"),
        0
    );
    // What has no shape or turns the text around is spelled out.
    assert_eq!(
        browser.value(
            "/[\\u202a-\\u202e\\u2066-\\u2069\\u2028\\u2029\\u200b\\ufeff\\0]/.test(document.documentElement.outerHTML)"
        ),
        json!(false)
    );
}

#[test]
fn nothing_of_an_artifact_runs() {
    if missing(TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    hostile(folder.path());
    let file = page(folder.path(), &["diff", "a", "b"], 1);
    let mut browser = Browser::start();
    browser.open(&file, "");
    silent(&mut browser);
    nothing_ran(&mut browser);
    // The texts are there, to be read.
    let seen = browser.text("document.querySelector('main').textContent");
    for text in [
        HOSTILE[0],
        HOSTILE[1],
        HOSTILE[4],
        "&lt;script&gt;",
        "\\u{202e}gpj.exe\\u{2066}",
        "\\u{2028}line",
    ] {
        assert!(seen.contains(text), "{text}");
    }
    // A filter given by a link is text as well.
    let hash = "in=%3Cimg%20src%3Dx%20onerror%3Dwindow.owned%3D1%3E&text=%3Cscript%3E&cause=%22%3E%3Cb%3E,__proto__";
    browser.open(&file, hash);
    silent(&mut browser);
    nothing_ran(&mut browser);
    assert_eq!(browser.count(&format!("{SEEN}.length")), 0);

    // Were something not escaped, the page's policy would still stop it; and this test would see it.
    let bad = folder.path().join("bad.html");
    let text = fs::read_to_string(&file).unwrap();
    let markup =
        "<script>window.owned=1</script><img src=x onerror=window.owned=1><b style=\"color:red\" onclick=\"1\"></b>";
    fs::write(&bad, text.replacen("</main>", &format!("{markup}</main>"), 1)).unwrap();
    browser.open(&bad, "");
    browser.value("new Promise(done => setTimeout(done, 100))");
    assert_eq!(browser.text("typeof window.owned"), "undefined");
    let said = browser.complaints.join("\n");
    assert!(
        said.contains("Content Security Policy") && browser.complaints.len() >= 3,
        "{said}"
    );
}

#[test]
fn a_page_depends_on_the_inputs_alone() {
    let folder = tempfile::tempdir().unwrap();
    hostile(folder.path());
    let write = |name: &str, jobs: &str, zone: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_repro"));
        command
            .args(["diff", "a", "b", "--quiet", "--jobs", jobs, "--also"])
            .arg(format!("html={name}"));
        let status = command
            .current_dir(folder.path())
            .env("TZ", zone)
            .env("LC_ALL", "tr_TR.UTF-8")
            .output()
            .unwrap()
            .status;
        assert_eq!(status.code(), Some(1));
        fs::read(folder.path().join(name)).unwrap()
    };
    let first = write("1.html", "1", "UTC");
    assert!(first.len() > 10_000);
    assert!(first == write("2.html", "2", "Asia/Tokyo"));
    let output = repro(folder.path(), &["diff", "a", "b", "--format", "html"]);
    assert!(first == output.stdout, "written as a further report or as the only one");
    assert!(
        !String::from_utf8(first)
            .unwrap()
            .contains(folder.path().to_str().unwrap())
    );
}
