//! The page of an experiment.

use super::*;

/// Where the differences lie, in each artifact of each guilty variation, and the bytes of both sides.
#[test]
fn the_experiment_shows_the_bytes_and_where_they_lie() {
    if missing(TOOLS) || missing(&["gcc", "tar"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(
        at.join("a.c"),
        "const char *built(void) { return __DATE__ \" \" __TIME__; }\n",
    )
    .unwrap();
    let steps =
        "mkdir out && gcc -c a.c -o out/a.o && date >out/date && uname -n >name && tar -cf out/all.tar out/a.o name";
    let arguments = [
        "build",
        "--artifact",
        "out/*.*",
        "--variations",
        "time,hostname",
        "--",
        steps,
    ];
    // Without leave to make namespaces there is no other host's name; the page of the time stays.
    let mut all = arguments.to_vec();
    let divide = all.iter().position(|word| *word == "--").unwrap();
    all.splice(divide..divide, ["--format", "html", "--output", "report.html"]);
    let output = repro(at, &all);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );

    let mut browser = Browser::start();
    browser.open(&at.join("report.html"), "");
    silent(&mut browser);
    let of_time = "[...document.querySelectorAll('section.artifact')].find(e => e.querySelector('h2 code')?.textContent === 'time')";
    assert_eq!(
        browser.text(&format!(
            "[...{of_time}.querySelectorAll('.members h3 code')].map(e => e.textContent).join()"
        )),
        "out/a.o,out/all.tar"
    );
    // Both artifacts have maps, the tar's member as well, and nothing in them is without a cause.
    let maps = format!("{of_time}.querySelectorAll('svg')");
    assert!(browser.count(&format!("{maps}.length")) >= 3);
    assert_eq!(
        browser.count(&format!("{of_time}.querySelectorAll('svg .ku').length")),
        0
    );
    assert!(
        browser.count(&format!(
            "{of_time}.querySelectorAll('[data-cause=cpp-date-time] mark').length"
        )) > 0
    );
    let of_name = of_time.replace("=== 'time'", "=== 'hostname'");
    if browser.value(&format!("!!{of_name}")) == json!(true) {
        // What the experiment names is named in the map, too.
        assert_eq!(
            browser.count(&format!("{of_name}.querySelectorAll('svg .ku').length")),
            0
        );
        assert!(browser.count(&format!("{of_name}.querySelectorAll('[data-cause=hostname]').length")) > 0);
    }
}
