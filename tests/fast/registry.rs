//! Every format and cause is registered, has its corpus cases, and is listed in `docs/`, as are variations and rules.
//!
//! `REPRO_UPDATE=1 cargo test --test fast registry::` writes the tables anew.

use crate::support::{golden::golden, root};
use repro::{
    cause::{CAUSES, Cause},
    format::FORMATS,
    lint::{allow, rule},
    rebuild::variation::VARIATIONS,
};
use std::{collections::BTreeSet, fs, path::Path};

/// Names of what lies in a folder, sorted.
fn list(folder: impl AsRef<Path>) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(root().join(folder)) else {
        return BTreeSet::new();
    };
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// The source of a module: `NAME.rs`, or `NAME/mod.rs`.
fn source(room: &str, name: &str) -> String {
    let folder = root().join("src").join(room);
    fs::read_to_string(folder.join(format!("{name}.rs")))
        .or_else(|_| fs::read_to_string(folder.join(name).join("mod.rs")))
        .unwrap_or_else(|_| panic!("src/{room}/{name}.rs is missing"))
}

/// Modules of a room that implement its trait.
fn implementors(room: &str, header: &str) -> BTreeSet<String> {
    list(format!("src/{room}"))
        .iter()
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .filter(|name| name != "mod" && source(room, name).lines().any(|line| line.starts_with(header)))
        .collect()
}

