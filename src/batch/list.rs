//! A list of items: one a line, with fields parted by tabs.

use super::{Shard, shard::key};
use crate::{
    bytes::{
        Error,
        digest::{Algorithm, Hasher},
        source,
    },
    notation::clean,
};
use std::{borrow::Cow, ops::RangeInclusive, path::Path};

/// Bytes of a list; a larger one is to be parted.
const LIMIT: u64 = 256 << 20;

/// What the fields of a line are.
#[derive(Clone, Debug)]
pub struct Columns {
    /// Fields of a line that names nothing: its name is all of them.
    pub bare: usize,
    /// Fields of a line whose first one is the name.
    pub named: RangeInclusive<usize>,
    /// What is told where a line has another number of them.
    pub usage: &'static str,
}

/// A list, whole in memory, in the order of its file. No two items have the same name.
#[derive(Debug)]
pub struct List {
    text: String,
    columns: Columns,
    entries: Vec<Entry>,
    digest: String,
    /// The file as it was named.
    path: String,
    twice: Vec<String>,
}

/// A line of the text.
#[derive(Clone, Copy, Debug)]
struct Entry {
    key: u64,
    start: u32,
    length: u32,
    /// From 1.
    line: u32,
}

/// One item of a list.
#[derive(Clone, Debug)]
pub struct Item<'l> {
    /// Which of the list it is, from 1.
    pub at: usize,
    /// Its name, which no other item has.
    pub name: Cow<'l, str>,
    /// Its fields, without the name, if the line has as many as it should.
    pub fields: Result<Vec<&'l str>, String>,
}

impl List {
    /// Reads a list. Blank lines say nothing, nor do those that begin with `#`.
    ///
    /// # Errors
    /// It can't be read, lists nothing, or has two different items of one name.
    pub fn read(path: &Path, columns: Columns) -> Result<Self, Error> {
        let text = source::text(path, LIMIT).map_err(|error| Error::at(path, &error))?;
        Self::new(text, columns, &path.display().to_string()).map_err(|error| error.of(path))
    }

    fn new(text: String, columns: Columns, path: &str) -> Result<Self, Error> {
        let entries = entries(&text, &columns);
        let mut list = Self {
            text,
            columns,
            entries,
            digest: String::new(),
            path: path.to_owned(),
            twice: Vec::new(),
        };
        list.leave_out_twice()?;
        if list.entries.is_empty() {
            return Err(Error::malformed("lists nothing"));
        }
        let mut hasher = Hasher::new(Algorithm::Sha256);
        for at in 0..list.len() {
            let item = list.item(at);
            for word in [&*item.name, "\0", list.line(at), "\n"] {
                hasher.update(word.as_bytes());
            }
        }
        list.digest = hasher.finish().to_string();
        Ok(list)
    }

    /// Of items that are there more than once, the first stays.
    fn leave_out_twice(&mut self) -> Result<(), Error> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|at| self.entries.get(*at).map(|entry| (entry.key, entry.line)));
        let mut gone = Vec::new();
        for pair in order.windows(2) {
            let &[first, second] = pair else { continue };
            let [(name, fields), (again, others)] = [first, second].map(|at| self.columns.read(self.line(at)));
            if name != again {
                continue;
            }
            let (before, name) = (self.number(first), clean(&name));
            if fields != others {
                let usage = self.columns.usage;
                let what = format!("{name} is in line {before}, too, with other files; tell them apart: {usage}");
                return Err(Error::malformed(what).in_line(Some(self.number(second))));
            }
            gone.push((second, format!("{name} is in line {before}, too: it is done once")));
        }
        gone.sort_unstable();
        let told = gone
            .iter()
            .map(|(at, what)| format!("{}:{}: {what}", self.path, self.number(*at)));
        self.twice = told.collect();
        let mut at = 0;
        self.entries.retain(|_| {
            at += 1;
            gone.binary_search_by_key(&(at - 1), |(gone, _)| *gone).is_err()
        });
        Ok(())
    }

    /// How many items it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none, which no list that was read has.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// SHA-256 of its items in their order, in hex.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What is to be told of items that are there more than once.
    pub fn twice(&self) -> &[String] {
        &self.twice
    }

    /// The item in a place, from 0 on. A place behind the last one has an item without a name.
    pub fn item(&self, at: usize) -> Item<'_> {
        let (name, fields) = self.columns.read(self.line(at));
        let fields = fields.ok_or_else(|| format!("{}:{}: give {}", self.path, self.number(at), self.columns.usage));
        Item {
            at: at + 1,
            name,
            fields,
        }
    }

    /// The line of its file, from 1 on.
    fn number(&self, at: usize) -> usize {
        self.entries.get(at).map_or(0, |entry| entry.line as usize)
    }

    fn line(&self, at: usize) -> &str {
        let entry = self.entries.get(at);
        let line = entry.and_then(|entry| self.text.get(entry.start as usize..)?.get(..entry.length as usize));
        line.unwrap_or_default()
    }

    /// The places, from 0 on, of the items of a shard.
    pub fn of(&self, shard: Shard) -> impl Iterator<Item = usize> + '_ {
        let entries = self.entries.iter().enumerate();
        entries.filter(move |(_, entry)| shard.has(entry.key)).map(|(at, _)| at)
    }
}

