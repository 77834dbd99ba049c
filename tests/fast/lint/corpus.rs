//! `corpus/lint/RULE/{bad,good,trap}.*`, or folders of these names: the rule finds something in `bad` and nothing in the others.

use super::{cases, files};
use repro::{
    cause,
    lint::{
        Rule, language,
        look::{Looked, look},
        rule,
        select::Rules,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// One side of a case: its files, with the paths that rules see.
fn side(folder: &Path, name: &str) -> Vec<(String, PathBuf)> {
    let whole = folder.join(name);
    if whole.is_dir() {
        return files(&whole);
    }
    let all = files(folder).into_iter();
    all.filter(|(path, _)| path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
        .collect()
}

/// What a rule finds in one file of a case.
fn found(rules: &Rules, path: &str, file: &Path) -> Looked {
    let text = fs::read_to_string(file).unwrap();
    let Some(language) = language::of(path, &text) else {
        return Looked::default();
    };
    let root = file.ancestors().nth(Path::new(path).components().count()).unwrap();
    let siblings = |name: &str| {
        let folders = file.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
        folders.into_iter().any(|folder| folder.join(name).exists())
    };
    look(rules, language, path, &text, &siblings)
}

/// How many places a bad file says that it has, in one of its first lines.
fn said(text: &str) -> Option<usize> {
    let mut lines = text.lines().take(3);
    let number = lines.find_map(|line| Some(line.split_once("places: ")?.1))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[test]
fn every_rule_finds_what_is_bad_and_nothing_else() {
    let folders: BTreeSet<String> = fs::read_dir(cases())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut wrong = Vec::new();
    for name in &folders {
        if rule::by_id(name).is_none() {
            wrong.push(format!("corpus/lint/{name} is of no rule"));
        }
    }
    for rule in rule::all() {
        let folder = cases().join(rule.id);
        if !folders.contains(rule.id) {
            wrong.push(format!("{} has no case", rule.id));
            continue;
        }
        let rules = Rules::new(&[rule]).unwrap();
        for name in ["bad", "good", "trap"] {
            let side = side(&folder, name);
            if side.is_empty() {
                wrong.push(format!("{}: there is no {name}", rule.id));
            }
            let mut count = 0;
            for (path, file) in side {
                let looked = found(&rules, &path, &file);
                count += looked.places.len();
                let text = fs::read_to_string(&file).unwrap();
                if let Some(said) = said(&text).filter(|said| name == "bad" && *said != looked.places.len()) {
                    wrong.push(format!(
                        "{}: {} places in {path}, not {said}",
                        rule.id,
                        looked.places.len()
                    ));
                }
                if name != "bad" {
                    let places = looked.places.iter();
                    wrong.extend(places.map(|at| format!("{}: in {path}: {:?}", rule.id, &text[at.span.clone()])));
                }
            }
            if name == "bad" && count == 0 {
                wrong.push(format!("{} finds nothing in its bad file", rule.id));
            }
        }
    }
    assert!(rule::all().count() >= 60, "{} rules", rule::all().count());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_is_described() {
    let mut ids = BTreeMap::new();
    for rule in rule::all() {
        *ids.entry(rule.id).or_insert(0) += 1;
        let id = rule.id;
        assert!(
            id.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
                && id.len() <= 30,
            "{id}"
        );
        assert!(rule.why.ends_with('.'), "{id}: {}", rule.why);
        assert!(!rule.fix.is_empty() && !rule.languages.is_empty(), "{id}");
        assert!(!rule.what.contains('\n') && !rule.fix.contains('\n'), "{id}");
        assert!(
            cause::by_id(rule.cause).is_some(),
            "{id}: no cause is called {}",
            rule.cause
        );
        assert!(
            !rule.triggers.iter().any(|word| word.is_empty()),
            "{id}: an empty trigger"
        );
        assert!(rule.references.iter().all(|link| link.starts_with("https://")), "{id}");
    }
    let twice: Vec<_> = ids.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// Each file, cut anywhere and with bytes changed, ends in places that are text.
#[test]
fn damaged_files_never_panic() {
    let all: Vec<&'static Rule> = rule::all().collect();
    let rules = Rules::new(&all).unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let mut places = 0;
    for (name, file) in files(&cases()) {
        let bytes = fs::read(&file).unwrap();
        let path = name.split_once('/').unwrap().1;
        let path = path.split_once('/').map_or(path, |(_, below)| below);
        let mut damaged = vec![bytes.clone()];
        for _ in 0..6 {
            damaged.push(bytes[..random(bytes.len())].to_vec());
        }
        for _ in 0..8 {
            let mut changed = bytes.clone();
            for _ in 0..1 + random(4) {
                let at = random(changed.len());
                match random(4) {
                    0 if at < changed.len() => changed[at] = random(256) as u8,
                    1 => changed.splice(at..at, "é\"'`$({[\\\n".bytes()).for_each(drop),
                    2 if at < changed.len() => drop(changed.remove(at)),
                    _ => changed.truncate(changed.len() - random(3).min(changed.len())),
                }
            }
            damaged.push(changed);
        }
        for bytes in damaged {
            let text = String::from_utf8_lossy(&bytes);
            let Some(language) = language::of(path, &text) else {
                continue;
            };
            let looked = look(&rules, language, path, &text, &|_| false);
            for at in &looked.places {
                assert!(
                    text.get(at.span.clone()).is_some(),
                    "{name}: {} at {:?}\n{text}",
                    at.rule.id,
                    at.span
                );
                if let Some((span, _)) = &at.edit {
                    assert!(
                        text.get(span.clone()).is_some(),
                        "{name}: {} edits {span:?}",
                        at.rule.id
                    );
                }
            }
            places += looked.places.len();
        }
    }
    assert!(places > 0);
}
