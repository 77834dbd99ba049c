//! sh-gzip

use super::{
    super::super::{Code, Confidence, Hits, Language, Rule},
    command::{Word, bundle},
    is_build, landing,
    script::Script,
    started,
};
use std::ops::Range;

pub static RULE: Rule = Rule {
    id: "sh-gzip",
    languages: &[Language::Shell],
    cause: "gzip-mtime",
    confidence: Confidence::High,
    what: "A gzip header carries the modification time of the file that was packed",
    why: "Without -n the header carries the file's time, and its name; a file that the build made has another time each time. This is so for \
          `gzip -c < file`, too. In a pipe the time is 0 since gzip 1.10.",
    fix: "gzip -n",
    references: &[
        "https://reproducible-builds.org/docs/archives/",
        "https://lintian.debian.org/tags/package-contains-timestamped-gzip",
    ],
    triggers: &["gzip", "pigz", "GZIP"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !is_build(code) {
        return;
    }
    let script = Script::new(code);
    let before = hits.0.len();
    // What a variable says for every gzip of the script.
    if script.values("GZIP").any(|value| value.contains('n')) {
        return;
    }
    for command in &script.commands {
        if matches!(command.name.as_str(), "gzip" | "pigz") {
            let read = command
                .node
                .parent()
                .filter(|parent| parent.kind() == "redirected_statement")
                .and_then(|statement| landing::input(&script, statement));
            if command.has_variable_options() || command.environment.iter().any(|set| set.starts_with("GZIP=")) {
                continue;
            }
            // What is written to a variable or a socket is in no file.
            let prints = command.has("--stdout")
                || command.operands().next().is_none()
                || command
                    .words
                    .iter()
                    .any(|word| bundle(&word.text).is_some_and(|letters| letters.contains('c')));
            if prints && landing::of_output(&script, command.node).is_none() {
                continue;
            }
            report(
                &script,
                command.place.clone(),
                &command.words,
                read,
                command.node.end_byte(),
                hits,
            );
        } else if let Some((first, words)) = started(command).and_then(<[_]>::split_first)
            && matches!(first.text.as_str(), "gzip" | "pigz")
            && !words.iter().any(|word| word.text.starts_with('$'))
        {
            let end = words.last().unwrap_or(first).node.end_byte();
            report(
                &script,
                first.node.byte_range(),
                words,
                Some("{}".to_owned()),
                end,
                hits,
            );
        }
    }
    if hits.0.len() > before && code.file().contains("strip-nondeterminism") {
        hits.0.truncate(before);
    }
}

/// Reports a gzip that packs a file and keeps its time.
fn report(
    script: &Script<'_>,
    place: Range<usize>,
    words: &[Word<'_>],
    read: Option<String>,
    end: usize,
    hits: &mut Hits,
) {
    let mut file = read;
    // The last of -n and -N decides.
    let mut named = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if text == "-S" || text == "--suffix" {
            words.next();
        } else if let Some(letters) = bundle(text) {
            if letters.contains(['d', 't', 'l', 'h', 'V', 'L']) {
                return;
            }
            named = letters.chars().rev().find(|c| matches!(c, 'n' | 'N')).or(named);
        } else if text.starts_with("--") {
            match text {
                "--decompress" | "--uncompress" | "--test" | "--list" | "--help" | "--version" => return,
                "--no-name" => named = Some('n'),
                "--name" => named = Some('N'),
                _ => {}
            }
        } else if text != "-" && file.is_none() {
            file = Some(text.to_owned());
        }
    }
    let Some(file) = file.filter(|file| landing::is_output(script, file)) else {
        return;
    };
    if named == Some('n') {
        return;
    }
    let no = if named.is_some() { "-N" } else { "no -n" };
    // Before -N, a -n would be without effect.
    let plain = named.is_none()
        && script
            .code
            .text
            .get(place.clone())
            .is_some_and(|name| name.ends_with("gzip") || name.ends_with("pigz"));
    let message = if file.contains('$') || file == "{}" {
        format!("the time of what is packed is stored: {no}")
    } else {
        format!("the time of {file} is stored: {no}")
    };
    if plain {
        hits.fixable(place.start..end, message, place.end..place.end, " -n");
    } else {
        hits.at(place.start..end, message);
    }
}
