//! What is allowed: comments, and `[[lint.allow]]` of `repro.toml`.

use super::{ends, folder, json, places};

const BAD: &str = "const char *built = __DATE__;\n";

#[test]
fn a_comment_with_a_reason_silences_its_place_alone() {
    let at = folder(&[(
        "a.c",
        "/* repro: allow(c-date-time) shown in the about box only */\nconst char *a = __DATE__;\nconst char *b = __TIME__;\n\
        const char *c = __DATE__; // repro: allow(c-date-time, c-timestamp) this one, too\n",
    )]);
    let report = json(at.path(), &[], 1);
    // `c-timestamp` finds nothing there, and that is told, but fails nothing.
    assert_eq!(
        places(&report, "findings"),
        ["a.c:3:17 c-date-time", "a.c:4:30 lint-allow-unused"]
    );
    assert_eq!(
        places(&report, "allowed"),
        ["a.c:2:17 c-date-time", "a.c:4:17 c-date-time"]
    );
    assert_eq!(report["allowed"][0]["reason"], "shown in the about box only");
    assert_eq!(report["allowed"][0]["by"], "comment");
    assert_eq!(report["findings"][1]["level"], "note");
    assert_eq!(report["summary"]["findings"], 1);
}

#[test]
fn a_comment_without_a_reason_silences_nothing() {
    let at = folder(&[("a.c", "const char *a = __DATE__; // repro: allow(c-date-time)\n")]);
    let report = json(at.path(), &[], 1);
    assert_eq!(
        places(&report, "findings"),
        ["a.c:1:17 c-date-time", "a.c:1:30 lint-allow-without-reason"]
    );
    assert_eq!(report["summary"]["high"], 2);
}

#[test]
fn a_comment_that_is_needed_no_more_is_a_note() {
    let at = folder(&[(
        "a.c",
        "// repro: allow(c-date-time) once it was\nint a;\n// repro: allow(no-such-rule) x\nint b;\n",
    )]);
    let report = json(at.path(), &[], 0);
    assert_eq!(
        places(&report, "findings"),
        ["a.c:1:4 lint-allow-unused", "a.c:3:4 lint-allow-unused"]
    );
    // Of a rule that is not run, nothing is known.
    let report = json(at.path(), &["--ignore", "c-date-time"], 0);
    assert_eq!(places(&report, "findings"), ["a.c:3:4 lint-allow-unused"]);
    let report = json(at.path(), &["--ignore", "lint-allow-unused"], 0);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
}

#[test]
fn comments_reach_over_continued_lines() {
    let at = folder(&[
        (
            "x.sh",
            "#!/bin/sh\n# repro: allow(sh-gzip) the time is wanted\ntrue && \\\n  gzip \\\n  -9 calc.1\ngzip -9 calc.2\n",
        ),
        (
            "Makefile",
            "all:\n\t# repro: allow(sh-gzip) the time is wanted\n\tgzip -9 calc.1\n",
        ),
    ]);
    let report = json(at.path(), &["--select", "sh-gzip"], 1);
    assert_eq!(places(&report, "findings"), ["x.sh:6:1 sh-gzip"]);
    assert_eq!(report["summary"]["allowed"], 2);
}

#[test]
fn exceptions_of_the_configuration() {
    let toml = "[gate]\nenforce = 'warn'\n[lint]\nexclude = ['gone/', '*.inc.c']\n[[lint.allow]]\nrule = 'c-date-time'\npath = 'src/*.c'\nreason = 'about box'\n\
        [[lint.allow]]\nrule = 'sh-gzip'\npath = '**'\nreason = 'none left'\n";
    let at = folder(&[
        ("repro.toml", toml),
        ("src/a.c", BAD),
        ("src/deep/b.c", BAD),
        ("gone/c.c", BAD),
        ("src/d.inc.c", BAD),
    ]);
    let report = json(at.path(), &[], 1);
    assert_eq!(
        places(&report, "findings"),
        ["repro.toml:9:1 lint-allow-unused", "src/deep/b.c:1:21 c-date-time"].map(|place| place.replace(":9:", ":10:"))
    );
    assert_eq!(report["allowed"][0]["by"], "repro.toml");
    // Seen from above, the same holds, with other paths; of single files, what is needed no more is not known.
    let name = at.path().file_name().unwrap().to_str().unwrap().to_owned();
    let report = json(at.path().parent().unwrap(), &[&name], 1);
    assert_eq!(
        places(&report, "findings")[1],
        format!("{name}/src/deep/b.c:1:21 c-date-time")
    );
    let report = json(at.path(), &["src/a.c", "gone/c.c"], 0);
    assert!(places(&report, "findings").is_empty() && report["summary"]["files"] == 1);
}

#[test]
fn mistakes_in_the_configuration_are_trouble_with_their_line() {
    for (toml, says) in [
        ("[lint]\nselct = []\n", "repro.toml:2: unknown field `selct`"),
        (
            "[lint]\nselect = ['no-such']\n",
            "repro.toml:2: lint: no rule is called \"no-such\"",
        ),
        (
            "[[lint.allow]]\nrule='sh-gzip'\npath='*'\nreason=' '\n",
            "repro.toml:4: lint: reason is empty",
        ),
        (
            "[[lint.allow]]\nrule='sh-gzip'\npath='a['\nreason='x'\n",
            "repro.toml:3: lint: path",
        ),
    ] {
        let at = folder(&[("repro.toml", toml), ("a.c", BAD)]);
        assert_eq!(ends(at.path(), &[], 2, says), "");
    }
}
