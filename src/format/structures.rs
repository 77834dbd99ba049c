//! goblin's structures where they lie in a file: tables of them, and the spans of their fields.

use crate::model::{Malformed, Part, Role, Span, Value};
use goblin::error::Error;
use scroll::{Pread, ctx::TryFromCtx};

/// Reads the structure at an offset, if it is there.
pub fn read<'b, T, C: Copy>(bytes: &'b [u8], at: usize, ctx: C) -> Option<T>
where
    T: TryFromCtx<'b, C>,
    T::Error: From<scroll::Error>,
{
    bytes.pread_with(at, ctx).ok()
}

/// The same, where nothing can be read without it.
pub fn need<'b, T, C: Copy>(bytes: &'b [u8], at: usize, ctx: C, what: &'static str) -> Result<T, Malformed>
where
    T: TryFromCtx<'b, C>,
    T::Error: From<scroll::Error>,
{
    read(bytes, at, ctx).ok_or_else(|| Malformed::truncated(at, what))
}

/// Entries of one size.
#[derive(Clone, Copy)]
pub struct Table {
    /// All of them, and what is left behind the last one.
    pub span: Span,
    /// Bytes from one to the next; at least those of the structure.
    pub entry: usize,
}

impl Table {
    /// So many entries at an offset, if all of them are there.
    pub fn whole(bytes: &[u8], at: usize, count: usize, entry: usize) -> Option<Self> {
        let end = at.checked_add(count.checked_mul(entry)?)?;
        let span = Span::new(at, end);
        bytes.get(at..end).map(|_| Self { span, entry })
    }
    /// How many are whole.
    pub fn count(&self) -> usize {
        self.span.len().checked_div(self.entry).unwrap_or(0)
    }
    /// Where one of them lies.
    pub fn place(&self, index: usize) -> Span {
        Span::at(self.span.start + index * self.entry, self.entry)
    }
    /// One of them; nothing behind the last.
    pub fn get<'b, T, C: Copy>(&self, bytes: &'b [u8], index: usize, ctx: C) -> Option<T>
    where
        T: TryFromCtx<'b, C>,
        T::Error: From<scroll::Error>,
    {
        (index < self.count()).then(|| read(bytes, self.place(index).start, ctx))?
    }
    /// All of them.
    pub fn all<'b, T, C: Copy>(self, bytes: &'b [u8], ctx: C) -> impl Iterator<Item = T>
    where
        T: TryFromCtx<'b, C>,
        T::Error: From<scroll::Error>,
    {
        (0..self.count()).map_while(move |index| read(bytes, self.place(index).start, ctx))
    }
}

/// The fields of a structure that are told apart.
#[derive(Clone, Copy)]
pub struct Layout {
    /// Name, and offset from the beginning, in the order in which they lie in it; each reaches to the next.
    pub fields: &'static [(&'static str, usize)],
    /// Of the whole.
    pub size: usize,
}

impl Layout {
    fn span(&self, at: usize, index: usize) -> Span {
        let start = |i: usize| self.fields.get(i).map_or(self.size, |field| field.1);
        Span::new(at + start(index), at + start(index + 1))
    }
    /// Where the first fields of the structure at an offset lie.
    pub fn spans<const N: usize>(&self, at: usize) -> [Span; N] {
        std::array::from_fn(|index| self.span(at, index))
    }
    /// Where a field of the structure at an offset lies.
    pub fn named(&self, at: usize, name: &str) -> Option<Span> {
        let index = self.fields.iter().position(|field| field.0 == name)?;
        Some(self.span(at, index))
    }
    /// The fields of the structure at an offset, each with what it means by its name; what means nothing else is a number.
    pub fn parts(&self, at: usize, big: bool, meaning: impl Fn(&str) -> (Role, Value)) -> Vec<Part> {
        let part = |(index, &(name, _)): (usize, &(&'static str, usize))| {
            let (role, value) = meaning(name);
            let value = match value {
                Value::Raw => Value::Word { big },
                known => known,
            };
            Part::field(name, self.span(at, index), role, value)
        };
        self.fields.iter().enumerate().map(part).collect()
    }
}

/// Fields by their offsets: the two classes of a format may have them in different orders.
pub const fn in_order<const N: usize>(mut fields: [(&'static str, usize); N]) -> [(&'static str, usize); N] {
    let mut sorted = 1;
    while sorted < N {
        let mut at = sorted;
        while at > 0 && fields[at - 1].1 > fields[at].1 {
            (fields[at - 1], fields[at]) = (fields[at], fields[at - 1]);
            at -= 1;
        }
        sorted += 1;
    }
    fields
}

/// The layout of a structure of goblin by names of ours: `layout!(Sym { st_name: "name", … })`.
macro_rules! layout {
    ($structure:ty { $($($field:ident).+: $name:literal),+ $(,)? }) => {
        const {
            const N: usize = [$($name),+].len();
            const FIELDS: [(&str, usize); N] =
                $crate::format::structures::in_order([$(($name, std::mem::offset_of!($structure, $($field).+))),+]);
            $crate::format::structures::Layout {
                fields: &FIELDS,
                size: size_of::<$structure>(),
            }
        }
    };
}
pub(crate) use layout;

/// What goblin could not read at an offset.
pub fn refused(offset: usize, what: &'static str) -> impl Fn(Error) -> Malformed {
    move |error| Malformed::at(offset, what, error.to_string())
}
