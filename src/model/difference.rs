//! One place where two artifacts differ, and what causes say of it.

use super::{Blob, CauseId, FormatId, Kind, Order, Role, Span, Value};

/// One place where the two sides differ: a field, a line, a string, a run of bytes, an order, a missing member. Never changed once it is
/// found: what is said of it stands in an [`Attribution`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Difference {
    /// The way in, member by member, down to the field or line; components joined by `/`.
    pub address: String,
    /// Length of the part of `address` that names the container (the byte space that the spans count from).
    pub container: usize,
    /// The format of the container.
    pub format: FormatId,
    /// What kind of thing the container is.
    pub kind: Kind,
    /// It stands where no reader of the artifact acts on it.
    pub inert: bool,
    /// What the differing bytes are for.
    pub role: Role,
    /// Of [`Role::Order`]: what is permuted.
    pub order: Order,
    /// One side.
    pub a: Side,
    /// The other.
    pub b: Side,
    /// The ranges of the two units that differ.
    pub changes: Vec<Change>,
    /// Those of them that lead to the same place on both sides.
    pub moved: Vec<Change>,
}

/// One side of a difference.
#[derive(Clone, Debug)]
#[non_exhaustive]
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

/// An owner or a mode of a member that both sides have, whether it differs or not: what is true of one must be true of all.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Right {
    /// The name of the field.
    pub field: String,
    /// Owner or mode.
    pub role: Role,
    /// On side a.
    pub a: Value,
    /// On side b.
    pub b: Value,
}

/// Ranges of the two units that differ from each other; one of them may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// In `a`'s unit.
    pub a: Span,
    /// In `b`'s unit.
    pub b: Span,
}

/// How sure a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Confidence {
    /// Something shows it: see [`Warrant`].
    Proven,
    /// The value has the form and stands where such values stand.
    Likely,
    /// A hint for a person; it explains nothing, so the difference stays unexplained.
    Possible,
}

/// What shows that a build wrote the bytes that a cause claims, and nobody else (`docs/proof.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Warrant {
    /// The format says what the bytes are, both sides are well formed there, and nothing that reads the artifact acts on them.
    Structure,
    /// The values are those that the two builds are known to have differed by.
    Record,
    /// Recomputed from bytes that are equal or have a warrant themselves.
    Derived,
}

impl Warrant {
    /// As reports write it.
    pub fn word(self) -> &'static str {
        match self {
            Warrant::Structure => "structure",
            Warrant::Record => "record",
            Warrant::Derived => "derived",
        }
    }
}

/// What a cause found in a difference.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Evidence {
    /// How sure.
    pub confidence: Confidence,
    /// What it rests on beyond its form.
    pub warrant: Option<Warrant>,
    /// Follows from another difference.
    pub knock_on: bool,
    /// The ranges that the cause accounts for: in each, the two sides are written as one canonical value.
    pub claims: Vec<Change>,
    /// Where no token renders it: the facts that show it, by their places in the record of each side.
    pub facts: Option<[usize; 2]>,
}

/// What causes say of one difference.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Attribution {
    /// In the order in which the causes were asked.
    pub claims: Vec<Claim>,
    /// The changes that no claim accounts for.
    pub open: Vec<Change>,
}

/// Evidence with its cause.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Claim {
    /// Which cause.
    pub cause: CauseId,
    /// What it said.
    pub evidence: Evidence,
}

impl Evidence {
    /// The whole of the difference, by its form.
    pub fn whole(difference: &Difference) -> Self {
        Self {
            confidence: Confidence::Likely,
            warrant: None,
            knock_on: false,
            claims: vec![difference.whole()],
            facts: None,
        }
    }
    /// The whole of the difference is a field that the structure names.
    pub fn field(difference: &Difference) -> Self {
        Self::whole(difference).by(Warrant::Structure)
    }
    /// The whole of the difference was recomputed from other bytes.
    pub fn derived(difference: &Difference) -> Self {
        Self::whole(difference).by(Warrant::Derived).following()
    }
    /// These ranges, by their form.
    pub fn likely(claims: Vec<Change>) -> Option<Self> {
        (!claims.is_empty()).then_some(Self {
            confidence: Confidence::Likely,
            warrant: None,
            knock_on: false,
            claims,
            facts: None,
        })
    }
    /// The same, with what shows it.
    pub fn by(mut self, warrant: Warrant) -> Self {
        self.warrant = Some(warrant);
        self.confidence = Confidence::Proven;
        self
    }
    /// The same, shown by these facts of the two records.
    pub fn recorded(mut self, facts: [usize; 2]) -> Self {
        self.facts = Some(facts);
        self.by(Warrant::Record)
    }
    /// The same, with what shows it where that holds.
    pub fn by_if(self, warrant: Warrant, holds: bool) -> Self {
        if holds { self.by(warrant) } else { self }
    }
    /// The same as a hint, which explains nothing.
    pub fn hint(mut self) -> Self {
        self.warrant = None;
        self.confidence = Confidence::Possible;
        self
    }
    /// The same, as something that follows from another difference.
    pub fn following(mut self) -> Self {
        self.knock_on = true;
        self
    }
    /// Whether it accounts for the bytes, or only hints at what they are.
    pub fn explains(&self) -> bool {
        self.confidence != Confidence::Possible
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
    /// Both sides hold a time where the format has one.
    pub fn timed(&self) -> bool {
        let time = |side: &Side| matches!(side.value, Value::Time { .. });
        self.role == Role::Timestamp && self.both() && time(&self.a) && time(&self.b)
    }
}
