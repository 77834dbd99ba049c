//! One place where two artifacts differ, and what a cause says of it.

use super::{Blob, CauseId, FormatId, Order, Role, Span, Value};

/// One place where the two sides differ: a field, a line, a string, a run of bytes, an order, a missing member.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The way in, member by member, down to the field or line; components joined by `/`.
    pub address: String,
    /// Length of the part of `address` that names the container (the byte space that the spans count from).
    pub container: usize,
    /// The format of the container.
    pub format: FormatId,
    /// What the differing bytes are for.
    pub role: Role,
    /// Of [`Role::Order`]: what is permuted.
    pub order: Order,
    /// One side.
    pub a: Side,
    /// The other.
    pub b: Side,
    /// The ranges of the two units that differ, not yet claimed by a cause.
    pub changes: Vec<Change>,
}

/// One side of a difference.
#[derive(Clone, Debug)]
pub struct Side {
    /// False when this side has no such part; `span` is then where it would stand.
    pub present: bool,
    /// Where, in the container.
    pub span: Span,
    /// What is examined: the bytes of `span`, or what they stand for ([`Value::Target`]).
    pub unit: Blob,
    /// What the format knows of it.
    pub value: Value,
    /// Of an order difference: the items in their order on this side, by span and name.
    pub items: Vec<(Span, String)>,
}

/// Ranges of the two units that differ from each other; one of them may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// In `a`'s unit.
    pub a: Span,
    /// In `b`'s unit.
    pub b: Span,
}

/// How sure a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The structure names the field, or the value was recomputed.
    Proven,
    /// The value has the form and stands where such values stand.
    Likely,
    /// A hint for a person; it explains nothing, so the difference stays unexplained.
    Possible,
}

/// What a cause found in a difference.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// How sure.
    pub confidence: Confidence,
    /// Follows from another difference.
    pub knock_on: bool,
    /// The ranges that the cause accounts for: in each, the two sides are written as one canonical value.
    pub claims: Vec<Change>,
}

/// Evidence with its cause: what remains attached to a difference.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Which cause.
    pub cause: CauseId,
    /// What it said.
    pub evidence: Evidence,
}

impl Evidence {
    /// All changes of the difference, proven.
    pub fn whole(difference: &Difference) -> Self {
        Self {
            confidence: Confidence::Proven,
            knock_on: false,
            claims: vec![difference.whole()],
        }
    }
    /// These ranges, likely.
    pub fn likely(claims: Vec<Change>) -> Option<Self> {
        (!claims.is_empty()).then_some(Self {
            confidence: Confidence::Likely,
            knock_on: false,
            claims,
        })
    }
    /// The same, with another confidence.
    pub fn with(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }
    /// The same, as something that follows from another difference.
    pub fn following(mut self) -> Self {
        self.knock_on = true;
        self
    }
}

impl Difference {
    /// The whole of both units.
    pub fn whole(&self) -> Change {
        Change {
            a: Span::new(0, self.a.unit.len()),
            b: Span::new(0, self.b.unit.len()),
        }
    }
    /// The last component of the address: the field's, member's or line's name.
    pub fn name(&self) -> &str {
        self.address[self.container.min(self.address.len())..].trim_start_matches('/')
    }
    /// The address of the container.
    pub fn place(&self) -> &str {
        &self.address[..self.container.min(self.address.len())]
    }
    /// Both sides have the part.
    pub fn both(&self) -> bool {
        self.a.present && self.b.present
    }
}
