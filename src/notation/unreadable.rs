//! What is said of a word that can't be read as what it should be.

use std::fmt;

/// A word that is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    text: String,
    message: String,
}

impl Unreadable {
    /// `"word": why`.
    pub fn new(text: &str, why: impl fmt::Display) -> Self {
        Self::said(text, format!("{text:?}: {why}"))
    }
    /// `"word" is not a …`.
    pub fn not(text: &str, what: impl fmt::Display) -> Self {
        Self::said(text, format!("{text:?} is not {what}"))
    }
    /// In words of one's own, which need not have the word in them.
    pub fn said(text: &str, message: impl Into<String>) -> Self {
        Self {
            text: text.to_owned(),
            message: message.into(),
        }
    }
    /// The word.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Unreadable {}
