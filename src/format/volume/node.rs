//! The nodes of a listing, and the parts that they become.

use super::content::Gathered;
use crate::model::{Content, Order, Part, Role, Span, Value};
use std::{borrow::Cow, sync::Arc};

/// The nodes as parts; most are equal, and are not taken apart.
pub(super) fn parts(nodes: &Arc<Vec<Node>>) -> Vec<Part> {
    let one = |(index, node): (usize, &Node)| {
        let nodes = Arc::clone(nodes);
        Part::lazy(node.name.clone(), node.span, Order::Fixed, move |_| {
            Ok(nodes.get(index).map(Node::parts).unwrap_or_default())
        })
    };
    nodes.iter().enumerate().map(one).collect()
}

/// One path, or a structure of the image.
pub(super) struct Node {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) items: Vec<Item>,
}

/// A field, or what else a node has.
pub(super) struct Item {
    pub(super) name: Cow<'static, str>,
    pub(super) span: Span,
    pub(super) body: Body,
}

/// What an item is.
pub(super) enum Body {
    Field(Role, Value),
    /// The span is the digest of what the pieces hold.
    Content(Arc<Gathered>),
    /// Names of a folder in the order in which they are stored.
    Names(Vec<(String, Span)>),
}

impl Node {
    fn parts(&self) -> Vec<Part> {
        let one = |item: &Item| match &item.body {
            Body::Field(role, value) => Part::field(item.name.clone(), item.span, *role, value.clone()),
            Body::Content(content) => {
                let content = Content::Gathered(Box::new(content.as_ref().clone()));
                Part::member(item.name.clone(), item.span, content)
            }
            Body::Names(names) => {
                let name = |(name, span): &(String, Span)| {
                    let value = Value::Text(name.clone());
                    Part::field(name.clone(), *span, Role::Name, value)
                };
                let names = names.iter().map(name).collect();
                Part::group(item.name.clone(), item.span, Order::Members, names)
            }
        };
        self.items.iter().map(one).collect()
    }
}

/// What no mode of Linux says.
pub(in crate::format) const UNKNOWN: &str = "something else";

/// What kind of file a mode of Linux says (`S_IFMT`).
pub(in crate::format) fn kind(mode: u32) -> &'static str {
    match mode >> 12 & 15 {
        1 => "FIFO",
        2 => "character device",
        4 => "folder",
        6 => "block device",
        8 => "file",
        10 => "symlink",
        12 => "socket",
        _ => UNKNOWN,
    }
}

/// What is known of a file's node.
#[derive(Default)]
pub(in crate::format) struct Attributes {
    /// File, folder, symlink …, or the format's own number of it.
    pub(in crate::format) kind: Cow<'static, str>,
    /// Permission bits, with set-ID bits.
    pub(in crate::format) mode: Option<u32>,
    pub(in crate::format) owner: Option<(u64, u64)>,
    /// Name, bytes and seconds.
    pub(in crate::format) times: Vec<(&'static str, Vec<u8>, Value)>,
    pub(in crate::format) target: Option<Vec<u8>>,
    /// As many bytes as its pieces have.
    pub(in crate::format) size: Option<u64>,
    /// Anything else, compared as it is.
    pub(in crate::format) other: Vec<(Cow<'static, str>, Vec<u8>)>,
}
