//! The table of clusters: chains, and what no file has.

use super::Boot;
use crate::{
    format::{sections::Words, volume::Listing},
    model::{Blob, Malformed, Role, Span, Value},
};

pub(super) struct Table {
    boot: Boot,
    /// What stands for each cluster.
    next: Vec<u32>,
    used: Vec<bool>,
}

impl Table {
    pub(super) fn read(image: &Blob, boot: Boot, list: &mut Listing) -> Result<Self, Malformed> {
        let first = Span::at(boot.reserved, boot.table);
        let bytes = image.get_span(first);
        let bytes = bytes.ok_or_else(|| Malformed::truncated(image.len(), "a table of clusters"))?;
        list.take(Span::at(
            first.start,
            (boot.clusters as usize + 2) * boot.bits as usize / 8,
        ));
        let second = Span::at(first.end, boot.table);
        if boot.tables == 2 {
            if image.get_span(second) == Some(bytes) {
                list.take(second);
            } else {
                list.node("second table")?;
                list.field("clusters", second, Role::Content, Value::Raw);
            }
        }
        let word = Words::little(bytes);
        let entry = |nth: usize| -> Result<u32, Malformed> {
            Ok(match boot.bits {
                12 => {
                    let pair = word.u16(nth * 3 / 2)?;
                    if nth.is_multiple_of(2) { pair & 0xfff } else { pair >> 4 }
                }
                16 => word.u16(nth * 2)?,
                _ => word.u32(nth * 4)?,
            } as u32)
        };
        let next = (0..boot.clusters as usize + 2)
            .map(entry)
            .collect::<Result<Vec<_>, _>>()?;
        let used = vec![false; next.len()];
        Ok(Self { boot, next, used })
    }

    /// What ends a chain, at least.
    fn end(&self) -> u32 {
        match self.boot.bits {
            12 => 0xff8,
            16 => 0xfff8,
            _ => 0x0fff_fff8,
        }
    }

    /// The clusters from one on. Each is in one chain only, so that none goes round.
    pub(super) fn chain(&mut self, first: u64) -> Result<Vec<Span>, Malformed> {
        let (mut at, mut spans) = (first, Vec::new());
        while at != 0 {
            let wrong = |found: &str| Malformed::at(self.boot.reserved, "a chain of clusters", found.to_owned());
            let span = self.boot.span(at).ok_or_else(|| wrong("one that is not there"))?;
            let used = self
                .used
                .get_mut(at as usize)
                .ok_or_else(|| wrong("one that is not there"))?;
            if std::mem::replace(used, true) {
                return Err(wrong("one that is in another"));
            }
            spans.push(span);
            // The high bits of 32 are kept for others.
            let next = self.next.get(at as usize).copied().unwrap_or(0) & 0x0fff_ffff;
            if next >= self.end() {
                break;
            }
            at = u64::from(next);
            if at == 0 {
                return Err(wrong("a free one"));
            }
        }
        Ok(spans)
    }

    /// What the table says that no chain of a file does.
    pub(super) fn rest(&self, image: &Blob, list: &mut Listing) -> Result<(), Malformed> {
        list.node("clusters of no file")?;
        let (mut lost, mut odd) = (Vec::new(), Vec::new());
        for (nth, &next) in self.next.iter().enumerate() {
            let used = self.used.get(nth).copied().unwrap_or(false);
            // Of a chain's end and of the high bits there are several spellings.
            let all = self.end() | 7;
            if nth < 2 || used && (next > all || next >= self.end() && next != all) {
                odd.extend([nth as u32, next]);
            }
            if nth >= 2 && !used && next != 0 {
                lost.extend([nth as u32, next]);
            }
        }
        let bytes = |numbers: &[u32]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
        list.put_long("clusters", &bytes(&lost), Role::Content, Value::Raw);
        list.put_long("marks", &bytes(&odd), Role::Structure, Value::Raw);
        self.free(image, list)
    }

    /// The sector that counts the free clusters of FAT32.
    fn free(&self, image: &Blob, list: &mut Listing) -> Result<(), Malformed> {
        let word = Words::little(image);
        let at = word.position(48, 2)? * self.boot.sector;
        if self.boot.bits != 32 || at == 0 || at >= self.boot.reserved {
            return Ok(());
        }
        let used = self.used.iter().zip(&self.next).skip(2);
        let free = used.filter(|(used, next)| !**used && **next == 0).count() as u64;
        list.node("free")?;
        let span = Span::at(at + 488, 4);
        let valid = word.u32(span.start)? == free;
        list.field("clusters", span, Role::Size, Value::Derived { valid });
        list.field("next", Span::at(at + 492, 4), Role::Structure, Value::Raw);
        Ok(())
    }
}
