//! sh-zip

use super::{
    super::super::{Code, Confidence, Hits, Language, Rule},
    command::{Command, bundle},
    is_build, landing,
    script::Script,
};

pub static RULE: Rule = Rule {
    id: "sh-zip",
    languages: &[Language::Shell],
    cause: "archive-mtime",
    confidence: Confidence::Medium,
    what: "A zip or jar archive records the time of each file",
    why: "zip stores local time, and without -X also Unix times and owners; jar stores the time at which it ran. Harmless if the archive is \
          not shipped, or is cleaned afterwards (strip-nondeterminism).",
    fix: "find dir -exec touch -h -d \"@$SOURCE_DATE_EPOCH\" {} +; find dir -type f | LC_ALL=C sort | TZ=UTC zip -X out.zip -@; jar --date=…",
    references: &["https://reproducible-builds.org/docs/archives/"],
    triggers: &["zip", "ZIP", "jar", "JAR"],
    check,
};

/// `-qDX@`: X among others, with names from standard input.
fn with_names(command: &Command<'_>) -> bool {
    command.words.iter().any(|word| {
        word.text
            .strip_suffix('@')
            .and_then(bundle)
            .is_some_and(|letters| letters.contains('X'))
    })
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_build(code) {
        return;
    }
    let script = Script::new(code);
    let before = hits.0.len();
    for command in script.named(&["zip", "jar", "fastjar"]) {
        if command.has_variable_options() {
            continue;
        }
        let (archive, message) = if command.name == "zip" {
            let Some(archive) = zipped(command) else { continue };
            if command.has_letter('X') || with_names(command) || command.has("--no-extra") {
                let times = ["touch", "SOURCE_DATE_EPOCH", "TZ="];
                if times.iter().any(|word| code.text.contains(word)) {
                    continue;
                }
                (
                    archive,
                    "a zip archive stores the times of its files: touch them first, and set TZ=UTC",
                )
            } else {
                (archive, "a zip archive is made without -X")
            }
        } else {
            let Some(archive) = jarred(command) else { continue };
            (archive, "a jar is made without --date")
        };
        // Only to have the ends of lines changed.
        let unpacked = code
            .file()
            .lines()
            .filter(|line| line.contains("unzip"))
            .any(|line| line.split_whitespace().any(|word| same_archive(word, &archive)));
        if !unpacked && landing::is_output(&script, &archive) {
            hits.at(command.place.start..command.node.end_byte(), message);
        }
    }
    if hits.0.len() > before && code.file().contains("strip-nondeterminism") {
        hits.0.truncate(before);
    }
}

/// The archive that `zip` makes of files.
fn zipped(command: &Command<'_>) -> Option<String> {
    let asks = [
        "-h",
        "-T",
        "-d",
        "-v",
        "-L",
        "-sf",
        "-F",
        "-FF",
        "-?",
        "-h2",
        "--help",
        "--version",
        "--test",
        "--delete",
        "-z",
    ];
    if command.words.iter().any(|word| asks.contains(&word.text.as_str())) && command.operands().count() < 3 {
        return None;
    }
    let mut operands = command.operands();
    let archive = operands.next()?.text.clone();
    // What to pack is named, or listed on standard input.
    (operands.next().is_some() || command.has("-@") || command.has("-i")).then_some(archive)
}

/// The archive that `jar` makes.
fn jarred(command: &Command<'_>) -> Option<String> {
    if command.has("--date") {
        return None;
    }
    let first = command.words.first()?;
    let letters = first.text.trim_start_matches('-');
    let bundled =
        first.text != "--create" && letters.starts_with('c') && letters.chars().all(|c| "cvfm0Me".contains(c));
    if !bundled && !command.has("--create") {
        return None;
    }
    // In `cmf` the manifest comes first.
    let skip = usize::from(bundled && letters.find('m') < letters.find('f') && letters.contains('m'));
    if bundled {
        command.words.get(1 + skip).map(|word| word.text.clone())
    } else {
        command
            .words
            .iter()
            .find_map(|word| word.text.strip_prefix("--file=").map(str::to_owned))
            .or_else(|| {
                let at = command
                    .words
                    .iter()
                    .position(|word| matches!(word.text.as_str(), "--file" | "-f"))?;
                command.words.get(at + 1).map(|word| word.text.clone())
            })
    }
}

/// `x` and `dir/x.zip`.
fn same_archive(one: &str, other: &str) -> bool {
    let name = |path: &str| {
        let path = path.trim_matches(['"', '\'']);
        let name = path.rsplit('/').next().unwrap_or(path);
        name.trim_end_matches(".zip").to_owned()
    };
    name(one) == name(other)
}
