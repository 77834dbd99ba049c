//! One piece of code in one language, its syntax tree and its text without comments.

use super::grammar::Language;
use std::{
    borrow::Cow,
    cell::{Cell, OnceCell, RefCell},
    collections::{BTreeMap, btree_map::Entry},
    ops::{ControlFlow, Range},
    time::{Duration, Instant},
};
use tree_sitter::{Node, ParseOptions, Parser, Tree};

/// Syntax trees are no deeper: the way up from a node costs its depth, and rules go it often.
const DEEPEST: usize = 1_000;
/// No node has more children: the way to the one before costs as many steps.
const WIDEST: usize = 20_000;
/// Steps of the parser, of about a hundred operations each: for any text, for how many bytes of it one more, and at most. Real sources
/// take one for every 200 bytes, some of CMake one for every 30.
const STEPS: usize = 1_000;
const BYTES_A_STEP: usize = 8;
const MOST_STEPS: usize = 100_000;
/// Longest time of the parser for one text.
const LONGEST: Duration = Duration::from_secs(5);
/// Bytes that the parser is given at a time.
const CHUNK: usize = 8 * 1024;

thread_local! {
    /// A thread's parsers, each made once.
    static PARSERS: RefCell<BTreeMap<Language, Parser>> = const { RefCell::new(BTreeMap::new()) };
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
    file: Option<&'a str>,
    siblings: Option<&'a dyn Fn(&str) -> bool>,
    tree: OnceCell<Option<Tree>>,
    given_up: Cell<bool>,
}

impl<'a> Code<'a> {
    /// A piece of code that is parsed once a rule asks for its tree.
    pub fn new(language: Language, path: &'a str, text: impl Into<Cow<'a, str>>, offset: usize) -> Self {
        Code {
            language,
            path,
            text: text.into(),
            offset,
            file: None,
            siblings: None,
            tree: OnceCell::new(),
            given_up: Cell::new(false),
        }
    }

    /// The same code, with the file that it lies in and the way to ask for files beside it.
    pub fn within(mut self, file: &'a str, siblings: &'a dyn Fn(&str) -> bool) -> Self {
        self.file = Some(file);
        self.siblings = Some(siblings);
        self
    }

    /// The text of the whole file, of which this may be a part.
    pub fn file(&self) -> &str {
        self.file.unwrap_or(&self.text)
    }

    /// Whether a file of this name lies in this file's folder or in one above it, up to the folder that is linted.
    pub fn sibling(&self, name: &str) -> bool {
        self.siblings.is_some_and(|siblings| siblings(name))
    }

    /// Whether a tree was asked for and there is none, because the code is nested too deep or takes too long to parse.
    pub(crate) fn given_up(&self) -> bool {
        self.given_up.get()
    }

    /// The syntax tree's root; none for a language that has no grammar.
    pub fn root(&self) -> Option<Node<'_>> {
        let tree = self.tree.get_or_init(|| {
            let tree = parse(self.language, &self.text)?;
            self.given_up.set(tree.is_none());
            tree
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

    /// The file's name, without its folders.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }
}

/// The tree of a text; none in it if the limits are met, and none at all for a language without a grammar.
fn parse(language: Language, text: &str) -> Option<Option<Tree>> {
    PARSERS.with_borrow_mut(|parsers| {
        let parser = match parsers.entry(language) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let mut parser = Parser::new();
                parser.set_language(&language.grammar()?).ok()?;
                place.insert(parser)
            }
        };
        if !super::guard::parseable(language, text) {
            return Some(None);
        }
        // Steps are counted, so that the answer is the same on every machine; the clock is there for the few texts on which single steps
        // take long.
        #[allow(clippy::disallowed_methods, reason = "a deadline, which no ordinary source meets")]
        let now = || Instant::now();
        let start = now();
        let stopped = Cell::new(false);
        let late = || {
            stopped.set(stopped.get() || now().duration_since(start) > LONGEST);
            stopped.get()
        };
        let mut left = MOST_STEPS.min(STEPS + text.len() / BYTES_A_STEP);
        let mut step = |_: &tree_sitter::ParseState| {
            left = left.saturating_sub(1);
            match left == 0 || late() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let bytes = text.as_bytes();
        // Within a step, the only way to stop the parser is to give it no more text.
        let mut read = |at: usize, _| match late() {
            true => &[][..],
            false => {
                let rest = bytes.get(at..).unwrap_or_default();
                rest.get(..CHUNK).unwrap_or(rest)
            }
        };
        let options = ParseOptions::new().progress_callback(&mut step);
        let tree = parser.parse_with_options(&mut read, None, Some(options));
        // A parser that was stopped would else go on with this text at the next one.
        parser.reset();
        Some(tree.filter(|tree| !stopped.get() && shallow(tree)))
    })
}

/// Whether no node lies too deep or has too many children.
fn shallow(tree: &Tree) -> bool {
    let mut cursor = tree.walk();
    let mut depth = 0;
    loop {
        if cursor.node().child_count() as usize > WIDEST {
            return false;
        }
        if cursor.goto_first_child() {
            depth += 1;
            if depth > DEEPEST {
                return false;
            }
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return true;
            }
            depth -= 1;
        }
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
