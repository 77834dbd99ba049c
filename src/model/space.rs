//! A program in memory: which piece of it lies where, what in them says where others lie, and which place of one build is which of another.

use super::Span;
use std::{collections::BTreeMap, fmt};

/// A program as one build has laid it out.
#[derive(Debug, Default)]
pub struct Space {
    /// By address; they do not overlap.
    pub pieces: Vec<Piece>,
    /// By where they stand; they do not overlap.
    pub links: Vec<Pointer>,
    /// Whether the most significant byte of a number is the first.
    pub big: bool,
    /// Whether addresses have 32 bits.
    pub narrow: bool,
}

/// What lies in one place: a section.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Pieces are paired by it, the n-th of a name with the n-th.
    pub name: String,
    /// How it is paired inside.
    pub holds: Holds,
    /// Its bytes in the file; empty where it has none.
    pub span: Span,
    /// The address of its first byte.
    pub address: u64,
    /// Bytes in memory.
    pub size: u64,
}

/// What a piece holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Instructions.
    Code,
    /// Constants and variables.
    Data,
    /// What is read entry by entry, or no bytes at all: only its ends and equal offsets are paired.
    Table,
}

/// Bytes that say where something lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// Their offset in the file.
    pub at: u32,
    /// How many they are.
    pub size: u8,
    /// The address that they lead to.
    pub target: u64,
    /// What else the bytes say, where not all of their bits lead somewhere.
    pub rest: u32,
    /// It may be a plain number as well: then it is the same on both sides.
    pub loose: bool,
}

impl Pointer {
    /// Where it stands in the file.
    pub fn span(&self) -> Span {
        Span::at(self.at as usize, self.size.into())
    }
}

impl Piece {
    /// Where it ends in memory.
    pub fn end(&self) -> u64 {
        self.address.saturating_add(self.size)
    }
    /// The offset in the file of an address of its bytes.
    pub fn offset(&self, address: u64) -> Option<usize> {
        let offset = usize::try_from(address.checked_sub(self.address)?).ok()?;
        (offset < self.span.len()).then(|| self.span.start + offset)
    }
    /// The address of an offset in the file.
    pub fn at(&self, offset: usize) -> u64 {
        self.address.wrapping_add((offset - self.span.start) as u64)
    }
}

impl Space {
    /// Of pieces in any order; nothing where two overlap, or one lies where no program does.
    pub fn of(mut pieces: Vec<Piece>, big: bool, narrow: bool) -> Option<Self> {
        pieces.sort_by_key(|piece| (piece.address, piece.end()));
        let apart = pieces.windows(2).all(|pair| pair[0].end() <= pair[1].address);
        let within = pieces.last().is_some_and(|last| last.end() < HIGHEST);
        (apart && within).then(|| Self {
            pieces,
            links: Vec::new(),
            big,
            narrow,
        })
    }
    /// The piece that an address lies in.
    pub fn at(&self, address: u64) -> Option<&Piece> {
        let index = self.pieces.partition_point(|piece| piece.address <= address);
        let before = index.checked_sub(1).map(|i| &self.pieces[i]);
        before.filter(|piece| address < piece.end())
    }
    /// The links that stand in a span of the file.
    pub fn links_in(&self, span: Span) -> &[Pointer] {
        links_in(&self.links, span)
    }
}

fn links_in(links: &[Pointer], span: Span) -> &[Pointer] {
    let from = links.partition_point(|link| (link.at as usize) < span.start);
    let to = links.partition_point(|link| (link.at as usize) < span.end);
    &links[from..to.max(from)]
}

/// Which of two builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// The one.
    A,
    /// The other.
    B,
}

impl Of {
    fn index(self) -> usize {
        usize::from(self == Of::B)
    }
}

/// A place, called alike in both builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Address {
    /// What both have; by its address in a.
    Both(u64),
    /// In no piece, and so behind none that moves: a constant.
    Outside(u64),
    /// What only one of them has.
    Only(Of, u64),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Both(address) => write!(f, "{address:#x}"),
            Address::Outside(address) => write!(f, "{address:#x}, where nothing lies"),
            Address::Only(Of::A, address) => write!(f, "{address:#x} of a"),
            Address::Only(Of::B, address) => write!(f, "{address:#x} of b"),
        }
    }
}

