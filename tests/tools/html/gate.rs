//! The gate's page.

use super::*;
use hostile::nothing_ran;

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
            ("cause/archive-mtime/wheel", "x.whl", "whl"),
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
