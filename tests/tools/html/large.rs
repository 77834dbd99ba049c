//! A million differences.

use super::*;
use std::fmt::Write as _;

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