/// A stretch of memory that both builds have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its address in a.
    pub a: u64,
    /// Its address in b.
    pub b: u64,
    /// Bytes.
    pub length: u64,
}

impl Run {
    /// The one of some, sorted by their address in a, that an address of a lies in.
    pub fn around(sorted: &[Self], address: u64) -> Option<Self> {
        let index = sorted.partition_point(|run| run.a <= address);
        let run = index.checked_sub(1).map(|i| sorted[i])?;
        (address - run.a < run.length).then_some(run)
    }
    /// The address in b of an address of a that lies in it.
    pub fn in_b(&self, address: u64) -> u64 {
        self.b + (address - self.a)
    }
}

/// A table of places, counted from one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// The address of its first word in a, and in b.
    pub at: [u64; 2],
    /// The address that its words count from in a, and in b.
    pub base: [u64; 2],
    /// How many words of four bytes.
    pub count: usize,
}

/// A part of a piece, as one build has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// From the beginning of the piece.
    pub span: Span,
    /// What it is paired by: where it begins in a, or would.
    pub name: usize,
    /// Both have it; otherwise something else stands in each.
    pub shared: bool,
    /// Nothing but zeros, as many as the alignment of what is behind them takes.
    pub fill: bool,
}

/// Which place of one build is which of the other.
#[derive(Debug, Default)]
pub struct Places {
    /// By address in a.
    runs: Vec<Run>,
    /// The same by address in b.
    turned: Vec<Run>,
    /// Where pieces end: the one behind the last byte is a place of its own where nothing follows.
    ends: [BTreeMap<u64, u64>; 2],
    /// Where something begins that is another thing in each.
    marks: [BTreeMap<u64, u64>; 2],
    /// The pieces of each, by address: beginning and end.
    pieces: [Vec<(u64, u64)>; 2],
    /// Tables of each, by where they begin: that, what they count from, and how many words they have.
    words: [Vec<(u64, u64, usize)>; 2],
    /// What leads where in each, by where it stands.
    links: [Vec<Pointer>; 2],
    /// Whether addresses have 32 bits.
    narrow: bool,
    /// What pieces of each are made of, by address.
    chunks: [BTreeMap<u64, Vec<Chunk>>; 2],
}

