//! sh-tar

use super::{
    super::super::{Code, Confidence, Hits, Language, Rule},
    command::Command,
    is_build, landing,
    script::Script,
};

pub static RULE: Rule = Rule {
    id: "sh-tar",
    languages: &[Language::Shell],
    cause: "archive-mtime",
    confidence: Confidence::High,
    what: "An archive records times, owners and the order of files as they happen to be",
    why: "tar stores each file's modification time, owner and group, in the order of the file system. Harmless if the archive is unpacked at \
          once (tar cf - | tar xf -).",
    fix: "tar --sort=name --mtime=\"@$SOURCE_DATE_EPOCH\" --owner=0 --group=0 --numeric-owner \
          --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
    references: &["https://reproducible-builds.org/docs/archives/"],
    triggers: &["tar", "TAR"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_build(code) {
        return;
    }
    let script = Script::new(code);
    let before = hits.0.len();
    // GNU tar takes options from there.
    if script.sets("TAR_OPTIONS") {
        return;
    }
    for command in script.named(&["tar"]) {
        let Some(archive) = archive(command) else { continue };
        let missing = missing(&script, command);
        if missing.is_empty() || command.has_variable_options() {
            continue;
        }
        let kept = match archive {
            Some(name) => landing::is_output(&script, &name),
            None => matches!(
                landing::of_output(&script, command.node),
                Some(landing::Landing::File(_))
            ),
        };
        if kept {
            hits.at(
                command.place.start..command.node.end_byte(),
                format!("an archive is made without {}", missing.join(", ")),
            );
        }
    }
    if hits.0.len() > before && code.file().contains("strip-nondeterminism") {
        hits.0.truncate(before);
    }
}

/// The archive that is made: None if none is, `Some(None)` for standard output.
fn archive(command: &Command<'_>) -> Option<Option<String>> {
    let first = command.words.first()?;
    let mut creates = false;
    let mut named: Option<String> = None;
    let mut words = command.words.iter().enumerate().peekable();
    while let Some((at, word)) = words.next() {
        let text = word.text.as_str();
        if text == "--create" {
            creates = true;
        } else if text == "--file" {
            named = words.next().map(|(_, word)| word.text.clone());
        } else if let Some(name) = text.strip_prefix("--file=") {
            named = Some(name.to_owned());
        } else if matches!(
            text,
            "--extract" | "--list" | "--append" | "--update" | "--delete" | "--diff" | "--version" | "--help"
        ) {
            return None;
        } else {
            // The first word may have its letters without a hyphen.
            let letters = match text.strip_prefix('-') {
                Some(rest) if !rest.starts_with('-') => rest,
                _ if at == 0 && std::ptr::eq(word, first) => text,
                _ => continue,
            };
            // In `-C folder` and `-Ifoo` a value follows, not letters.
            let letters = letters.split(['C', 'I', 'T', 'X', '=']).next().unwrap_or("");
            if letters.contains(['x', 't', 'd', 'r', 'u', 'A']) && !creates {
                return None;
            }
            creates |= letters.contains('c');
            if let Some(place) = letters.find('f') {
                let rest = letters.get(place + 1..).unwrap_or("");
                named = if rest.is_empty() || at == 0 && !text.starts_with('-') {
                    words.next().map(|(_, word)| word.text.clone())
                } else {
                    Some(rest.to_owned())
                };
            }
        }
    }
    creates.then_some(named.filter(|name| name != "-" && name != "/dev/stdout"))
}

/// What the options leave open.
fn missing(script: &Script<'_>, command: &Command<'_>) -> Vec<&'static str> {
    let mut missing = Vec::new();
    let listed = command.has("--no-recursion")
        || command.has("--files-from")
        || command.words.iter().any(|word| {
            word.text.starts_with("-T")
                || (!word.text.starts_with("--") && word.text.starts_with('-') && word.text.ends_with('T'))
        });
    let sorted = command.has("--sort") || (listed && script.code.text.contains("sort"));
    if !sorted {
        missing.push("--sort=name");
    }
    if !command.has("--mtime") {
        missing.push("--mtime");
    }
    if !command.has("--owner") && !command.has("--owner-map") {
        missing.push("--owner");
    }
    if !command.has("--group") && !command.has("--group-map") {
        missing.push("--group");
    }
    if missing.contains(&"--owner") && !command.has("--numeric-owner") {
        missing.push("--numeric-owner");
    }
    missing
}
