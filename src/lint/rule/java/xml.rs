//! Elements of XML, as the grammar gives them.

use crate::lint::code::{Code, above, below};
use tree_sitter::Node;

/// The tag that opens an element, or is all of it.
pub fn tag<'t>(element: Node<'t>) -> Option<Node<'t>> {
    element
        .named_child(0)
        .filter(|it| matches!(it.kind(), "STag" | "EmptyElemTag"))
}

/// An element's name.
pub fn name<'c>(code: &'c Code<'_>, element: Node<'_>) -> &'c str {
    tag(element)
        .and_then(|tag| tag.named_child(0))
        .map_or("", |name| code.of(name))
}

/// The value of an attribute, without its quotes.
pub fn attribute<'c>(code: &'c Code<'_>, element: Node<'_>, wanted: &str) -> Option<&'c str> {
    let tag = tag(element)?;
    let mut cursor = tag.walk();
    tag.named_children(&mut cursor)
        .filter(|it| it.kind() == "Attribute")
        .find(|it| it.named_child(0).is_some_and(|name| code.of(name) == wanted))
        .and_then(|it| it.named_child(1))
        .map(|value| code.of(value).trim_matches(['"', '\'']))
}

/// The element that a node lies in.
pub fn parent<'t>(node: Node<'t>) -> Option<Node<'t>> {
    above(node, &["element"])
}

/// The root element.
pub fn root<'c>(code: &'c Code<'_>) -> Option<Node<'c>> {
    let root = code.root()?;
    let mut cursor = root.walk();
    root.named_children(&mut cursor).find(|it| it.kind() == "element")
}

/// The elements directly within one.
pub(crate) fn children<'t>(element: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = element.walk();
    let Some(content) = element.named_children(&mut cursor).find(|it| it.kind() == "content") else {
        return Vec::new();
    };
    let mut cursor = content.walk();
    content
        .named_children(&mut cursor)
        .filter(|it| it.kind() == "element")
        .collect()
}

/// The text pieces and attribute values that hold a word: comments are neither.
pub(crate) fn holding<'c>(code: &'c Code<'_>, word: &str) -> Vec<(Node<'c>, usize)> {
    let Some(root) = code.root() else { return Vec::new() };
    below(root, &["CharData", "AttValue", "CData"])
        .into_iter()
        .flat_map(|node| {
            code.of(node)
                .match_indices(word)
                .map(move |(at, _)| (node, node.start_byte() + at))
        })
        .collect()
}