impl Places {
    /// Of runs that do not overlap, in pieces with these ends; `marks` are where something begins that both have, but not alike.
    pub fn new(mut runs: Vec<Run>, marks: &[(u64, u64)], paired: &[(&Piece, &Piece)], all: [&Space; 2]) -> Self {
        runs.retain(|run| run.length > 0);
        runs.sort_unstable_by_key(|run| run.a);
        let mut turned = runs.clone();
        turned.sort_unstable_by_key(|run| run.b);
        let mut ends: [BTreeMap<u64, u64>; 2] = Default::default();
        for (a, b) in paired {
            ends[0].insert(a.end(), a.end());
            ends[1].insert(b.end(), a.end());
        }
        let starts: Vec<(u64, u64)> = paired.iter().map(|(a, b)| (a.address, b.address)).collect();
        let pieces = all.map(|space| space.pieces.iter().map(|piece| (piece.address, piece.end())).collect());
        Self {
            runs,
            turned,
            ends,
            marks: [
                marks.iter().chain(&starts).map(|&(a, _)| (a, a)).collect(),
                marks.iter().chain(&starts).map(|&(a, b)| (b, a)).collect(),
            ],
            pieces,
            narrow: all[0].narrow,
            ..Self::default()
        }
    }
    /// The same, with tables of places and with links.
    pub fn with(mut self, words: Vec<Words>, links: [Vec<Pointer>; 2]) -> Self {
        for (side, tables) in self.words.iter_mut().enumerate() {
            *tables = words
                .iter()
                .map(|words| (words.at[side], words.base[side], words.count))
                .collect();
            tables.sort_unstable();
        }
        self.links = links;
        self
    }
    /// The address of a sum, which wraps where addresses have 32 bits.
    pub fn wrapped(&self, sum: u64) -> u64 {
        if self.narrow { sum & u64::from(u32::MAX) } else { sum }
    }
    /// Tables of places that begin in a range of addresses: where, what they count from, and how many words they have.
    pub fn tables(&self, which: Of, from: u64, to: u64) -> &[(u64, u64, usize)] {
        let tables = &self.words[which.index()];
        let from = tables.partition_point(|table| table.0 < from);
        let to = tables.partition_point(|table| table.0 < to);
        &tables[from..to.max(from)]
    }
    /// The links that stand in a span of the file, counted from its beginning.
    pub fn links(&self, which: Of, span: Span) -> Links {
        let links = links_in(&self.links[which.index()], span).iter();
        let inside = links.filter(|link| link.span().end <= span.end);
        Links(
            inside
                .map(|link| Led {
                    at: Span::at(link.at as usize - span.start, link.size.into()),
                    to: self.of(which, link.target),
                    rest: link.rest,
                    loose: link.loose,
                })
                .collect(),
        )
    }
    /// The place of an address.
    pub fn of(&self, which: Of, address: u64) -> Address {
        let found = match which {
            Of::A => self.around(address).map(|_| address),
            Of::B => {
                let index = self.turned.partition_point(|run| run.b <= address);
                let run = index.checked_sub(1).map(|i| self.turned[i]);
                run.filter(|run| address - run.b < run.length)
                    .map(|run| run.a + (address - run.b))
            }
        };
        if let Some(address) = found {
            return Address::Both(address);
        }
        let side = which.index();
        if let Some(&shared) = self.marks[side].get(&address) {
            return Address::Both(shared);
        }
        let pieces = &self.pieces[side];
        let index = pieces.partition_point(|piece| piece.0 <= address);
        let before = index.checked_sub(1).map(|i| pieces[i]);
        if before.is_some_and(|(_, end)| address < end) {
            return Address::Only(which, address);
        }
        // Behind a piece, before the next one: counted from where it ends.
        match before {
            Some((_, end)) if address - end < BEHIND => match self.ends[side].get(&end) {
                Some(&shared) => Address::Both(shared + (address - end)),
                None => Address::Only(which, address),
            },
            _ => Address::Outside(address),
        }
    }
    /// Where a range ends that begins at an address: behind its last byte, or with its piece.
    pub fn end(&self, which: Of, address: u64, size: u64) -> (Address, bool) {
        if size == 0 {
            return (self.of(which, address), false);
        }
        let (side, end) = (which.index(), address.wrapping_add(size));
        let index = self.pieces[side].partition_point(|piece| piece.0 <= address);
        let piece = index.checked_sub(1).map(|i| self.pieces[side][i]);
        let shared = self.ends[side].get(&end);
        match (shared, self.of(which, end.wrapping_sub(1))) {
            (Some(&shared), _) if piece.is_some_and(|piece| piece.1 == end) => (Address::Both(shared), true),
            (_, Address::Both(last)) => (Address::Both(last + 1), false),
            (_, last) => (last, false),
        }
    }
    /// The run that an address of a lies in.
    pub fn around(&self, address: u64) -> Option<Run> {
        Run::around(&self.runs, address)
    }
    /// What a piece is made of, by its address; nothing where it is not taken apart.
    pub fn chunks(&self, which: Of, address: u64) -> Option<&[Chunk]> {
        self.chunks[which.index()].get(&address).map(Vec::as_slice)
    }
    /// The same, with what pieces of each are made of, by their addresses.
    pub fn taken_apart(mut self, chunks: [BTreeMap<u64, Vec<Chunk>>; 2]) -> Self {
        self.chunks = chunks;
        self
    }
}

/// No address of a program is higher: sums of two do not wrap.
const HIGHEST: u64 = u64::MAX - (1 << 32);

/// So far behind a piece an address is still counted from its end: what linkers call the end of something is rounded up.
const BEHIND: u64 = 4096;

/// Links as a part has them, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links(pub Vec<Led>);

/// A link of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Led {
    /// Where in the part.
    pub at: Span,
    /// Where it leads.
    pub to: Address,
    /// What else its bytes say.
    pub rest: u32,
    /// It may be a plain number as well.
    pub loose: bool,
}
