//! Owners and modes of all members of a pair in which some of them differ.

use super::{Spot, listed::group};
use crate::model::{Blob, Body, Part, Right, Role, Value};
use std::collections::BTreeMap;

/// Those of the members that both sides have; nothing where none differs.
pub(super) fn of(a: (&Blob, &[Part]), b: (&Blob, &[Part]), spots: &[Spot]) -> Vec<Right> {
    let differs = |spot: &Spot| matches!(spot, Spot::Leaf(found) if right(found.difference.role));
    if !spots.iter().any(differs) {
        return Vec::new();
    }
    let (of_a, of_b) = (fields(a), fields(b));
    let both = of_a.into_iter().filter_map(|((path, nth, field), (role, a))| {
        let b = of_b.get(&(path, nth, field.clone()))?.1.clone();
        Some(Right { field, role, a, b })
    });
    both.collect()
}

fn right(role: Role) -> bool {
    matches!(role, Role::Owner | Role::Mode)
}

/// By the path of the member, how often that path came before, and the field's name.
type Fields = BTreeMap<(String, usize, String), (Role, Value)>;

fn fields((bytes, parts): (&Blob, &[Part])) -> Fields {
    let mut found = BTreeMap::new();
    collect(bytes, parts, "", 0, &mut found);
    found
}

/// Groups inside groups, as deep as formats nest them.
const DEPTH: usize = 8;

fn collect(bytes: &Blob, parts: &[Part], path: &str, depth: usize, found: &mut Fields) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for part in parts {
        match &part.body {
            Body::Field(role, value) if right(*role) => {
                let nth = seen.entry(&part.name).or_default();
                let key = (path.to_owned(), *nth, part.name.to_string());
                found.insert(key, (*role, value.clone()));
                *nth += 1;
            }
            Body::Group(inside) if depth < DEPTH => {
                let nth = seen.entry(&part.name).or_default();
                let inner = format!("{path}/{}#{nth}", part.name);
                *nth += 1;
                if let Ok(parts) = group(inside, bytes) {
                    collect(bytes, parts.as_slice(), &inner, depth + 1, found);
                }
            }
            _ => {}
        }
    }
}