impl Columns {
    /// The name of a line, and its fields, if it has as many as it should and none is empty.
    fn read<'t>(&self, line: &'t str) -> (Cow<'t, str>, Option<Vec<&'t str>>) {
        let fields: Vec<&str> = line.split('\t').collect();
        let full = fields.iter().all(|field| !field.is_empty());
        match fields.as_slice() {
            [name, rest @ ..] if full && self.named.contains(&fields.len()) => {
                (Cow::Borrowed(name), Some(rest.to_vec()))
            }
            all => {
                let name = match all {
                    [one] => Cow::Borrowed(*one),
                    many => Cow::Owned(many.join(" ")),
                };
                let right = full && all.len() == self.bare;
                (name, right.then_some(fields))
            }
        }
    }
}

/// The lines that say something.
fn entries(text: &str, columns: &Columns) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut start = 0;
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        let said = line.trim_end_matches(['\n', '\r']);
        if !said.trim().is_empty() && !said.starts_with('#') {
            entries.push(Entry {
                key: key(&columns.read(said).0),
                start,
                length: said.len() as u32,
                line: number,
            });
        }
        // A list is far shorter than 4 GiB.
        start += line.len() as u32;
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Result<List, Error> {
        let columns = Columns {
            bare: 2,
            named: 3..=3,
            usage: "A<TAB>B",
        };
        List::new(text.to_owned(), columns, "list")
    }

    #[test]
    fn a_line_is_an_item() {
        let list = pairs("# none\na\tb\r\n\nname\ta\tc\nalone\na\t\n").unwrap();
        let items: Vec<Item<'_>> = (0..list.len()).map(|at| list.item(at)).collect();
        let told: Vec<_> = items
            .iter()
            .map(|item| (item.at, &*item.name, item.fields.clone()))
            .collect();
        let wrong = |line| Err(format!("list:{line}: give A<TAB>B"));
        assert_eq!(
            told,
            [
                (1, "a b", Ok(vec!["a", "b"])),
                (2, "name", Ok(vec!["a", "c"])),
                (3, "alone", wrong(5)),
                (4, "a ", wrong(6)),
            ]
        );
    }

    #[test]
    fn what_is_there_twice_is_done_once() {
        let list = pairs("a\tb\nc\td\na\tb\nbad\nbad\n").unwrap();
        assert_eq!(list.len(), 3);
        assert_eq!(
            list.twice(),
            [
                "list:3: a b is in line 1, too: it is done once",
                "list:5: bad is in line 4, too: it is done once",
            ]
        );
        assert_eq!(list.digest(), pairs("a\tb\nc\td\nbad\n").unwrap().digest());
        assert_ne!(list.digest(), pairs("c\td\na\tb\nbad\n").unwrap().digest());
        let error = pairs("x\ta\tb\nx\ta\tc\n").unwrap_err().of("list");
        assert_eq!(
            error.to_string(),
            "list:2: x is in line 1, too, with other files; tell them apart: A<TAB>B"
        );
        assert_eq!(pairs("# nothing\n").unwrap_err().to_string(), "lists nothing");
    }

    /// An item stays in its shard when others come and go.
    #[test]
    fn shards_share_a_list() {
        let text: String = (0..100).map(|n| format!("a{n}\tb{n}\n")).collect();
        let (list, longer) = (pairs(&text).unwrap(), pairs(&format!("new\tx\n{text}")).unwrap());
        let mut all = Vec::new();
        for index in 1..=7 {
            let shard = format!("{index}/7").parse().unwrap();
            let names =
                |list: &List| -> Vec<String> { list.of(shard).map(|at| list.item(at).name.into_owned()).collect() };
            let mut after = names(&longer);
            after.retain(|name| name != "new x");
            assert_eq!(names(&list), after);
            assert!(!after.is_empty());
            all.extend(list.of(shard));
        }
        all.sort_unstable();
        assert_eq!(all, Vec::from_iter(0..100));
    }
}
