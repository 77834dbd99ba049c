//! Agreement classes: who gave the same bytes, counted by lineage, not by heads.

use crate::model::{DdcClass, Lineage};
use std::collections::{BTreeMap, BTreeSet};

/// What counts as one opinion: the compiler proper, and the host where the spec names some.
pub(crate) fn opinion(lineage: &Lineage) -> String {
    match &lineage.host {
        Some(host) => format!("{} on {host}", lineage.front_end),
        None => lineage.front_end.clone(),
    }
}

/// Classes of equal digests: those of more lineages first, then of more toolchains, then in the order of the spec.
pub fn group(given: &[(&str, &Lineage, String)], subject: Option<&str>) -> Vec<DdcClass> {
    let mut found: BTreeMap<&str, (usize, Vec<String>, BTreeSet<String>)> = BTreeMap::new();
    for (number, (id, lineage, digest)) in given.iter().enumerate() {
        let class = found
            .entry(digest)
            .or_insert_with(|| (number, Vec::new(), BTreeSet::new()));
        class.1.push((*id).to_owned());
        class.2.insert(opinion(lineage));
    }
    let mut all: Vec<_> = found.into_iter().collect();
    all.sort_by_key(|(_, (first, ids, lineages))| (usize::MAX - lineages.len(), usize::MAX - ids.len(), *first));
    all.into_iter()
        .map(|(digest, (_, toolchains, lineages))| DdcClass {
            sha256: digest.to_owned(),
            toolchains,
            lineages: lineages.into_iter().collect(),
            subject: subject == Some(digest),
        })
        .collect()
}

/// Distinct opinions among toolchains.
pub fn count<'l>(lineages: impl Iterator<Item = &'l Lineage>) -> usize {
    lineages.map(opinion).collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(front_end: &str) -> Lineage {
        Lineage {
            front_end: front_end.to_owned(),
            ..Lineage::default()
        }
    }

    #[test]
    fn two_versions_of_one_compiler_are_one() {
        let (gcc, clang, pcc) = (from("gcc"), from("clang"), from("pcc"));
        let given = [
            ("gcc-11", &gcc, "x".to_owned()),
            ("clang", &clang, "y".to_owned()),
            ("gcc-12", &gcc, "x".to_owned()),
            ("gcc-13", &gcc, "x".to_owned()),
            ("pcc", &pcc, "y".to_owned()),
        ];
        let classes = group(&given, Some("x"));
        let shown: Vec<_> = classes
            .iter()
            .map(|c| (c.toolchains.join(" "), c.lineages.join(" "), c.subject))
            .collect();
        let expected = [("clang pcc", "clang pcc", false), ("gcc-11 gcc-12 gcc-13", "gcc", true)];
        assert_eq!(shown, expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c)));
        assert_eq!(count([&gcc, &gcc, &pcc].into_iter()), 2);
    }
}
