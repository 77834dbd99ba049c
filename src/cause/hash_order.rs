//! hash-order

use super::{
    Advice, Case, Cause, document, find,
    list::{InLine, Permuted, in_line},
    passage::Reading,
};
use crate::model::{CauseId, Difference, Evidence, Kind, Order, Role};

/// Sets and maps written in the order of a hash table.
pub struct HashOrder;

impl Cause for HashOrder {
    fn id(&self) -> CauseId {
        "hash-order"
    }
    fn group(&self) -> &'static str {
        "order"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The items of a set have the order of a hash table.",
            why: "Hash tables are walked in an order that changes with their seed: Python, Perl, Go and Rust draw it at each start.",
            fix: "sort before writing; PYTHONHASHSEED=0; PERL_HASH_SEED=0; LinkedHashMap or TreeMap; BTreeMap or IndexMap; Go: sort the keys",
            references: &["https://reproducible-builds.org/docs/stable-outputs/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["random", "readdir_order", "env", "aslr"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.role == Role::Order {
            let list = Permuted::of(case);
            let whole = Evidence::whole(case);
            return match case.order {
                // The order of keys can mean something to whoever walks them, unless the key is known to hold a set.
                Order::Keys if case.kind == Kind::Executable => Some(whole),
                Order::Keys if list.alike() || ordered(case) => None,
                Order::Keys if list.plain() && maps(key(case)) => Some(whole),
                Order::Keys => Some(whole.hint()),
                Order::Items if list.plain() && listed(key(case)) && !ordered(case) => Some(whole),
                // Nothing says that these are a set.
                Order::Lines if list.steps() && document::prose(case) => None,
                Order::Lines if list.plain() || list.rows() && !enforced(case) => Some(whole.hint()),
                _ => None,
            };
        }
        if shuffled(case) {
            return Some(Evidence::whole(case).hint());
        }
        if !find::textual(case) {
            return None;
        }
        // The order of arguments, options and preferences means something.
        let list = in_line(case).filter(InLine::plain)?;
        let evidence = Evidence::likely(vec![list.change])?;
        if list.set() && package(case) {
            return Some(evidence);
        }
        // Quotes and brackets are no proof of a set.
        list.quoted().then(|| evidence.hint())
    }
}

/// A list that is gone through from its beginning, by the name of its file.
fn enforced(case: &Case<'_>) -> bool {
    document::enforced(&document::name(case, case.survey))
}

/// Whether a line belongs to a table of which some rows stand elsewhere, while others of its text differ otherwise or its numbers follow the
/// place of the rows.
fn shuffled(case: &Case<'_>) -> bool {
    let rows = || {
        let passage = case.survey.passage(Reading::Shuffled, case)?;
        let member = case.survey.container(case)?;
        let text = |bytes: &'_ [u8], span: crate::model::Span| bytes.get(span.start..span.end).map(<[u8]>::to_vec);
        let (a, b) = (text(&member.a, passage.a)?, text(&member.b, passage.b)?);
        let (a, b) = (String::from_utf8(a).ok()?, String::from_utf8(b).ok()?);
        Some(Permuted::lines(&a, &b).rows())
    };
    !enforced(case) && rows().unwrap_or(false)
}

/// A document whose fields are those of a package: both sides say so at the beginning of a line.
fn package(case: &Case<'_>) -> bool {
    const MARKS: &[&[u8]] = &[
        b"Package: ",
        b"Source: ",
        b"Manifest-Version: ",
        b"Metadata-Version: ",
        b"Bundle-SymbolicName: ",
        b"Format: ",
    ];
    let marked = |text: &[u8]| {
        text.split(|&c| c == b'\n')
            .any(|line| MARKS.iter().any(|mark| line.starts_with(mark)))
    };
    let member = case.survey.container(case);
    member.is_some_and(|member| marked(&member.a) && marked(&member.b))
}

/// Keys below which the order decides: the first that fits wins, or each is done in turn.
fn ordered(difference: &Difference) -> bool {
    const ORDERED: &[&str] = &[
        "acl",
        "conditions",
        "exports",
        "handlers",
        "hooks",
        "imports",
        "layers",
        "locations",
        "middleware",
        "middlewares",
        "order",
        "overrides",
        "paths",
        "permissions",
        "pipeline",
        "plugins",
        "policies",
        "policy",
        "proxy",
        "redirects",
        "rewrites",
        "routes",
        "rules",
        "scripts",
        "stages",
        "steps",
        "tasks",
    ];
    difference
        .name()
        .trim_end_matches("/order")
        .split('/')
        .any(|part| ORDERED.contains(&part.to_ascii_lowercase().as_str()))
}

/// Keys of package metadata below which the order of the keys says nothing.
fn maps(key: &str) -> bool {
    const MAPS: &[&str] = &[
        "checksums",
        "dependencies",
        "devdependencies",
        "engines",
        "features",
        "hashes",
        "optionaldependencies",
        "peerdependencies",
        "tags",
    ];
    MAPS.contains(&key.to_ascii_lowercase().as_str())
}

/// Keys of package metadata that hold a set.
fn listed(key: &str) -> bool {
    const LISTS: &[&str] = &[
        "authors",
        "categories",
        "classifiers",
        "contributors",
        "keywords",
        "licenses",
        "platforms",
        "tags",
        "topics",
    ];
    LISTS.contains(&key.to_ascii_lowercase().as_str())
}

/// The key under which a list stands.
fn key(difference: &Difference) -> &str {
    let name = difference.name();
    let name = name.strip_suffix("/order").unwrap_or(name);
    name.rsplit('/').next().unwrap_or_default()
}
