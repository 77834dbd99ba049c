//! Runs a folder's rules over their corpus: `bad` is found, `good` and `trap` are not.

use crate::lint::{Code, Hits, Language, Rule};
use std::{fs, path::Path};

/// What a corpus file is written in, by its name.
fn language(path: &str) -> Option<Language> {
    let name = path.rsplit('/').next().unwrap_or(path);
    Some(match name {
        "Dockerfile" => Language::Dockerfile,
        "Doxyfile" => Language::Doxyfile,
        "Makefile" => Language::Make,
        "Rakefile" => Language::Ruby,
        "package.json" => Language::PackageJson,
        "pom.xml" => Language::Maven,
        "build.xml" => Language::Ant,
        _ => match name.rsplit_once('.')?.1 {
            "mk" => Language::Make,
            "sh" => Language::Shell,
            "py" => Language::Python,
            "pl" | "pm" | "PL" => Language::Perl,
            "rb" | "gemspec" | "rake" => Language::Ruby,
            "js" | "mjs" | "cjs" => Language::JavaScript,
            "rs" => Language::Rust,
            "go" => Language::Go,
            "gradle" | "kts" => Language::Gradle,
            "java" => Language::Java,
            "yml" | "yaml" => Language::Workflow,
            "tex" => Language::Tex,
            "spec" => Language::RpmSpec,
            _ => return None,
        },
    })
}

fn walk(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// A rule over what is left of a file that ends anywhere, or lacks its beginning: no panic, and every place lies in the text.
fn broken(rule: &Rule, language: Language, path: &str, text: &str) {
    let step = (text.len() / 40).max(1);
    for cut in (0..text.len()).step_by(step).filter(|cut| text.is_char_boundary(*cut)) {
        for part in [&text[..cut], &text[cut..]] {
            let mut hits = Hits::default();
            (rule.check)(&Code::new(language, path, part, 0), &mut hits);
            for hit in &hits.0 {
                assert!(part.get(hit.span.clone()).is_some(), "{}: {:?}", rule.id, hit.span);
            }
        }
    }
}

/// Each of these rules over each of its files.
pub fn corpus(rules: &[&Rule]) {
    let mut wrong = Vec::new();
    for rule in rules {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/lint").join(rule.id);
        let mut files = Vec::new();
        walk(&folder, &mut files);
        files.sort();
        let mut seen = [0; 3];
        for file in files {
            let path = file.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
            let kinds = ["bad", "good", "trap"];
            let kind = kinds
                .iter()
                .position(|kind| path.starts_with(kind))
                .expect("bad, good or trap");
            let inner = path.split_once('/').map_or(path.as_str(), |(_, inner)| inner);
            let Some(language) = language(&path) else { continue };
            let text = fs::read_to_string(&file).unwrap();
            let mut hits = Hits::default();
            if rule.languages.contains(&language) && rule.triggers.iter().any(|word| text.contains(word)) {
                (rule.check)(&Code::new(language, inner, text.as_str(), 0), &mut hits);
            }
            seen[kind] += 1;
            if rule.languages.contains(&language) {
                broken(rule, language, inner, &text);
            }
            for (place, edit) in hits.0.iter().filter_map(|hit| hit.edit.as_ref()) {
                let mended = format!("{}{edit}{}", &text[..place.start], &text[place.end..]);
                let mut after = Hits::default();
                (rule.check)(&Code::new(language, inner, mended, 0), &mut after);
                let fewer = after.0.len() < hits.0.len();
                assert!(fewer, "{} {path}: `{edit}` does not mend it", rule.id);
            }
            // A bad file says how many places it has: `bad 3` in its first lines.
            let want = text
                .lines()
                .take(3)
                .find_map(|line| {
                    line.split_once("places: ")?
                        .1
                        .split(|c: char| !c.is_ascii_digit())
                        .next()?
                        .parse()
                        .ok()
                })
                .unwrap_or(1);
            let wrongly = if kind == 0 {
                hits.0.len() != want
            } else {
                !hits.0.is_empty()
            };
            if wrongly {
                let at: Vec<_> = hits
                    .0
                    .iter()
                    .map(|hit| (text[..hit.span.start].matches('\n').count() + 1, hit.message.clone()))
                    .collect();
                wrong.push(format!(
                    "{} {path}: wanted {}, got {at:?}",
                    rule.id,
                    if kind == 0 { want } else { 0 }
                ));
            }
        }
        if seen.contains(&0) {
            wrong.push(format!("{}: bad, good, trap files: {seen:?}", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
