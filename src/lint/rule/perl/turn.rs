//! What the turns of a loop print.

use super::is_word;
use std::collections::BTreeSet;

/// Whether a loop's body prints something that differs from turn to turn, to a file that is kept. `head` is what stands before the list,
/// `body` is without strings, `real` is the same with them; `whole` is the file.
pub fn shows(whole: &str, head: &str, body: &str, real: &str) -> bool {
    let mut names = assigned(body);
    names.extend(variables(head).map(|(_, name)| name));
    ["print", "printf", "say"].iter().any(|word| {
        body.match_indices(word)
            .filter(|(at, _)| is_word(body, *at, word.len()))
            .any(|(at, _)| {
                let end = body
                    .get(at..)
                    .and_then(|rest| rest.find(';'))
                    .map_or(body.len(), |end| at + end);
                let said = real.get(at + word.len()..end).unwrap_or("");
                let named = variables(said).any(|(_, name)| name == "_" || names.contains(name));
                // Neither a variable nor a text: `print;` and `print OUT;` give the turn's own.
                let bare = !said.contains(['$', '@', '"', '\'', '<']);
                (named || bare) && !to_scratch(whole, said)
            })
    })
}

/// The variables in a text: where the name starts, and the name.
fn variables(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices(['$', '@', '%']).filter_map(|(at, _)| {
        let rest = text.get(at + 1..)?;
        let rest = rest.strip_prefix('{').unwrap_or(rest).trim_start_matches('$');
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let name = rest.get(..end).filter(|name| !name.is_empty())?;
        Some((text.len() - rest.len(), name))
    })
}

/// The variables that a text gives a value, or loops over.
fn assigned(text: &str) -> BTreeSet<&str> {
    variables(text)
        .filter(|(at, name)| {
            let before = text.get(..at.saturating_sub(1)).unwrap_or("").trim_end();
            let after = text.get(at + name.len()..).unwrap_or("").trim_start();
            let declared = ["my", "local", "our", "for", "foreach", "(", ","]
                .iter()
                .any(|word| before.ends_with(word));
            let sets = after.starts_with('=') && !after.starts_with("==")
                || [".=", "+=", "++", "|=", "||="].iter().any(|it| after.starts_with(it));
            // A part of what a hash holds is as unordered as the hash.
            declared || sets || after.starts_with(['{', '['])
        })
        .map(|(_, name)| name)
        .collect()
}

/// Whether the file handle that a text starts with is of something that is not kept: a cache.
fn to_scratch(whole: &str, said: &str) -> bool {
    let said = said.trim_start_matches([' ', '(', '{']);
    let end = said
        .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
        .unwrap_or(said.len());
    let Some(handle) = said.get(..end).filter(|handle| handle.len() > 1) else {
        return false;
    };
    whole.match_indices("open").any(|(at, _)| {
        let opened = whole.get(at..).unwrap_or("").split(';').next().unwrap_or("");
        let given = opened.split([' ', '(', ',']).any(|word| word == handle);
        given && opened.contains("cache")
    })
}
