//! What is known of both builds: whether the two values of a difference are renderings of what each side's record says.
//!
//! The two sides are walked at the same time. Each step takes bytes that are equal, or a token of side a that renders a fact of a's
//! record together with a token of side b that renders a fact of the same kind of b's record in the same manner. What is walked
//! through like this has no byte left that the records do not vouch for.

mod counted;
mod page;

use self::counted::Count;
use self::page::{Page, Reading, Token, Unit, path_rest};
use super::{
    CAUSES, Cause, acts,
    date::{self, Date},
    find, path, statement,
};
use crate::model::{
    Attribution, CauseId, Change, Claim, Difference, Evidence, FactKind, Kind, Record, Role, Span, Value, Warrant,
};
use std::{cell::OnceCell, collections::BTreeMap, sync::LazyLock};

/// The cause of what follows from something else.
const FOLLOWS: CauseId = "derived-hash";
/// Equal bytes before a change that are walked, too: the token may begin there.
const BACK: usize = 300;

/// Kinds of facts that are moments.
pub const TIMES: &[FactKind] = &[FactKind::Clock, FactKind::FileTime, FactKind::SourceDateEpoch];
/// Kinds of facts that are folders in which something is built.
pub const FOLDERS: &[FactKind] = &[FactKind::BuildPath, FactKind::Home, FactKind::TmpDir];

/// Kinds of facts that are moments in a zone.
pub const ZONED: &[FactKind] = &[
    FactKind::Clock,
    FactKind::FileTime,
    FactKind::SourceDateEpoch,
    FactKind::Zone,
];
/// Kinds of facts that are folders of temporary files.
pub const TEMPORARY: &[FactKind] = &[FactKind::TmpDir];
/// Kinds of facts that are owners of files.
pub const OWNERS: &[FactKind] = &[FactKind::Uid, FactKind::Gid, FactKind::User, FactKind::Group];
/// Kinds of facts that are names of the machine.
pub const HOSTS: &[FactKind] = &[FactKind::Host, FactKind::Domain];
/// Kinds of facts that are the user, by name or number.
pub const USERS: &[FactKind] = &[
    FactKind::User,
    FactKind::Gecos,
    FactKind::Group,
    FactKind::Uid,
    FactKind::Gid,
];
/// Kinds of facts that are the user's name.
pub const USER: &[FactKind] = &[FactKind::User];
/// Kinds of facts that are the kernel.
pub const KERNELS: &[FactKind] = &[FactKind::KernelRelease, FactKind::KernelVersion];
/// Kinds of facts that are numbers of processors.
pub const COUNTS: &[FactKind] = &[FactKind::CpuCount];
/// Kinds of facts that are models of processors.
pub const MODELS: &[FactKind] = &[FactKind::CpuModel];
/// Kinds of facts that are versions of tools.
pub const TOOLS: &[FactKind] = &[FactKind::Tool];
/// Kinds of facts that are numbers of processes.
pub const PIDS: &[FactKind] = &[FactKind::Pid];
/// Kinds of facts that are names of time zones.
pub const ZONES: &[FactKind] = &[FactKind::Zone];
/// Kinds of facts that are the user by name.
pub const PERSONS: &[FactKind] = &[FactKind::User, FactKind::Gecos];
/// Kinds of facts that are what variables choose.
pub const SETTINGS: &[FactKind] = &[FactKind::Locale, FactKind::Shell];
/// Kinds of facts that are what variables hold.
pub const VARIABLES: &[FactKind] = &[
    FactKind::Variable,
    FactKind::Home,
    FactKind::TmpDir,
    FactKind::BuildPath,
    FactKind::User,
    FactKind::Host,
    FactKind::Locale,
    FactKind::Zone,
    FactKind::Shell,
    FactKind::SourceDateEpoch,
];

/// Two tokens that two records vouch for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where they stand.
    pub pair: Change,
    /// What they render.
    pub kind: FactKind,
    /// The facts, by their places in each record.
    pub facts: [usize; 2],
}

/// What two sides were walked through by.
struct Walked {
    hits: Vec<Hit>,
    /// Lengths of texts in which some of the tokens stand.
    counts: Vec<Count>,
}

/// Two records, ready to be looked for.
#[derive(Debug)]
pub struct Book<'r> {
    pages: [Page<'r>; 2],
}

impl<'r> Book<'r> {
    /// Of a's record and b's.
    pub fn new(records: [&'r Record; 2]) -> Self {
        Self {
            pages: records.map(Page::of),
        }
    }
    /// The records of a and of b.
    pub(super) fn records(&self) -> [&'r Record; 2] {
        [self.pages[0].record, self.pages[1].record]
    }
    /// The records the other way round.
    pub fn swapped(&self) -> Book<'r> {
        let [a, b] = &self.pages;
        Book::new([b.record, a.record])
    }
    /// What both records know of one difference.
    pub fn about<'b>(&'b self, difference: &'b Difference) -> About<'b, 'r> {
        About {
            book: self,
            units: [&difference.a.unit, &difference.b.unit],
            difference,
            dates: OnceCell::new(),
        }
    }
}

