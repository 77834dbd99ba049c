//! A place in a file at which a rule has found something.

use super::{Confidence, Rule};
use std::ops::Range;

/// A place in a file.
#[derive(Clone, Debug)]
pub struct Place {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// How sure it is: as its rule, unless something speaks against it.
    pub confidence: Confidence,
    /// Bytes of the file.
    pub span: Range<usize>,
    /// About this place.
    pub message: String,
    /// The certain fix: bytes of the file, and what to put there.
    pub edit: Option<(Range<usize>, String)>,
    /// Whether it was found in shell commands inside a file of another language.
    pub(super) embedded: bool,
}

impl Place {
    /// A place that was not found by looking at code.
    pub(super) fn new(rule: &'static Rule, span: Range<usize>, message: String) -> Self {
        Self {
            rule,
            confidence: rule.confidence,
            span,
            message,
            edit: None,
            embedded: false,
        }
    }
}
