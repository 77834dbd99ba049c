//! An attribute, written out.

use super::super::listing::Listing;
use crate::model::Malformed;

/// Bytes of an attribute that are written out.
const LONGEST: usize = 1 << 24;

/// An attribute as lines: the first has its own fields, the others are items of its tables.
#[derive(Default)]
pub(super) struct Lines {
    done: Vec<String>,
    text: String,
    total: usize,
}

impl Lines {
    /// The next word of the line. What is too long is cut off, and found out at the end.
    pub(super) fn word(&mut self, word: &str) {
        self.total += word.len();
        if self.total > LONGEST {
            return;
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(word);
    }
    /// The end of the line.
    pub(super) fn end(&mut self) {
        if !self.text.is_empty() {
            self.done.push(std::mem::take(&mut self.text));
        }
    }
    /// Each with the name of the attribute before it.
    pub(super) fn put(mut self, name: &str, to: &mut Listing) -> Result<(), Malformed> {
        if self.total > LONGEST {
            return Err(Malformed::limit(format!(
                "an attribute of at most {LONGEST} bytes in words"
            )));
        }
        self.end();
        if self.done.is_empty() {
            return to.line(format_args!("{name}"));
        }
        self.done
            .iter()
            .try_for_each(|line| to.line(format_args!("{name} {line}")))
    }
}