/// What both records know of one difference.
pub struct About<'b, 'r> {
    book: &'b Book<'r>,
    units: [&'b [u8]; 2],
    difference: &'b Difference,
    dates: OnceCell<[Vec<Date>; 2]>,
}

impl About<'_, '_> {
    /// The tokens that account for every byte of a claimed range, if the records have them. A cause counts only for facts of its kinds.
    pub fn warrant(&self, cause: CauseId, range: Change) -> Option<Vec<Hit>> {
        let kinds = super::by_id(cause)?.facts();
        if kinds.is_empty() || !self.difference.both() {
            return None;
        }
        self.time(range, kinds)
            .or_else(|| self.count(range, kinds))
            .or_else(|| {
                let walked = self.walk(range, kinds, false)?;
                walked.counts.is_empty().then_some(walked.hits)
            })
    }

    /// Gives the ranges that the records vouch for their warrant, and finds known values where no cause's form did.
    pub(crate) fn vouch(&self, said: Attribution) -> Attribution {
        let mut claims = Vec::new();
        for claim in said.claims {
            let Claim { cause, evidence } = claim;
            if evidence.warrant.is_some() || !evidence.explains() {
                claims.push(Claim { cause, evidence });
                continue;
            }
            let known = |range: &Change| self.warrant(cause, *range).is_some();
            let (known, other): (Vec<Change>, Vec<Change>) = evidence.claims.iter().partition(|range| known(range));
            let with = |claims: Vec<Change>| Evidence {
                claims,
                ..evidence.clone()
            };
            if !known.is_empty() {
                let evidence = with(known).by(Warrant::Record);
                claims.push(Claim { cause, evidence });
            }
            if !other.is_empty() {
                let evidence = with(other);
                claims.push(Claim { cause, evidence });
            }
        }
        let taken: Vec<Change> = standing(&claims).copied().collect();
        let (adopted, open) = self.adopt(&said.open, &taken);
        claims.extend(adopted);
        Attribution { claims, open }
    }

    /// What of these changes the records account for where no cause's form did: claims beside those that are `taken`, and the changes that
    /// are left.
    fn adopt(&self, open: &[Change], taken: &[Change]) -> (Vec<Claim>, Vec<Change>) {
        let mut adopted: BTreeMap<CauseId, Vec<Change>> = BTreeMap::new();
        let mut counts: Vec<Change> = Vec::new();
        let mut left = Vec::new();
        let difference = self.difference;
        let readable = matches!(
            difference.role,
            Role::Text | Role::String | Role::Version | Role::Reference | Role::Data | Role::Content
        );
        for change in open {
            let walked = match readable && difference.both() {
                true => self.walk(*change, &ADOPTED, true),
                false => None,
            };
            let Some(walked) = walked.filter(|walked| self.harmless(&walked.hits)) else {
                left.push(*change);
                continue;
            };
            for count in walked.counts.iter().map(|count| count.pair) {
                if !counts.contains(&count) {
                    counts.push(count);
                }
            }
            for hit in walked.hits {
                let Some(cause) = adopts(hit.kind) else { continue };
                let claims = adopted.entry(cause.id()).or_default();
                if !claims.contains(&hit.pair) && !taken.contains(&hit.pair) {
                    claims.push(hit.pair);
                }
            }
        }
        // A token holds all changes in it, not only the one that it begins with.
        let held = |change: &Change| {
            let mut tokens = adopted.values().flatten();
            tokens.any(|token| token.a.contains(change.a) && token.b.contains(change.b))
        };
        left.retain(|change| !held(change));
        let claims = adopted.into_iter().filter_map(|(cause, claims)| {
            let evidence = Evidence::likely(claims)?.by(Warrant::Record);
            Some(Claim { cause, evidence })
        });
        let mut claims: Vec<Claim> = claims.collect();
        claims.extend(Evidence::likely(counts).map(|evidence| Claim {
            cause: FOLLOWS,
            evidence: evidence.by(Warrant::Derived).following(),
        }));
        (claims, left)
    }

    /// Whether the tokens stand where nothing acts on them, and limit nothing.
    fn harmless(&self, hits: &[Hit]) -> bool {
        let [a, _] = self.units;
        let pairs: Vec<Change> = hits.iter().map(|hit| hit.pair).collect();
        let limit = |pair: &Change| statement::limits(&find::before(a, pair.a.start, 80));
        !hits.is_empty() && !acts::on(self.difference, &pairs) && !pairs.iter().any(limit)
    }

    /// A whole field that the format has read as a time.
    fn time(&self, change: Change, kinds: &[FactKind]) -> Option<Vec<Hit>> {
        let difference = self.difference;
        let (Value::Time { seconds: x, local: p }, Value::Time { seconds: y, local: q }) =
            (&difference.a.value, &difference.b.value)
        else {
            return None;
        };
        if change != difference.whole() || p != q {
            return None;
        }
        let readings: &[Reading] = match p {
            true => &[Reading::Utc, Reading::Recorded],
            false => &[Reading::Utc],
        };
        let [a, b] = &self.book.pages;
        for reading in readings {
            let found = [(a, *x), (b, *y)].map(|(page, seconds)| {
                let at = seconds - page.shift(*reading, None)?;
                // DOS counts in steps of two seconds.
                page.windows
                    .iter()
                    .find(|(kind, from, to, _)| kinds.contains(kind) && at + i64::from(*p) >= *from && at <= *to)
            });
            if let [Some(x), Some(y)] = found
                && x.0 == y.0
            {
                return Some(vec![Hit {
                    pair: change,
                    kind: x.0,
                    facts: [x.3, y.3],
                }]);
            }
        }
        None
    }

