//! One piece of code in one language, its syntax tree and its text without comments.

use std::{borrow::Cow, cell::OnceCell, ops::Range};
use tree_sitter::{Node, Parser, Tree};

/// What a piece of code is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    C,
    Cpp,
    Make,
    CMake,
    Autoconf,
    Shell,
    Python,
    Perl,
    Ruby,
    JavaScript,
    PackageJson,
    Rust,
    Go,
    Maven,
    Gradle,
    Ant,
    Java,
    Dockerfile,
    Workflow,
    Doxyfile,
    Tex,
    RpmSpec,
}

impl Language {
    /// The grammar, for those that are parsed.
    fn grammar(self) -> Option<tree_sitter::Language> {
        Some(match self {
            Language::C => tree_sitter_c::LANGUAGE.into(),
            Language::Cpp => tree_sitter_cpp::LANGUAGE.into(),
            Language::Make => tree_sitter_make::LANGUAGE.into(),
            Language::CMake => tree_sitter_cmake::LANGUAGE.into(),
            Language::Shell => tree_sitter_bash::LANGUAGE.into(),
            Language::Python => tree_sitter_python::LANGUAGE.into(),
            Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
            Language::PackageJson => tree_sitter_json::LANGUAGE.into(),
            Language::Rust => tree_sitter_rust::LANGUAGE.into(),
            Language::Go => tree_sitter_go::LANGUAGE.into(),
            Language::Maven | Language::Ant => tree_sitter_xml::LANGUAGE_XML.into(),
            Language::Gradle => tree_sitter_groovy::LANGUAGE.into(),
            Language::Java => tree_sitter_java::LANGUAGE.into(),
            Language::Dockerfile => tree_sitter_containerfile::LANGUAGE.into(),
            Language::Workflow => tree_sitter_yaml::LANGUAGE.into(),
            Language::Autoconf
            | Language::Perl
            | Language::Ruby
            | Language::Doxyfile
            | Language::Tex
            | Language::RpmSpec => return None,
        })
    }
}

/// The most levels of a syntax tree that rules look at. Each step upward costs as much as the node lies deep.
const DEEPEST: usize = 2_000;

/// How many levels a tree has.
fn depth(root: Node<'_>) -> usize {
    let mut cursor = root.walk();
    let (mut level, mut deepest) = (1, 1);
    loop {
        if cursor.goto_first_child() {
            level += 1;
            deepest = deepest.max(level);
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return deepest;
            }
            level -= 1;
        }
    }
}

/// One piece of code.
pub struct Code<'a> {
    /// What it is written in.
    pub language: Language,
    /// The file's path as it is reported, with `/`.
    pub path: &'a str,
    /// The code. For shell inside another file, what does not belong to it is blanked, byte for byte, so that offsets hold.
    pub text: Cow<'a, str>,
    /// Where `text` starts in the file.
    pub offset: usize,
    tree: OnceCell<Option<Tree>>,
}

impl<'a> Code<'a> {
    /// A piece of code that is parsed once a rule asks for its tree.
    pub fn new(language: Language, path: &'a str, text: impl Into<Cow<'a, str>>, offset: usize) -> Self {
        Code {
            language,
            path,
            text: text.into(),
            offset,
            tree: OnceCell::new(),
        }
    }

    /// The syntax tree's root; none for a language that has no grammar, and for code that nests deeper than anybody writes.
    pub fn root(&self) -> Option<Node<'_>> {
        let tree = self.tree.get_or_init(|| {
            let mut parser = Parser::new();
            parser.set_language(&self.language.grammar()?).ok()?;
            let tree = parser.parse(self.text.as_bytes(), None)?;
            (depth(tree.root_node()) <= DEEPEST).then_some(tree)
        });
        tree.as_ref().map(Tree::root_node)
    }

    /// Every node of these kinds, in the order of the text.
    pub fn nodes(&self, kinds: &[&str]) -> Vec<Node<'_>> {
        self.root().map_or_else(Vec::new, |root| below(root, kinds))
    }

    /// The text of a node.
    pub fn of(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    /// Whether a file of this name lies in this file's folder, or in a folder above it. (The engine's version takes this one's place.)
    pub fn sibling(&self, _name: &str) -> bool {
        false
    }

    /// The file's name, without its folders.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }
}

/// Every node of these kinds at or below one, in the order of the text. Does not recurse: sources nest as deep as they like.
pub fn below<'t>(root: Node<'t>, kinds: &[&str]) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if kinds.contains(&node.kind()) {
            found.push(node);
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

/// The nearest node above one that is of these kinds.
pub fn above<'t>(node: Node<'t>, kinds: &[&str]) -> Option<Node<'t>> {
    let mut at = node.parent();
    while let Some(parent) = at {
        if kinds.contains(&parent.kind()) {
            return Some(parent);
        }
        at = parent.parent();
    }
    None
}

/// A span as an offset range of `usize`, for `text[…]`.
pub fn span(node: Node<'_>) -> Range<usize> {
    node.byte_range()
}
