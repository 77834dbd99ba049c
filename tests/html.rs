//! The HTML reports in a real browser: they load without a complaint, filter, can be used by keyboard, stay small, and run nothing
//! that stands in an artifact.

mod support;

use serde_json::json;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use support::{browser::Browser, corpus, missing};
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
    for (from, to) in [("a.deb", "a.deb"), ("b.deb", "b.deb")] {
        fs::copy(case.join(from), folder.path().join(to)).unwrap();
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
fn all_can_be_done_by_keyboard() {
    if missing(TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = package(&folder);
    let mut browser = Browser::start();
    browser.open(&file, "");
    browser.press("Tab");
    assert_eq!(browser.text("document.activeElement.className"), "skip");
    assert_eq!(
        browser.value("document.activeElement.getBoundingClientRect().x >= 0"),
        json!(true),
        "it is seen when it has the focus"
    );
    // Every stop has a name, and shows that it has the focus.
    let mut stops = String::new();
    for _ in 0..200 {
        browser.press("Tab");
        if browser.text("document.activeElement.tagName") == "BODY" {
            break; // all round
        }
        let stop = browser.text(
            "(() => { const e = document.activeElement, s = getComputedStyle(e); \
             const name = e.getAttribute('aria-label') || e.textContent.trim().replace(/\\s+/g, ' '); \
             return `${e.tagName} ${s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0} ${name.length > 0} ${name.slice(0, 30)}`; })()",
        );
        assert!(stop.contains(" true true "), "{stop}");
        writeln!(stops, "{stop}").unwrap();
    }
    for part in [
        "BUTTON true true archive-mtime",
        "SELECT",
        "INPUT",
        "SUMMARY",
        "A true true control.tar",
    ] {
        assert!(stops.contains(part), "{part:?} is not among\n{stops}");
    }
    // A chip and a fold answer to Enter.
    browser.value("document.querySelector('.chip[data-cause=build-id-only]').focus()");
    browser.press("Enter");
    assert_eq!(
        browser.text("document.querySelector('.chip[aria-pressed=true]').dataset.cause"),
        "build-id-only"
    );
    browser.value("document.querySelector('#cause-build-id-only .item > summary').focus()");
    let open = "document.querySelector('#cause-build-id-only .item').open";
    let before = browser.value(open);
    browser.press("Enter");
    assert_ne!(browser.value(open), before);
    // The slash leads to the search, and what is typed there filters.
    browser.press("/");
    assert_eq!(browser.text("document.activeElement.id"), "text");
    for letter in ["x", "q", "z"] {
        browser.press(letter);
    }
    assert_eq!(browser.text("document.getElementById('text').value"), "xqz");
    assert_eq!(browser.count(&format!("{SEEN}.length")), 0);
    silent(&mut browser);
}

#[test]
fn a_fix_is_copied() {
    if missing(TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = package(&folder);
    let mut browser = Browser::start();
    browser.open(&file, "");
    browser.command(
        "Browser.grantPermissions",
        json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}),
    );
    browser.command("Page.bringToFront", json!({}));
    browser.click("#cause-archive-mtime .copy");
    browser.value("new Promise(done => setTimeout(done, 200))");
    assert_eq!(
        browser.text("document.querySelector('#cause-archive-mtime .copy').textContent"),
        "Copied"
    );
    let copied = browser.text("navigator.clipboard.readText()");
    assert!(copied.starts_with("tar --mtime=@$SOURCE_DATE_EPOCH"), "{copied}");
    silent(&mut browser);
}

/// The least contrast of a text with what is behind it, over what is seen of the page (WCAG 2.2, relative luminance).
const CONTRAST: &str = "(() => {
    const rgba = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
    const light = (c) => c.slice(0, 3).map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
    let least = [99, ''];
    for (const e of document.querySelectorAll('h1,h2,h3,p,code,pre,mark,th,td,span,a,button,summary,select')) {
        if (!e.checkVisibility() || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
        let behind = e;
        while (behind && rgba(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
        const [x, y] = [light(rgba(getComputedStyle(e).color)), light(rgba(getComputedStyle(behind ?? document.body).backgroundColor))];
        const ratio = (Math.max(x, y) + .05) / (Math.min(x, y) + .05);
        if (ratio < least[0]) least = [ratio, e.outerHTML.slice(0, 100)];
    }
    return least;
})()";

#[test]
fn light_and_dark_can_be_read() {
    if missing(TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = package(&folder);
    let mut browser = Browser::start();
    let mut grounds = Vec::new();
    for scheme in ["light", "dark"] {
        browser.open(&file, "");
        browser.prefer(scheme);
        grounds.push(browser.text("getComputedStyle(document.body).backgroundColor"));
        let least = browser.value(CONTRAST);
        assert!(least[0].as_f64().unwrap() >= 4.5, "{scheme}: {least}");
        // The page is not wider than the window.
        assert_eq!(
            browser.value("document.documentElement.scrollWidth <= innerWidth"),
            json!(true)
        );
    }
    assert_ne!(grounds[0], grounds[1]);
    silent(&mut browser);
}

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
fn hostile(folder: &Path) {
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
fn nothing_ran(browser: &mut Browser) {
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
fn a_million_differences_make_a_small_page() {
    let folder = tempfile::tempdir().unwrap();
    for side in ["a", "b"] {
        fs::create_dir(folder.path().join(side)).unwrap();
        for file in 0..53 {
            let mut text = String::new();
            for line in 0..19_000 {
                writeln!(text, "{line:x}{side}").unwrap();
            }
            fs::write(folder.path().join(side).join(format!("{file:02}")), text).unwrap();
        }
    }
    let file = page(folder.path(), &["diff", "a", "b"], 1);
    let size = fs::metadata(&file).unwrap().len();
    assert!(size < 5_000_000, "{size} bytes");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("1,007,000"), "how many there are");
    let note = text
        .split("<p class=\"note\">")
        .nth(1)
        .unwrap()
        .split("</p>")
        .next()
        .unwrap();
    assert!(note.starts_with("Left out to keep this page small: 1,00"), "{note}");
    if missing(TOOLS) {
        return;
    }
    let mut browser = Browser::start();
    browser.open(&file, "text=line%2012");
    silent(&mut browser);
    let (seen, all) = (
        browser.count(&format!("{SEEN}.length")),
        browser.count("document.querySelectorAll('.item').length"),
    );
    assert!(0 < seen && seen < all, "{seen} of {all}");
    let left: u64 = note
        .split([':', ' '])
        .filter_map(|w| w.replace(',', "").parse().ok())
        .next()
        .unwrap();
    assert_eq!(all + left, 1_007_000, "what is shown and what is left out are all");
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

#[test]
fn the_gate_writes_a_page() {
    if missing(TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let dist = at.join("dist");
    fs::create_dir(&dist).unwrap();
    let rules = "[gate]\nartifacts = [\"dist/*\"]\nreference = \"ref\"\n[[gate.allow]]\nartifact = \"dist/*.whl\"\n\
                 causes = [\"archive-mtime\"]\nreason = \"<b>pip</b> can't be told\"\n";
    fs::write(at.join("repro.toml"), rules).unwrap();
    let fill = |side: &str| {
        for (case, name, extension) in [
            ("real/hello", "hello.deb", "deb"),
            ("archive-mtime/wheel", "x.whl", "whl"),
            ("tampered/elf-jump", "lib.so", "so"),
        ] {
            fs::copy(corpus().join(case).join(format!("{side}.{extension}")), dist.join(name)).unwrap();
        }
        fs::write(dist.join("same"), "same").unwrap();
    };
    fill("a");
    fs::write(dist.join("gone <img src=x onerror=window.owned=1>"), "gone").unwrap();
    assert!(repro(at, &["lock"]).status.success());
    assert!(
        Command::new("cp")
            .args(["-r", "dist", "ref"])
            .current_dir(at)
            .status()
            .unwrap()
            .success()
    );
    fs::remove_dir_all(&dist).unwrap();
    fs::create_dir(&dist).unwrap();
    fill("b");

    let file = page(at, &["gate"], 1);
    assert_eq!(repro(at, &["gate", "--also", "html=also.html"]).status.code(), Some(1));
    assert!(fs::read(&file).unwrap() == fs::read(at.join("also.html")).unwrap());

    let mut browser = Browser::start();
    browser.open(&file, "");
    silent(&mut browser);
    nothing_ran(&mut browser);
    assert_eq!(browser.text("document.querySelector('h1').textContent"), "reject");
    let states = "[...document.querySelectorAll('.artifact')].filter(e => e.checkVisibility()).map(e => e.dataset.state).sort().join()";
    assert_eq!(browser.text(states), "accepted,differs,differs,missing");
    let text = browser.text("document.querySelector('main').textContent");
    for part in [
        "<b>pip</b> can't be told",
        "is locked, and was not built",
        "treat",
        "Policy",
        "used",
    ] {
        assert!(text.to_lowercase().contains(&part.to_lowercase()), "{part}");
    }
    // The way from the list to an artifact.
    browser.click("a[href='#artifact-1']");
    assert_eq!(
        browser.text("document.querySelector(':target').dataset.state"),
        "differs"
    );
    browser.open(&file, "state=accepted");
    assert_eq!(browser.text(states), "accepted");
    browser.open(&file, "cause=unexplained");
    assert_eq!(
        browser.text(&format!(
            "{SEEN}.map(e => e.closest('.artifact').querySelector('h2 code').textContent).join()"
        )),
        "dist/lib.so"
    );
    assert_eq!(browser.text(states), "differs");
    silent(&mut browser);
}

#[test]
fn a_further_report_has_a_format_that_is_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "a").unwrap();
    let output = repro(folder.path(), &["diff", "a", "a", "--also", "junit=x.xml"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("--also") && said.contains("html"), "{said}");
    assert!(!folder.path().join("x.xml").exists());
}
