//! Rules of GitHub workflows.

mod runner_latest;
mod unpinned_action;

use super::{
    super::{Code, Rule},
    build_file,
};
use tree_sitter::Node;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[&runner_latest::RULE, &unpinned_action::RULE];

/// The values of a key, and their texts without quotes: `uses: x`. None of another project's workflows.
fn values<'c>(code: &'c Code<'_>, key: &str) -> Vec<(Node<'c>, &'c str)> {
    if build_file::is_vendored(code.path) {
        return Vec::new();
    }
    code.nodes(&["block_mapping_pair", "flow_pair"])
        .into_iter()
        .filter(|pair| {
            pair.child_by_field_name("key")
                .is_some_and(|it| code.of(it).trim_matches(['"', '\'']) == key)
        })
        .filter_map(|pair| pair.child_by_field_name("value"))
        .map(|value| (value, code.of(value).trim_matches(['"', '\''])))
        .collect()
}
