//! Whether the members of an archive may stand in any order.

use crate::model::Order;
use std::collections::{BTreeMap, BTreeSet};

/// A member, for what its place among the others means.
pub(super) enum Listed {
    /// A file or a folder.
    Plain(String),
    /// A symbolic link: what stands below its name goes where it leads.
    Link(String),
    /// It says something of the members behind it, or needs one before it.
    Bound,
}

/// Free ([`Order::Members`]) where no two names are the same thing by another spelling, none lies on the way of another through a link or
/// a file, each folder stands before what is in it, and no member depends on its place.
pub(super) fn order(members: impl Iterator<Item = Listed>) -> Order {
    // Names, with whether something may lie below; and all folders that lead to them.
    let (mut names, mut entered) = (BTreeMap::new(), BTreeSet::new());
    for member in members {
        let (name, folder) = match member {
            Listed::Plain(name) => {
                let folder = name.ends_with('/');
                (name, folder)
            }
            Listed::Link(name) => (name, false),
            Listed::Bound => return Order::Sequence,
        };
        let Some(name) = plain(&name) else {
            return Order::Sequence;
        };
        // What is in it stood before it: its rights come late, and a file in its place takes that away.
        if entered.contains(&name) {
            return Order::Sequence;
        }
        for (at, _) in name.rmatch_indices('/') {
            if entered.contains(&name[..at]) {
                break;
            }
            entered.insert(name[..at].to_owned());
        }
        if names.insert(name, folder).is_some() {
            return Order::Sequence;
        }
    }
    let through = names.iter().any(|(name, folder)| !folder && entered.contains(name));
    if through { Order::Sequence } else { Order::Members }
}

/// A path as all spellings of it have it, case left out, as well as what some systems cut off; none where it climbs, or where systems differ
/// about what is the same.
fn plain(name: &str) -> Option<String> {
    let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "."));
    let parts: Vec<String> = parts
        .map(|part| part.trim_end_matches(['.', ' ']).to_lowercase())
        .collect();
    let odd = |c: char| !c.is_ascii() || c.is_ascii_control() || ":*?\"<>|~".contains(c);
    // Whiteouts of image layers, and what macOS keeps beside a file, speak of other members.
    let speaks = |part: &String| part.starts_with(".wh.") || part.starts_with("._");
    let strange = |part: &String| part.is_empty() || part.contains(odd) || speaks(part);
    (!parts.iter().any(strange)).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(members: &[&str]) -> Order {
        order(members.iter().map(|name| match name.strip_prefix('@') {
            Some("") => Listed::Bound,
            Some(link) => Listed::Link(link.to_owned()),
            None => Listed::Plain((*name).to_owned()),
        }))
    }

    #[test]
    fn only_what_nobody_depends_on_is_free() {
        assert_eq!(of(&["./", "./a", "./b/", "./b/c", "@l"]), Order::Members);
        for members in [
            &["a", "./a"][..],
            &["a", "A"],
            &["a//b", "a/b"],
            &["a/../b", "b"],
            &["@a", "a/b"],
            &["a", "a/b"],
            &["a/b", "a/"],
            &["a", "@"],
            &["x\\y", "x/y"],
            &["caf\u{e9}", "cafe\u{301}"],
            &["a", "a."],
            &["a:b", "c"],
        ] {
            assert_eq!(of(members), Order::Sequence, "{members:?}");
        }
    }
}
