//! The structure block: nodes and properties, one behind the other.

use crate::{
    format::{
        row::{derived, padding},
        volume::{Endian, label},
    },
    model::{Blob, Malformed, Order, Part, Role, Span, Value},
};
use std::collections::{BTreeMap, BTreeSet};

/// Nodes in nodes.
const DEPTH: usize = 64;
/// Bytes of a path, and nodes and properties of a tree.
const PATH: usize = 1024;
const ITEMS: usize = 1 << 18;

/// A node's beginning, or a property.
pub(super) struct Item {
    /// The node's path.
    pub(super) node: String,
    pub(super) span: Span,
    /// Of a property: its name, where that is among the strings, and its value.
    pub(super) property: Option<(String, usize, Span)>,
}

pub(super) struct Tree {
    pub(super) items: Vec<Item>,
    /// The first property of a name in a node.
    values: BTreeMap<(String, String), Span>,
}

impl Tree {
    pub(super) fn read(bytes: &Blob, structure: Span, strings: Span) -> Result<Self, Malformed> {
        let word = Endian::big(bytes);
        let (mut at, mut path, mut items): (usize, Vec<usize>, Vec<Item>) = (structure.start, Vec::new(), Vec::new());
        let mut node = String::new();
        let wrong = |at: usize, what: &'static str| Malformed::at(at, what, "something else");
        while at < structure.end {
            if items.len() > ITEMS {
                return Err(Malformed::limit(format!("at most {ITEMS} properties")));
            }
            let start = at;
            match word.u32(at)? {
                1 => {
                    let rest = bytes.get(at + 4..structure.end).unwrap_or_default();
                    let length = memchr::memchr(0, rest).ok_or_else(|| wrong(at, "a name of a node"))?;
                    if path.len() >= DEPTH {
                        return Err(Malformed::limit(format!("at most {DEPTH} nodes in each other")));
                    }
                    path.push(node.len());
                    if path.len() > 1 {
                        node.push('/');
                        node.push_str(&label(&rest[..length]));
                    }
                    if node.len() > PATH {
                        return Err(Malformed::limit(format!("a path of at most {PATH} bytes")));
                    }
                    at = (at + 4 + length + 1).next_multiple_of(4);
                    items.push(Item {
                        node: node.clone(),
                        span: Span::new(start, at),
                        property: None,
                    });
                }
                2 => {
                    let length = path.pop().ok_or_else(|| wrong(at, "a node to end"))?;
                    node.truncate(length);
                    at += 4;
                }
                3 => {
                    let (length, name) = (word.at::<4>(at + 4)?, word.at::<4>(at + 8)?);
                    let value = Span::at(at + 12, length);
                    if value.end > structure.end || name >= strings.len() {
                        return Err(wrong(at, "a property"));
                    }
                    let text = bytes.get(strings.start + name..strings.end).unwrap_or_default();
                    let text = &text[..memchr::memchr(0, text).ok_or_else(|| wrong(at, "a name of a property"))?];
                    at = value.end.next_multiple_of(4);
                    items.push(Item {
                        node: node.clone(),
                        span: Span::new(start, at.min(structure.end)),
                        property: Some((label(text), name, value)),
                    });
                }
                4 => at += 4,
                9 => break,
                _ => return Err(wrong(at, "a node or a property")),
            }
        }
        let mut values = BTreeMap::new();
        for item in &items {
            if let Some((name, _, value)) = &item.property {
                values.entry((item.node.clone(), name.clone())).or_insert(*value);
            }
        }
        Ok(Self { items, values })
    }

    /// A property's value by the path of its node.
    pub(super) fn value(&self, node: &str, name: &str) -> Option<Span> {
        self.values.get(&(node.to_owned(), name.to_owned())).copied()
    }

    /// Whether each byte of the strings is of a name that some property has.
    pub(super) fn names_all(&self, bytes: &[u8], strings: Span) -> bool {
        let used: BTreeSet<usize> = self
            .items
            .iter()
            .filter_map(|item| Some(item.property.as_ref()?.1))
            .collect();
        // A name may be the end of another.
        let mut at = 0;
        for &start in &used {
            let text = bytes.get(strings.start + start..strings.end).unwrap_or_default();
            let Some(length) = memchr::memchr(0, text) else {
                return false;
            };
            if start > at {
                return false;
            }
            at = at.max(start + length + 1);
        }
        let rest = bytes.get(strings.start + at..strings.end).unwrap_or_default();
        rest.iter().all(|&b| b == 0)
    }

    /// A node's beginning or a property, as a part.
    pub(super) fn part(&self, bytes: &Blob, item: &Item, value_of: &dyn Fn(&Item, Span) -> Option<Part>) -> Part {
        let Some((name, _, value)) = &item.property else {
            let name = if item.node.is_empty() {
                "/".to_owned()
            } else {
                item.node.clone()
            };
            return Part::field(name, item.span, Role::Structure, Value::Raw);
        };
        let start = item.span.start;
        let target = Value::Target(name.clone().into_bytes());
        let mut fields = vec![
            Part::field("token", Span::at(start, 4), Role::Structure, Value::Raw),
            derived("length", Span::at(start + 4, 4), Role::Size, true),
            Part::field("name", Span::at(start + 8, 4), Role::Reference, target),
        ];
        fields.extend(value_of(item, *value));
        fields.push(padding(bytes, value.end, item.span.end));
        Part::group(format!("{}/{name}", item.node), item.span, Order::Fixed, fields)
    }
}
