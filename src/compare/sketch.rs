//! How alike two byte strings are, from a few hashes of each.

use std::collections::BTreeSet;

/// What is kept of a byte string to compare it with others.
pub struct Sketch {
    length: usize,
    /// Of a short one: its runs of four bytes.
    grams: Option<Vec<u64>>,
    /// Of a longer one: its lines, and blocks at borders that follow from the content.
    blocks: Option<Vec<u64>>,
}

/// Up to here there are too few lines and blocks to tell.
const SHORT: usize = 2048;
/// Lengths further apart than this factor are not alike.
const FACTOR: usize = 4;
/// Hashes kept of each: the smallest.
const KEPT: usize = 256;

impl Sketch {
    /// Reads the bytes once.
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            length: bytes.len(),
            // Also where the other one may be short.
            grams: (bytes.len() <= SHORT * FACTOR).then(|| kept(bytes.windows(4).map(hash).collect())),
            blocks: (bytes.len() > SHORT).then(|| kept(blocks(bytes))),
        }
    }
    /// The share of their pieces that the two have in common, from 0 to 1 (Dice's), estimated from the smallest hashes of both.
    pub fn alike(&self, other: &Self) -> f64 {
        let (short, long) = (self.length.min(other.length), self.length.max(other.length));
        if short.saturating_mul(FACTOR) < long {
            return 0.0;
        }
        let both = |x: &Option<Vec<u64>>, y: &Option<Vec<u64>>| Some(share(x.as_ref()?, y.as_ref()?));
        both(&self.blocks, &other.blocks)
            .or_else(|| both(&self.grams, &other.grams))
            .unwrap_or(0.0)
    }
}

/// Pairs by how alike they are, the most alike first and each only once.
pub(super) fn closest<T: Ord + Copy>(mut scored: Vec<(f64, T, T)>) -> Vec<(T, T)> {
    scored.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let (mut of_a, mut of_b) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = Vec::new();
    for (_, x, y) in scored {
        if !of_a.contains(&x) && !of_b.contains(&y) {
            of_a.insert(x);
            of_b.insert(y);
            pairs.push((x, y));
        }
    }
    pairs
}

fn share(x: &[u64], y: &[u64]) -> f64 {
    let mut union: Vec<u64> = x.iter().chain(y).copied().collect();
    union.sort_unstable();
    union.dedup();
    union.truncate(KEPT);
    let both = |h: &&u64| x.binary_search(h).is_ok() && y.binary_search(h).is_ok();
    match union.len() {
        0 => 0.0,
        all => {
            let common = union.iter().filter(both).count();
            2.0 * common as f64 / (all + common) as f64
        }
    }
}

fn kept(mut hashes: Vec<u64>) -> Vec<u64> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(KEPT);
    hashes
}

fn blocks(bytes: &[u8]) -> Vec<u64> {
    let mut hashes = Vec::new();
    let (mut state, mut length) = (FNV, 0);
    for &byte in bytes {
        state = step(state, byte);
        length += 1;
        if byte == b'\n' || byte == 0 || length >= 64 && state >> 58 == 0 || length == 512 {
            hashes.push(mixed(state));
            (state, length) = (FNV, 0);
        }
    }
    hashes.push(mixed(state));
    hashes
}

fn hash(bytes: &[u8]) -> u64 {
    mixed(bytes.iter().fold(FNV, |state, &byte| step(state, byte)))
}

fn step(state: u64, byte: u8) -> u64 {
    (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// The smallest hashes are a fair sample only when all bits depend on all bytes (the finalizer of MurmurHash3).
fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let state = (state ^ (state >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    state ^ (state >> 33)
}

/// FNV-1a's offset basis.
const FNV: u64 = 0xcbf2_9ce4_8422_2325;

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: &[u8], b: &[u8]) -> f64 {
        Sketch::of(a).alike(&Sketch::of(b))
    }

    #[test]
    fn a_changed_date_leaves_a_short_text_alike() {
        let a = br#"{"created":"2024-03-05T09:15:42Z","architecture":"amd64","config":{"Cmd":["/bin/tool"]}}"#;
        let b = br#"{"created":"2024-11-20T17:48:03Z","architecture":"amd64","config":{"Cmd":["/bin/tool"]}}"#;
        assert!(alike(a, b) > 0.5);
        assert!(
            alike(
                a,
                b"Permission is hereby granted, free of charge, to any person obtaining a copy"
            ) < 0.1
        );
    }

    #[test]
    fn short_and_long_ones_can_be_compared() {
        let line = |i: usize| format!("line {i} of a text\n");
        let text = |n: usize| (0..n).map(line).collect::<String>().into_bytes();
        assert!(text(100).len() < SHORT && text(150).len() > SHORT);
        assert!(alike(&text(100), &text(150)) > 0.5);
        assert!(alike(&text(1000), &text(1010)) > 0.9);
        assert_eq!(alike(&text(10), &text(1000)), 0.0);
    }
}
