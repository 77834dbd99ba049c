//! By keyboard, by clipboard, in light and in dark.

use super::*;
use std::fmt::Write as _;

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
    assert_eq!(copied, "tar --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime");
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
