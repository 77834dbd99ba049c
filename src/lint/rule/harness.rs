//! Each rule of a folder over its corpus: `bad` is found, `good` and `trap` are not.

use super::super::{Code, Hits, Language, Rule};
use std::{fs, path::Path};

/// What a file is written in, by its name.
fn language(path: &str) -> Option<Language> {
    let name = path.rsplit('/').next()?;
    Some(match name {
        "CMakeLists.txt" => Language::CMake,
        "configure.ac" => Language::Autoconf,
        "Dockerfile" => Language::Dockerfile,
        "Makefile" | "GNUmakefile" => Language::Make,
        _ => match name.rsplit_once('.')?.1 {
            "c" | "h" => Language::C,
            "cc" | "cpp" | "hpp" => Language::Cpp,
            "mk" => Language::Make,
            "sh" | "postinst" => Language::Shell,
            "cmake" => Language::CMake,
            "ac" | "m4" => Language::Autoconf,
            "py" => Language::Python,
            "rs" => Language::Rust,
            "yml" => Language::Workflow,
            _ => return None,
        },
    })
}

fn files(path: &Path) -> Vec<std::path::PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut found: Vec<_> = fs::read_dir(path)
        .unwrap()
        .flat_map(|entry| files(&entry.unwrap().path()))
        .collect();
    found.sort();
    found
}

/// What a rule finds in one file, each as its line and message.
pub fn run(rule: &Rule, path: &str, text: &str) -> Vec<String> {
    let Some(language) = language(path) else {
        return Vec::new();
    };
    if !rule.languages.contains(&language) || !rule.triggers.iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    let code = Code::new(language, path, text, 0);
    let mut hits = Hits::default();
    (rule.check)(&code, &mut hits);
    hits.0
        .iter()
        .map(|hit| {
            let line = text[..hit.span.start].matches('\n').count() + 1;
            format!(
                "{path}:{line}: {}: {}\n    {}",
                rule.id,
                hit.message,
                &text[hit.span.clone()]
            )
        })
        .collect()
}

/// Fails with all that is wrong in a folder of rules.
pub fn corpus(rules: &[&Rule]) {
    let mut wrong = Vec::new();
    for rule in rules {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/lint").join(rule.id);
        let mut kinds = [0, 0, 0];
        for file in files(&folder) {
            let path = file.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
            let found = run(rule, &path, &fs::read_to_string(&file).unwrap());
            if path.starts_with("bad") {
                kinds[0] += 1;
                if found.is_empty() {
                    wrong.push(format!("{}: nothing found in {path}", rule.id));
                }
            } else {
                kinds[if path.starts_with("good") { 1 } else { 2 }] += 1;
                wrong.extend(found);
            }
        }
        if kinds.contains(&0) {
            wrong.push(format!("{}: not all of bad, good and trap are there", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `LINT_TREE=/some/tree cargo test tree -- --ignored --nocapture` prints what the rules find there.
#[test]
#[ignore = "needs a tree to look at"]
fn tree() {
    let root = std::env::var("LINT_TREE").unwrap();
    for file in files(Path::new(&root)) {
        let path = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let mut path = path;
        // What has no ending is a script if it says so.
        if language(&path).is_none() {
            if path.ends_with("rules") || path.contains("akefile") {
                path.push_str(".mk");
            } else if text.starts_with("#!") && text.lines().next().is_some_and(|l| l.ends_with("sh")) {
                path.push_str(".sh");
            }
        }
        for rule in super::all() {
            for found in run(rule, &path, &text) {
                println!("{found}");
            }
        }
    }
}
