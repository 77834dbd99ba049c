//! Debian's fields, deb822(5): `Name: value`, continued on lines that begin with a blank. Clearsigned or not.

use super::wrong;
use crate::bytes::Error;
use std::collections::BTreeMap;

/// One field.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Its lines without what leads in, each with its number, counted from 1.
    pub lines: Vec<(usize, String)>,
}

impl Field {
    /// The whole value.
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|(_, text)| text.as_str()).collect();
        lines.join("\n")
    }
    /// Where it begins.
    pub fn line(&self) -> usize {
        self.lines.first().map_or(0, |line| line.0)
    }
}

/// Whether a text begins as a clearsigned message does.
pub fn signed(text: &str) -> bool {
    text.trim_start().starts_with("-----BEGIN PGP SIGNED MESSAGE-----")
}

/// Fields by name in lower case.
///
/// # Errors
/// A line is none, or a field is there twice.
pub fn fields(text: &str) -> Result<BTreeMap<String, Field>, Error> {
    let mut lines = text.lines().enumerate();
    if signed(text) {
        // The armour's own headers end with an empty line.
        while lines.next().is_some_and(|(_, line)| !line.trim().is_empty()) {}
    }
    let mut fields: BTreeMap<String, Field> = BTreeMap::new();
    let mut last: Option<String> = None;
    for (number, line) in lines {
        let number = number + 1;
        if line.starts_with("-----BEGIN PGP SIGNATURE") {
            break;
        }
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            let field = last.as_ref().and_then(|name| fields.get_mut(name));
            let field = field.ok_or_else(|| wrong(number, "a continuation without a field"))?;
            field.lines.push((number, line.trim_start().to_owned()));
            continue;
        }
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| wrong(number, "not `Field: value`"))?;
        let name = name.to_ascii_lowercase();
        let first = Field {
            lines: vec![(number, value.trim().to_owned())],
        };
        if fields.insert(name.clone(), first).is_some() {
            return Err(wrong(number, format_args!("a second field {name}")));
        }
        last = Some(name);
    }
    Ok(fields)
}

/// `NAME="value"`, one after another, as in the field Environment; a value may go on over lines.
///
/// # Errors
/// Something else stands there.
pub fn variables(text: &str) -> Result<BTreeMap<String, String>, Error> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let wrong = || {
            Error::malformed(format!(
                "Environment: {:?} is not NAME=\"value\"",
                rest.lines().next().unwrap_or_default()
            ))
        };
        let (name, after) = rest.split_once("=\"").ok_or_else(wrong)?;
        let whole = |c: char| !c.is_whitespace() && !matches!(c, '"' | '=');
        if name.is_empty() || !name.chars().all(whole) {
            return Err(wrong());
        }
        let mut value = String::new();
        let mut characters = after.char_indices();
        let end = loop {
            match characters.next().ok_or_else(wrong)? {
                (at, '"') => break at,
                (_, '\\') => match characters.next().ok_or_else(wrong)?.1 {
                    'n' => value.push('\n'),
                    c @ ('"' | '\\') => value.push(c),
                    // dpkg escapes quotes, but not every version of it backslashes.
                    other => value.extend(['\\', other]),
                },
                (_, c) => value.push(c),
            }
        };
        found.insert(name.to_owned(), value);
        rest = after[end + 1..].trim_start();
    }
    Ok(found)
}
