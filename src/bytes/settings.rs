//! TOML that people write: what is wrong with such a text, by its line, and what was perhaps meant.

use super::Error;

/// Name of the file of settings, at the root of a repository.
pub const FILE: &str = "repro.toml";

/// The line of a place in a text, from 1 on.
pub fn line(text: &str, at: usize) -> usize {
    text.get(..at).map_or(1, |before| before.matches('\n').count() + 1)
}

/// What is wrong with the text of a TOML file, and in which line.
pub fn refused(file: &str, text: &str, error: &toml::de::Error) -> Error {
    let what = error.message().replace('\n', "; ");
    let meant = unknown(&what).map_or_else(String::new, |(word, known)| meant(word, known));
    let at = error.span().map(|span| span.start);
    wrong(file, text, at, &format!("{what}{meant}")).because(error.clone())
}

/// What is wrong, at a place in the text of a file where there is one.
pub fn wrong(file: &str, text: &str, at: Option<usize>, what: &str) -> Error {
    let line = at.map(|at| line(text, at));
    Error::malformed(what).of(file).in_line(line)
}

/// The word that an error of serde does not know, and those that it does.
fn unknown(what: &str) -> Option<(&str, impl Iterator<Item = &str>)> {
    let rest = what
        .strip_prefix("unknown field `")
        .or(what.strip_prefix("unknown variant `"));
    let (word, rest) = rest?.split_once('`')?;
    Some((word, rest.split('`').skip(1).step_by(2)))
}

/// `: did you mean …?`, if one of the known words is near; to be put behind an error.
pub fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let length = word.chars().count();
    let far = |other: &'a str| (strsim::osa_distance(word, other), other);
    let near = known.into_iter().map(far).min_by_key(|(distance, _)| *distance);
    // A third of the word, at most: beyond that it is a guess.
    let near = near.filter(|(distance, _)| *distance <= (length / 3).max(1) && *distance < length);
    near.map_or_else(String::new, |(_, other)| format!(": did you mean `{other}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_near() {
        let known = ["build", "gate", "lint", "history"];
        for (word, says) in [
            ("lnt", ": did you mean `lint`?"),
            ("biuld", ": did you mean `build`?"),
            ("histories", ": did you mean `history`?"),
            ("deploy", ""),
            ("x", ""),
            ("", ""),
        ] {
            assert_eq!(meant(word, known), says, "{word}");
        }
    }

    #[test]
    fn an_error_of_serde_names_the_known_words() {
        let (word, known) = unknown("unknown field `a`, expected one of `b`, `c`").unwrap();
        assert_eq!((word, known.collect::<Vec<_>>()), ("a", vec!["b", "c"]));
        let (_, known) = unknown("unknown variant `a`, expected `b` or `c`").unwrap();
        assert_eq!(known.collect::<Vec<_>>(), ["b", "c"]);
        assert!(unknown("missing field `a`").is_none());
    }
}
