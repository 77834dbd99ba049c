//! Which items a shard has: by the hash of an item's name, so that an item stays where it is when others come and go.

use crate::{bytes::digest::Algorithm, notation::Unreadable};
use std::str::FromStr;

/// Most shards of a list.
const MOST: usize = 1_000_000;

/// One part of a list: the `index`-th of `of`, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    of: usize,
}

impl Shard {
    /// All of a list.
    pub const WHOLE: Self = Self { index: 1, of: 1 };

    /// Which one, from 1.
    pub fn index(self) -> usize {
        self.index
    }

    /// How many there are.
    pub fn of(self) -> usize {
        self.of
    }

    /// Whether an item is in it, by the [`key`] of its name.
    pub(super) fn has(self, key: u64) -> bool {
        key % self.of as u64 == self.index as u64 - 1
    }
}

/// The first eight bytes of the name's SHA-256, as a big-endian number.
pub(super) fn key(name: &str) -> u64 {
    let digest = Algorithm::Sha256.digest(name.as_bytes());
    let first = digest.as_bytes().first_chunk::<8>();
    first.map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

impl FromStr for Shard {
    type Err = Unreadable;

    /// `2/8`.
    fn from_str(word: &str) -> Result<Self, Unreadable> {
        let wrong = || Unreadable::said(word, format!("give I/N, with I from 1 to N, and N up to {MOST}"));
        let (index, of) = word.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<usize>().map_err(|_| wrong());
        let (index, of) = (number(index)?, number(of)?);
        match (1..=of).contains(&index) && of <= MOST {
            true => Ok(Self { index, of }),
            false => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_a_number_of_a_number() {
        assert_eq!("2/8".parse(), Ok(Shard { index: 2, of: 8 }));
        for wrong in ["0/3", "4/3", "1", "1/0", "a/b", "1/1000001", "/", "-1/3"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    /// `printf a | sha256sum` begins with ca978112ca1bbdca.
    #[test]
    fn a_key_is_of_the_name() {
        assert_eq!(key("a"), 0xca97_8112_ca1b_bdca);
        let shard = |of: usize| {
            (1..=of)
                .filter(|index| Shard { index: *index, of }.has(key("a")))
                .count()
        };
        assert!((1..50).all(|of| shard(of) == 1));
    }
}