#[test]
fn every_format_is_registered_and_has_cases() {
    let registered: BTreeSet<String> = FORMATS.iter().map(|format| format.id().to_owned()).collect();
    assert_eq!(registered.len(), FORMATS.len(), "an id is registered twice");
    let mut wrong = Vec::new();
    for name in implementors("format", "impl Format for ") {
        if !registered.contains(&name) {
            wrong.push(format!("src/format/{name} is not registered in FORMATS"));
        }
    }
    for id in &registered {
        if list(format!("corpus/format/{id}")).is_empty() {
            wrong.push(format!("corpus/format/{id} has no case"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_cause_is_registered_and_has_cases_and_look_alikes() {
    let registered: BTreeSet<String> = CAUSES.iter().map(|cause| cause.id().to_owned()).collect();
    assert_eq!(registered.len(), CAUSES.len(), "an id is registered twice");
    let mut wrong = Vec::new();
    for name in implementors("cause", "impl Cause for ") {
        if !registered.contains(&name.replace('_', "-")) {
            wrong.push(format!("src/cause/{name} is not registered in CAUSES"));
        }
    }
    for id in &registered {
        let cases = list(format!("corpus/cause/{id}"));
        let (alike, real): (Vec<&String>, Vec<&String>) =
            cases.iter().partition(|name| name.starts_with("look-alike-"));
        if real.is_empty() {
            wrong.push(format!("corpus/cause/{id} has no case"));
        }
        if alike.is_empty() {
            wrong.push(format!("corpus/cause/{id} has no look-alike"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_cause_has_advice() {
    for cause in CAUSES {
        let advice = cause.advice();
        assert!(
            advice.what.ends_with('.') && advice.why.ends_with('.') && !advice.fix.is_empty(),
            "{}",
            cause.id()
        );
        let plain = |id: &str| !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(plain(cause.id()), "{:?}", cause.id());
    }
}

/// The tables of `docs/`, made from the registries: each page holds one between two markers.
#[test]
fn tables_of_docs() {
    let mut stale = Vec::new();
    for (name, table) in [
        ("formats", formats()),
        ("causes", causes()),
        ("variations", variations()),
        ("rules", rules()),
    ] {
        let path = root().join("docs").join(format!("{name}.md"));
        let page = fs::read_to_string(&path).unwrap();
        stale.extend(golden(&path, &within(&page, name, &table)).err());
    }
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

/// Where the README counts what is registered, it counts right.
#[test]
fn readme_counts() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for said in [
        format!("{} causes", CAUSES.len()),
        format!("{} formats", FORMATS.len()),
        format!("{} variations", VARIATIONS.len()),
        format!("{} rules", rule::all().count()),
    ] {
        assert!(readme.contains(&said), "the README does not say \"{said}\"");
    }
}

fn formats() -> String {
    let mut table = String::from("| format | what is read |\n|---|---|\n");
    let mut ids: Vec<&str> = FORMATS.iter().map(|format| format.id()).collect();
    ids.sort_unstable();
    for id in std::iter::once("directory").chain(ids) {
        table += &row(&[id, &summary("format", id)]);
    }
    table
}

fn causes() -> String {
    let mut table = String::from("| cause | group | what it is |\n|---|---|---|\n");
    let mut sorted: Vec<&dyn Cause> = CAUSES.to_vec();
    sorted.sort_by_key(|cause| (cause.group(), cause.id()));
    for cause in sorted {
        table += &row(&[&code(cause.id()), cause.group(), cause.advice().what]);
    }
    table
}

fn variations() -> String {
    let mut table =
        String::from("| variation | what is different | what the probe must see changed |\n|---|---|---|\n");
    for variation in VARIATIONS {
        let seen: Vec<String> = variation.observes().iter().map(|key| code(key)).collect();
        table += &row(&[
            &code(variation.name()),
            &summary("rebuild/variation", variation.name()),
            &seen.join(" "),
        ]);
    }
    table
}

fn rules() -> String {
    let mut table = String::from("| rule | confidence | cause | what it finds |\n|---|---|---|---|\n");
    for rule in rule::all().chain(allow::OWN.iter().copied()) {
        table += &row(&[&code(rule.id), rule.confidence.word(), rule.cause, rule.what]);
    }
    table
}

/// The first paragraph of a module's documentation, on one line.
fn summary(room: &str, name: &str) -> String {
    let text = source(room, name);
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let paragraph: Vec<&str> = lines.map(str::trim).take_while(|line| !line.is_empty()).collect();
    paragraph.join(" ")
}

fn code(word: &str) -> String {
    format!("`{word}`")
}

fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// The text with what is between two markers replaced.
fn within(text: &str, marker: &str, table: &str) -> String {
    let (open, close) = (format!("<!-- {marker} -->\n"), format!("<!-- /{marker} -->"));
    let (before, rest) = text.split_once(&open).expect("the marker");
    let (_, after) = rest.split_once(&close).expect("the closing marker");
    format!("{before}{open}{table}{close}{after}")
}

/// Each cause that gives a warrant by structure or derivation has a row in `docs/proof.md`, and each row its look-alikes in the corpus.
#[test]
fn every_warrant_has_its_proof() {
    let text = fs::read_to_string(root().join("docs/proof.md")).unwrap();
    let (_, table) = text.split_once("## Structural claims").expect("the table's heading");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| `") || line.starts_with("| ("))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let named: BTreeSet<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    let claims = |text: &str| {
        [
            "Evidence::field(",
            "Evidence::derived(",
            "by(Warrant::Structure)",
            "by_if(Warrant::Structure",
            "by(Warrant::Derived)",
        ]
        .iter()
        .any(|call| text.contains(call))
    };
    let mut wrong = Vec::new();
    for cause in CAUSES {
        let id = cause.id();
        match (claims(&source("cause", &id.replace('-', "_"))), named.contains(id)) {
            (true, false) => wrong.push(format!("{id} gives a warrant, and has no row")),
            (false, true) => wrong.push(format!("{id} has a row, and gives no warrant")),
            _ => {}
        }
    }
    // The one warrant that is given whatever the cause is.
    if !named.contains("(comments)") || !source("cause", "attribute").contains("survey.commented") {
        wrong.push("comments of languages have no row, or no warrant".to_owned());
    }
    for row in &rows {
        if row.len() != 5 || row.iter().any(|cell| cell.is_empty()) {
            wrong.push(format!("{}: a row has five cells", row[0]));
            continue;
        }
        let cases: Vec<&str> = row[4].split(", ").map(|case| case.trim_matches('`')).collect();
        for case in cases {
            let alike = case.contains("/look-alike-") || case.starts_with("corpus/tampered/");
            let expected = fs::read_to_string(root().join(case).join("expected.json")).unwrap_or_default();
            let absent = expected
                .split_once("\"absent\"")
                .is_some_and(|(_, rest)| rest.contains(row[0].trim_matches('`')));
            let refused = absent || !expected.contains("\"verdict\": \"explained\"");
            if !alike || expected.is_empty() || !refused {
                wrong.push(format!("{}: {case} is no look-alike that is refused", row[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