    /// A whole field that the format has read as a number.
    fn count(&self, change: Change, kinds: &[FactKind]) -> Option<Vec<Hit>> {
        let difference = self.difference;
        let (Value::Number(x), Value::Number(y)) = (&difference.a.value, &difference.b.value) else {
            return None;
        };
        if change != difference.whole() {
            return None;
        }
        let [a, b] = &self.book.pages;
        kinds.iter().find_map(|kind| {
            Some(vec![Hit {
                pair: change,
                kind: *kind,
                facts: [a.number_of(*kind, *x)?, b.number_of(*kind, *y)?],
            }])
        })
    }

    /// Walks through a change on both sides; none if something there is no token of both records.
    fn walk(&self, change: Change, kinds: &[FactKind], alone: bool) -> Option<Walked> {
        let [a, b] = self.units;
        if change.a.end > a.len() || change.b.end > b.len() {
            return None;
        }
        let dates = self.dates.get_or_init(|| self.units.map(date::dates));
        let binary = !find::textual(self.difference);
        // A length may be the sign of a letter: its bytes belong to what then looks like one text.
        let program = self.difference.kind == Kind::Executable;
        let unit = |n: usize| Unit {
            bytes: self.units[n],
            dates: &dates[n],
            binary,
        };
        let (ua, ub) = (unit(0), unit(1));
        let before = a[..change.a.start].iter().rev().zip(b[..change.b.start].iter().rev());
        let back = before.take(BACK).take_while(|(x, y)| x == y).count();
        let (mut i, mut j) = (change.a.start - back, change.b.start - back);
        let (mut hits, mut here, mut there) = (Vec::new(), Vec::new(), Vec::new());
        let [page, other] = &self.book.pages;
        let (mut counts, mut within): (Vec<Count>, Option<(Count, usize)>) = (Vec::new(), None);
        while i < change.a.end || j < change.b.end || within.is_some() {
            if let Some((count, before)) = within
                && count.done([i, j])?
            {
                // A length follows from a value in its text.
                (hits.len() > before).then(|| within = None)?;
                counts.push(count);
                continue;
            }
            page.tokens(ua, i, kinds, alone, &mut here);
            if !here.is_empty() {
                other.tokens(ub, j, kinds, alone, &mut there);
            }
            let mut best: Option<(Token<'_>, Token<'_>)> = None;
            for x in &here {
                for y in there.iter().filter(|y| y.manner == x.manner) {
                    let (s, t) = (&a[i..i + x.length], &b[j..j + y.length]);
                    let rest = || {
                        let (s, t) = (path_rest(a, i + x.length), path_rest(b, j + y.length));
                        s == t && !path::climbs(s)
                    };
                    if s != t
                        && best.is_none_or(|(p, q)| x.length + y.length > p.length + q.length)
                        && (!page.rooted(x) || rest())
                    {
                        best = Some((*x, *y));
                    }
                }
            }
            here.clear();
            there.clear();
            if let Some((x, y)) = best {
                hits.push(Hit {
                    pair: Change {
                        a: Span::at(i, x.length),
                        b: Span::at(j, y.length),
                    },
                    kind: x.manner.kind,
                    facts: [x.fact, y.fact],
                });
                (i, j) = (i + x.length, j + y.length);
            } else if a.get(i).is_some() && a.get(i) == b.get(j) {
                (i, j) = (i + 1, j + 1);
            } else {
                let count = Count::at(self.units, [i, j]).filter(|_| program && within.is_none())?;
                (i, j) = (count.pair.a.end, count.pair.b.end);
                within = Some((count, hits.len()));
            }
        }
        // Equal bytes alone would mean that the change was none.
        (!hits.is_empty()).then_some(Walked { hits, counts })
    }
}

/// The ranges of claims that explain.
fn standing(claims: &[Claim]) -> impl Iterator<Item = &Change> {
    let explaining = claims.iter().filter(|claim| claim.evidence.explains());
    explaining.flat_map(|claim| &claim.evidence.claims)
}

/// Kinds of values that say enough without a cause's form: every one that a cause adopts.
static ADOPTED: LazyLock<Vec<FactKind>> =
    LazyLock::new(|| CAUSES.iter().flat_map(|cause| cause.adopts()).copied().collect());

/// The cause of a recorded value that stands somewhere.
fn adopts(kind: FactKind) -> Option<&'static dyn Cause> {
    CAUSES.iter().copied().find(|cause| cause.adopts().contains(&kind))
}

#[cfg(test)]
mod tests;
