//! A hash's keys, or a folder's names, in an order of their own.

use super::{super::limit::MOST, block, has_word, in_build, is_word, statement, turn};
use crate::lint::{Code, Confidence, Hits, Language, Rule, rule::mask};

/// The rule.
pub static RULE: Rule = Rule {
    id: "pl-keys",
    languages: &[Language::Perl],
    cause: "hash-order",
    confidence: Confidence::Low,
    what: "A script writes a hash's entries, or a folder's names, without sorting them",
    why: "Perl's hashes are seeded anew in each process, and readdir gives the file system's order (glob sorts). Counting, looking up, \
          deleting and filling another hash do not matter.",
    fix: "sort keys %h; PERL_HASH_SEED=0 for a script that cannot be changed",
    references: &["https://perldoc.perl.org/perlsec#Algorithmic-Complexity-Attacks"],
    triggers: &["keys", "values", "each", "readdir"],
    check,
};

/// Whether what is printed to is the terminal's error stream, or a copy of it: `STDERR`, `$original_stderr`.
fn to_stderr(after: &str) -> bool {
    let handle = after
        .trim_start_matches('$')
        .split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':')
        .next();
    handle.is_some_and(|handle| handle.to_ascii_lowercase().contains("stderr"))
}

/// Whether a text writes, not to the terminal's error stream.
fn writes(text: &str) -> bool {
    ["print", "printf", "say"].iter().any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let after = text
                .get(at + word.len()..)
                .unwrap_or("")
                .trim_start()
                .trim_start_matches(['{', '(', '*'])
                .trim_start();
            let debugging = after
                .split([';', '\n'])
                .next()
                .is_some_and(|rest| has_word(rest, "if") && ["debug", "verbose"].iter().any(|it| rest.contains(it)));
            is_word(text, at, word.len()) && !debugging && !to_stderr(after) && !after.starts_with("$log")
        })
    })
}

/// Whether a loop's body writes to an output that it does not open itself.
fn writes_on(body: &str) -> bool {
    writes(body) && !has_word(body, "open")
}

/// The array that a block adds to, if the file never sorts it.
fn collects(whole: &str, body: &str) -> bool {
    body.match_indices("push")
        .filter(|(at, _)| is_word(body, *at, 4))
        .any(|(at, _)| {
            let rest = body
                .get(at + 4..)
                .unwrap_or("")
                .trim_start()
                .trim_start_matches('(')
                .trim_start();
            let Some(rest) = rest.strip_prefix('@') else {
                return false;
            };
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            !name.is_empty() && !sorts(whole, &name) && shown(whole, &name)
        })
}

/// Whether the file sorts this array somewhere.
fn sorts(whole: &str, name: &str) -> bool {
    whole
        .match_indices("sort")
        .filter(|(at, _)| is_word(whole, *at, 4))
        .any(|(at, _)| {
            let rest = whole.get(at..).unwrap_or("").split(';').next().unwrap_or("");
            rest.contains(&format!("@{name}"))
        })
}

/// Whether the file writes this array: joined, printed, or entry by entry.
fn shown(whole: &str, name: &str) -> bool {
    let array = format!("@{name}");
    whole.match_indices(&array).any(|(at, _)| {
        if whole
            .get(at + array.len()..)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        {
            return false;
        }
        let place = statement(whole, at);
        let text = whole.get(place.start..at).unwrap_or("");
        let loops = has_word(text, "foreach") || has_word(text, "for");
        (writes(text) && !text.contains("scalar"))
            || (loops && block(whole, at).is_some_and(|body| writes_on(whole.get(body).unwrap_or(""))))
    })
}

fn check(code: &Code<'_>, hits: &mut Hits) {
    if !in_build(code) {
        return;
    }
    let text = mask::perl(&code.text);
    for word in ["keys", "values", "each", "readdir"] {
        for (at, _) in text
            .match_indices(word)
            .filter(|(at, _)| is_word(&text, *at, word.len()))
            .take(MOST)
        {
            let rest = text.get(at + word.len()..).unwrap_or("");
            let argument = rest.trim_start_matches([' ', '\t', '(']);
            let takes = argument.starts_with(['%', '$'])
                || (word == "readdir" && argument.starts_with(|c: char| c.is_alphabetic()));
            if !takes || rest.trim_start().starts_with("=>") || argument.starts_with("%+") {
                continue;
            }
            let place = statement(&text, at);
            let before = text.get(place.start..at).unwrap_or("");
            let after = text.get(at..place.end).unwrap_or("");
            let ordered = [
                "sort", "scalar", "exists", "delete", "if", "unless", "any", "first", "max", "min", "sum",
            ]
            .iter()
            .any(|it| has_word(before, it));
            // `keys(%a) + 1`, `keys %a > 3`, `!keys %a`
            let counted = after.split_once(['%', '$']).is_some_and(|(_, after)| {
                // An arrow is no comparison.
                let after = after.replace("->", "  ");
                let after = after.trim_start_matches(|c: char| c.is_alphanumeric() || " _${}[]:)".contains(c));
                after.starts_with(['>', '<', '+', '*', '/']) || after.starts_with("==") || after.starts_with("!=")
            });
            if ordered || counted || before.trim_end().ends_with('!') {
                continue;
            }
            let loops = has_word(before, "foreach") || has_word(before, "for") || has_word(before, "while");
            let shows = if loops && before.contains('(') {
                // `for my $k (keys %h) { … }` or `print … for keys %h;`
                block(&text, at).is_some_and(|place| {
                    let body = text.get(place.clone()).unwrap_or("");
                    let real = code.text.get(place).unwrap_or("");
                    (writes_on(body) && turn::shows(&code.text, before, body, real)) || collects(&text, body)
                }) || (writes(before) && !after.contains('{'))
            } else if loops {
                writes(before)
            } else {
                writes(before)
                    || (has_word(before, "join")
                        && !has_word(before, "die")
                        && !has_word(before, "warn")
                        && before.contains("print"))
            };
            if shows {
                let end = at + word.len() + rest.len() - argument.len();
                let name = argument
                    .find(|c: char| !(c.is_alphanumeric() || "%$_:{}->".contains(c)))
                    .unwrap_or(argument.len());
                let what = if word == "readdir" {
                    "the file system's order"
                } else {
                    "an order that differs from run to run"
                };
                hits.at(
                    at..end + name,
                    format!("`{word}` gives {what}, and it shows in the output"),
                );
            }
        }
    }
    hits.0.sort_by_key(|hit| hit.span.start);
}
