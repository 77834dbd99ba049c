//! Commands with places to fill: `{cc}`, `{out}`, `{prev}`, `{source}` …

use crate::{bytes::Error, rebuild::config};
use std::collections::BTreeMap;

/// A command of the spec, not yet filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// A line for `/bin/sh`.
    Line(String),
    /// Program and arguments.
    List(Vec<String>),
}

/// The place that stands for several words: the compiler and its options.
const COMPILER: &str = "cc";

impl Words {
    /// Reads a command; `allowed` are the places that it may have.
    pub fn of(command: &config::Words, allowed: &[&str]) -> Result<Self, Error> {
        match command {
            config::Words::Line(line) => {
                places(line, |name| check(name, allowed)).map_or_else(Err, |_| Ok(Words::Line(line.clone())))
            }
            config::Words::List(words) => Self::list(words, allowed),
        }
    }

    /// Reads a list of words.
    pub fn list(words: &[String], allowed: &[&str]) -> Result<Self, Error> {
        for word in words {
            if word.contains('\0') {
                return Err(Error::malformed("there is a NUL in a word"));
            }
            places(word, |name| {
                if name == COMPILER && word != "{cc}" {
                    return Err(Error::malformed(format!(
                        "{word:?}: {{cc}} is several words, so it must be a word of its own; use a line for /bin/sh"
                    )));
                }
                // In a list nothing else can be meant by it.
                check(name, allowed)
            })?;
        }
        Ok(Words::List(words.to_vec()))
    }

    /// Whether there is nothing to run.
    pub fn is_empty(&self) -> bool {
        match self {
            Words::Line(line) => line.trim().is_empty(),
            Words::List(words) => words.first().is_none_or(String::is_empty),
        }
    }

    /// Whether it has a place.
    pub fn uses(&self, name: &str) -> bool {
        let texts = match self {
            Words::Line(line) => std::slice::from_ref(line),
            Words::List(words) => words.as_slice(),
        };
        let mut found = false;
        for text in texts {
            let _ = places(text, |place| {
                found |= place == name;
                Ok(String::new())
            });
        }
        found
    }

    /// The same with some of its places filled.
    pub(crate) fn partly(&self, values: &BTreeMap<&str, String>) -> Self {
        let fill = |text: &String| put(text, |name| values.get(name));
        match self {
            Words::Line(line) => Words::Line(fill(line)),
            Words::List(words) => Words::List(words.iter().map(fill).collect()),
        }
    }

    /// Program and arguments, with every place filled; `{cc}` by the words of the compiler.
    pub fn fill(&self, compiler: &[String], values: &BTreeMap<&str, String>) -> Vec<String> {
        match self {
            Words::Line(line) => {
                let quoted: Vec<String> = compiler.iter().map(|word| quote(word)).collect();
                let quoted = quoted.join(" ");
                let line = put(line, |name| {
                    if name == COMPILER {
                        Some(&quoted)
                    } else {
                        values.get(name)
                    }
                });
                vec!["/bin/sh".to_owned(), "-c".to_owned(), line]
            }
            Words::List(words) => {
                let mut all = Vec::new();
                for word in words {
                    match word == "{cc}" {
                        true => all.extend(compiler.iter().cloned()),
                        false => all.push(put(word, |name| values.get(name))),
                    }
                }
                all
            }
        }
    }
}

fn put<'v>(text: &str, value: impl Fn(&str) -> Option<&'v String>) -> String {
    let filled = places(text, |name| {
        Ok(value(name).cloned().unwrap_or_else(|| format!("{{{name}}}")))
    });
    filled.unwrap_or_else(|_| text.to_owned())
}

fn check(name: &str, allowed: &[&str]) -> Result<String, Error> {
    match allowed.contains(&name) {
        true => Ok(String::new()),
        false => Err(Error::malformed(format!(
            "{{{name}}} can't be used here; there is {{{}}}",
            allowed.join("}, {")
        ))),
    }
}

/// The names that are places somewhere.
const NAMES: &[&str] = &["cc", "out", "prev", "source", "spec", "unit", "object"];

/// The text with what `value` gives in each place. `${out}` is the shell's, and so is a brace with anything else in it.
fn places(text: &str, mut value: impl FnMut(&str) -> Result<String, Error>) -> Result<String, Error> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let name = from
            .get(1..)
            .and_then(|inner| inner.split_once('}'))
            .map(|(name, _)| name);
        match name.filter(|name| NAMES.contains(name) && !before.ends_with('$')) {
            Some(name) => {
                out.push_str(&value(name)?);
                rest = from.get(name.len() + 2..).unwrap_or_default();
            }
            None => {
                out.push('{');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// A word for a POSIX shell.
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-+=./,:@%^".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(words: &Words) -> Vec<String> {
        let values: BTreeMap<&str, String> = [("out", "/build/out"), ("prev", "/build/prev")]
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        words.fill(&["gcc".to_owned(), "-DX=a b".to_owned()], &values)
    }

    #[test]
    fn places_are_filled() {
        let list: Vec<String> = ["{cc}", "-o", "{out}/x", "{a,b}"].map(str::to_owned).to_vec();
        let words = Words::list(&list, &["cc", "out"]).unwrap();
        assert_eq!(filled(&words), ["gcc", "-DX=a b", "-o", "/build/out/x", "{a,b}"]);
        assert!(words.uses("cc") && !words.uses("prev"));
        let line = config::Words::Line("{cc} -o {out}/x ${out} {prev}".to_owned());
        let words = Words::of(&line, &["cc", "out", "prev"]).unwrap();
        assert_eq!(filled(&words)[2], "gcc '-DX=a b' -o /build/out/x ${out} /build/prev");
    }

    #[test]
    fn places_that_make_no_sense_are_refused() {
        let list = |word: &str| Words::list(&[word.to_owned()], &["out"]).unwrap_err().to_string();
        assert!(list("{prev}/x").contains("{prev} can't be used here"));
        assert!(list("{cc}x").contains("a word of its own"));
        assert_eq!(quote("it's"), "'it'\\''s'");
    }
}
