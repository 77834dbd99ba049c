//! Archives, member by member.

use super::{bytes_only, compare, same};
use crate::{
    bytes::Error,
    ddc::archive::{self, Member},
    model::Localised,
};
use std::collections::{BTreeMap, BTreeSet};

/// Where two files differ, or each pair of members of two `ar` archives; nothing for those that are equal. What is malformed is
/// compared as bytes, and `bytes_only` says why.
pub(crate) fn compare_all(path_name: &str, a: &[u8], b: &[u8]) -> Vec<Localised> {
    if a == b {
        return Vec::new();
    }
    let mut found = if a.starts_with(archive::MAGIC) && b.starts_with(archive::MAGIC) {
        archives(path_name, a, b).unwrap_or_else(|why| vec![named(path_name, bytes_only(a, b, why.to_string()))])
    } else {
        vec![named(path_name, either(a, b))]
    };
    found.retain(|localised| !localised.is_empty());
    if found.is_empty() {
        let why = "the members are equal, and what is around them is not".to_owned();
        found.push(named(path_name, bytes_only(a, b, why)));
    }
    found
}

fn named(name: &str, localised: Localised) -> Localised {
    Localised {
        name: name.to_owned(),
        ..localised
    }
}

fn either(a: &[u8], b: &[u8]) -> Localised {
    compare(a, b).unwrap_or_else(|why| bytes_only(a, b, why.to_string()))
}

fn archives(path_name: &str, a: &[u8], b: &[u8]) -> Result<Vec<Localised>, Error> {
    let first = archive::read(a).map_err(|e| e.about("first"))?;
    let second = archive::read(b).map_err(|e| e.about("second"))?;
    let (in_a, in_b) = (numbered(&first), numbered(&second));
    let keys: BTreeSet<&(Vec<u8>, usize)> = in_a.keys().chain(in_b.keys()).collect();
    let mut found = Vec::new();
    for key in keys {
        let name = match (String::from_utf8_lossy(&key.0), key.1) {
            (name, 0) => name.into_owned(),
            (name, n) => format!("{name} ({})", n + 1),
        };
        let one = |x: &[u8], y: &[u8], side: &str| Localised {
            only_in: Some(side.to_owned()),
            ..same(x, y)
        };
        found.push(match (in_a.get(key), in_b.get(key)) {
            (Some(x), Some(y)) => {
                let mut localised = named(&name, either(x.content, y.content));
                if x.head != y.head {
                    localised
                        .header
                        .push("time, owner, mode or name in the archive".to_owned());
                }
                localised
            }
            (Some(x), None) => named(&name, one(x.content, b"", "first")),
            (None, Some(y)) => named(&name, one(b"", y.content, "second")),
            (None, None) => continue,
        });
    }
    let order = |members: &[Member]| members.iter().map(|m| m.name.clone()).collect::<Vec<_>>();
    let (x, y) = (order(&first), order(&second));
    let sorted = |names: &[Vec<u8>]| names.iter().cloned().collect::<BTreeSet<_>>();
    if x != y && sorted(&x) == sorted(&y) {
        found.push(Localised {
            header: vec!["order of the members".to_owned()],
            ..named(path_name, same(a, b))
        });
    }
    Ok(found)
}

/// Members by name and which of that name they are.
fn numbered<'m, 'b>(members: &'m [Member<'b>]) -> BTreeMap<(Vec<u8>, usize), &'m Member<'b>> {
    let mut seen: BTreeMap<&[u8], usize> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for member in members {
        let count = seen.entry(&member.name).or_default();
        found.insert((member.name.clone(), *count), member);
        *count += 1;
    }
    found
}
