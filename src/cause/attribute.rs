//! Causes are asked in their order, about one difference after another; what they say together must be consistent.

use super::{Book, CAUSES, Case, Dates, Survey, acts, by_id, lone, passage::Reading, statement};
use crate::model::{Attribution, Change, Claim, Confidence, Difference, Evidence, Span, Warrant};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What causes say of each difference, in the order of these, and what records of both builds vouch for.
pub fn attribute(differences: &[&Difference], survey: &Survey, book: Option<&Book<'_>>) -> Vec<Attribution> {
    let one = |difference: &&Difference| {
        let said = one(difference, survey);
        match book {
            Some(book) => recorded(difference, survey, book, book.about(difference).vouch(said)),
            None => said,
        }
    };
    let mut said: Vec<Attribution> = differences.par_iter().map(one).collect();
    consistent(differences, &mut said);
    said
}

/// Gives claims their warrant of which no token, but all of it together, shows what the records know.
fn recorded(difference: &Difference, survey: &Survey, book: &Book<'_>, mut said: Attribution) -> Attribution {
    let case = Case {
        difference,
        open: &difference.changes,
        survey,
        dates: &Dates::default(),
    };
    for claim in &mut said.claims {
        let open = claim.evidence.explains() && claim.evidence.warrant.is_none();
        let cause = by_id(claim.cause).filter(|_| open);
        if let Some(facts) = cause.and_then(|cause| cause.recorded(&case, book.records())) {
            claim.evidence = claim.evidence.clone().recorded(facts);
        }
    }
    said
}

/// Asks every cause, in order, until all changes are claimed.
fn one(difference: &Difference, survey: &Survey) -> Attribution {
    let mut claims: Vec<Claim> = Vec::new();
    let mut open = difference.changes.clone();
    let dates = Dates::default();
    let moved = survey.passage(Reading::Shuffled, difference).is_some();
    for cause in CAUSES {
        if open.is_empty() {
            break;
        }
        // Lines that stand elsewhere on the other side differ in nothing but their place.
        if moved && cause.group() != "order" {
            continue;
        }
        let case = Case {
            difference,
            open: &open,
            survey,
            dates: &dates,
        };
        let Some(mut evidence) = cause.examine(&case) else {
            continue;
        };
        // The two places of a tool are one on every merged system, also where it is run; and so is what is reached over the root. Nobody runs a log.
        if evidence.confidence == Confidence::Likely
            && !matches!(cause.id(), "usrmerge-path" | "build-path-depth" | "package-manager-log")
            && acts::on(difference, &evidence.claims)
        {
            evidence = evidence.hint();
        }
        // Other values in a comment may be what a tool looks for: a path to load, a name to fetch; and so may a date of which nothing is
        // said.
        let commented = || {
            let banner = |change: &Change| statement::Statement::of(&case, *change).banner();
            // How long something took is no date.
            let date = cause.group() == "time" && cause.id() != "build-duration";
            date && survey.commented(difference, &evidence.claims)
                && (survey.shown(difference, &evidence.claims) || evidence.claims.iter().all(banner))
        };
        let inert = difference.inert || commented();
        if evidence.confidence == Confidence::Likely && inert {
            evidence = evidence.by(Warrant::Structure);
        }
        let taken = |change: &Change| {
            let standing = claims.iter().filter(|claim| claim.evidence.explains());
            standing
                .flat_map(|claim| &claim.evidence.claims)
                .any(|t| overlap(t, change))
        };
        evidence.claims.retain(|change| !taken(change));
        if evidence.claims.is_empty() {
            continue;
        }
        if evidence.explains() {
            let inside = |change: &Change| {
                let mut claims = evidence.claims.iter();
                claims.any(|c| c.a.contains(change.a) && c.b.contains(change.b))
            };
            open.retain(|change| !inside(change));
        }
        claims.push(Claim {
            cause: cause.id(),
            evidence,
        });
    }
    if !open.is_empty() {
        claims.extend(hints(difference, survey));
    }
    claims.shrink_to_fit();
    Attribution { claims, open }
}

/// What causes say of the strings that stand in a difference and on one side of the program only.
fn hints(difference: &Difference, survey: &Survey) -> Vec<Claim> {
    let mut found: Vec<Claim> = Vec::new();
    let Some(member) = survey
        .container(difference)
        .filter(|member| !member.lone.is_empty() && lone::holds(difference))
    else {
        return found;
    };
    let (here, there) = (
        lone::piece(&member.a, &difference.a),
        lone::piece(&member.b, &difference.b),
    );
    for (a, b) in &member.lone {
        let holds = |piece: &[u8], text: &[u8]| memchr::memmem::find(piece, text).is_some();
        if !holds(here, a) && !holds(there, b) {
            continue;
        }
        for claim in one(&lone::string(difference, a.clone(), b.clone()), survey).claims {
            if claim.evidence.explains() && found.iter().all(|known| known.cause != claim.cause) {
                found.extend(Evidence::likely(vec![difference.whole()]).map(|evidence| Claim {
                    cause: claim.cause,
                    evidence: evidence.hint(),
                }));
            }
        }
    }
    found
}

/// Leaves out the claims in which a value of one side stands for two values of the other.
fn consistent(differences: &[&Difference], said: &mut [Attribution]) {
    let value = |unit: &[u8], span: Span| unit.get(span.start..span.end).unwrap_or_default().to_vec();
    for cause in CAUSES.iter().filter(|cause| cause.consistent()) {
        let (mut forth, mut back): (Partners, Partners) = Default::default();
        for (difference, said) in differences.iter().zip(said.iter()) {
            for claim in said.claims.iter().filter(|claim| claim.cause == cause.id()) {
                for change in &claim.evidence.claims {
                    let (x, y) = (value(&difference.a.unit, change.a), value(&difference.b.unit, change.b));
                    meet(&mut forth, &x, &y);
                    meet(&mut back, &y, &x);
                }
            }
        }
        let many = |partners: &Partners, key: &[u8]| partners.get(key).is_some_and(|(_, many)| *many);
        for (difference, said) in differences.iter().zip(said.iter_mut()) {
            let open = &mut said.open;
            said.claims.retain(|claim| {
                let broken = claim.cause == cause.id()
                    && claim.evidence.claims.iter().any(|change| {
                        many(&forth, &value(&difference.a.unit, change.a))
                            || many(&back, &value(&difference.b.unit, change.b))
                    });
                if broken && claim.evidence.explains() {
                    open.extend(claim.evidence.claims.iter().copied());
                }
                !broken
            });
        }
    }
}

/// What stands on the other side where a value stands on this: the first such value, and whether there are others.
type Partners = BTreeMap<Vec<u8>, (Vec<u8>, bool)>;

fn meet(partners: &mut Partners, value: &[u8], other: &[u8]) {
    match partners.get_mut(value) {
        Some((first, many)) => *many |= first != other,
        None => {
            partners.insert(value.to_vec(), (other.to_vec(), false));
        }
    }
}

pub(super) fn overlap(x: &Change, y: &Change) -> bool {
    let meet = |p: Span, q: Span| p.start < q.end && q.start < p.end;
    meet(x.a, y.a) || meet(x.b, y.b)
}
