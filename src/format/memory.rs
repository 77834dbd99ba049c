//! What files that say which bytes are written to which address have in common: Intel HEX, S-records and UF2.

use super::volume::{Codec, Listing, Piece};
use crate::model::{Blob, Malformed, Role, Span, Value};

/// What is written, as it is read: runs of bytes by their address.
pub(super) struct Memory {
    runs: Vec<(u64, Vec<u8>)>,
    /// A record was where another had been written.
    twice: bool,
}

impl Memory {
    pub(super) fn new() -> Self {
        Self {
            runs: Vec::new(),
            twice: false,
        }
    }
    /// Bytes at an address; what follows the last ones is put behind them.
    pub(super) fn put(&mut self, address: u64, bytes: &[u8]) {
        match self.runs.last_mut() {
            Some((start, run)) if *start + run.len() as u64 == address => run.extend_from_slice(bytes),
            _ => self.runs.push((address, bytes.to_vec())),
        }
    }
    /// The runs as nodes.
    pub(super) fn list(mut self, list: &mut Listing) -> Result<(), Malformed> {
        let order: Vec<u64> = self.runs.iter().map(|run| run.0).collect();
        self.runs.sort_by_key(|run| run.0);
        let meet = |pair: &[(u64, Vec<u8>)]| pair[0].0 + pair[0].1.len() as u64 > pair[1].0;
        self.twice = self.runs.windows(2).any(meet);
        list.node("records")?;
        // What is written twice is what was written last.
        if self.twice || !order.is_sorted() {
            let order: Vec<u8> = order.iter().flat_map(|address| address.to_le_bytes()).collect();
            list.put_long("order", &order, Role::Structure, Value::Raw);
        }
        let whole = Span::new(0, list.image().len());
        list.take(whole);
        let one = self.runs.len() == 1;
        for (address, run) in self.runs {
            list.node(if one {
                "memory".to_owned()
            } else {
                format!("memory at {address:#010x}")
            })?;
            list.put("address", &address.to_le_bytes(), Role::Structure, Value::Raw);
            list.content("", vec![Piece::Shared(Blob::from(run))], Codec::None)?;
        }
        Ok(())
    }
}

/// Bytes of pairs of hexadecimal digits.
pub(super) fn hex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16);
    let pair = |pair: &[u8]| u8::try_from(digit(pair[0])? * 16 + digit(*pair.get(1)?)?).ok();
    digits.chunks(2).map(pair).collect()
}

/// Lines without what ends them, with their place; empty ones are left out.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    bytes.split(|&b| b == b'\n').filter_map(move |line| {
        let start = at;
        at += line.len() + 1;
        let line = line.trim_ascii();
        (!line.is_empty()).then_some((start, line))
    })
}
