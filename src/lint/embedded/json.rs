//! `scripts` of `package.json`.

use super::Embedded;
use crate::lint::{Code, Language};
use tree_sitter::Node;

pub(super) fn shell<'a>(path: &'a str, text: &'a str, found: &mut Embedded<'a>) {
    let json = Code::new(Language::PackageJson, path, text, 0);
    let pairs = json.root().into_iter().flat_map(|root| {
        let object = root.named_child(0);
        object.into_iter().flat_map(pairs)
    });
    for (key, value) in pairs {
        if json.of(key) != "\"scripts\"" {
            continue;
        }
        for (_, script) in self::pairs(value) {
            let command = json.of(script);
            // An escape stands for another character than is written.
            if script.kind() == "string" && command.len() >= 2 && !command.contains('\\') {
                found.push(path, text, script.start_byte() + 1..script.end_byte() - 1);
            }
        }
    }
    found.given_up |= json.given_up();
}

/// Keys and values of an object.
fn pairs(object: Node<'_>) -> Vec<(Node<'_>, Node<'_>)> {
    let mut cursor = object.walk();
    let children = object.named_children(&mut cursor);
    children
        .filter(|child| child.kind() == "pair")
        .filter_map(|pair| Some((pair.child_by_field_name("key")?, pair.child_by_field_name("value")?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::pieces;
    use crate::lint::Language;

    #[test]
    fn scripts() {
        let text = r#"{"name": "x", "scripts": {"a": "tar cf x y", "b": "say \"x\"", "c": ["no"]}, "d": {"scripts": {"e": "no"}}}"#;
        assert_eq!(pieces(Language::PackageJson, text), ["tar cf x y"]);
        for text in ["", "[]", "{\"scripts\": \"x\"}", "{\"scripts\": {\"a\": \"", "{"] {
            assert_eq!(pieces(Language::PackageJson, text), [""; 0]);
        }
    }
}
