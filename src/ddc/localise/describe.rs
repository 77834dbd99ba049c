//! Places as text: a name, a string's text or the bytes of a datum.

use super::image::{Image, Relocation, Slot};
use goblin::elf::reloc::r_to_str;

/// Bytes of a datum that are shown where something refers to it.
const DATUM: u64 = 32;
/// Characters of a string that are shown.
const TEXT: usize = 160;
/// Bytes after which no end of a string is looked for.
const LONGEST: usize = 1 << 16;
/// Words of a jump table that are shown.
const JUMPS: u64 = 64;
/// Data that refers to data that refers to data is not followed further.
const DEPTH: usize = 2;

impl Image<'_> {
    /// What `symbol + addend` is.
    pub(super) fn target(&self, relocation: Relocation, ahead: i64, size: Option<u64>, depth: usize) -> String {
        let addend = relocation.addend.wrapping_add(ahead);
        let text = match self.symbols.get(relocation.symbol) {
            Some(symbol) => match symbol.section {
                Some(section) if symbol.is_label() => {
                    self.place(section, symbol.offset.wrapping_add_signed(addend), size, depth)
                }
                _ => plus(&symbol.name, addend),
            },
            None => plus("*absolute*", addend),
        };
        match self.kind(relocation.kind) {
            Some(kind) => format!("{text}@{kind}"),
            None => text,
        }
    }

    /// The kind of a relocation that is more than the address of what it names.
    fn kind(&self, kind: u32) -> Option<&'static str> {
        let machine = self.file.head.header.e_machine;
        let name = r_to_str(kind, machine);
        let short = name
            .strip_prefix("X86_64_")
            .or_else(|| name.strip_prefix("AARCH64_"))
            .unwrap_or(name);
        let plain = matches!(
            short,
            "64" | "32" | "32S" | "PC32" | "PC64" | "PC16" | "PC8" | "PLT32" | "ABS64" | "ABS32" | "PREL32" | "PREL64"
        ) || matches!(
            short,
            "CALL26" | "JUMP26" | "ADR_PREL_PG_HI21" | "ADR_PREL_LO21" | "ADD_ABS_LO12_NC"
        ) || short.starts_with("LDST");
        (!plain).then_some(short)
    }

    /// What is loaded at an address; `None` where nothing is.
    pub(super) fn at_address(&self, address: u64, size: Option<u64>, depth: usize) -> Option<String> {
        if let Some(Slot::Symbol(name)) = self.slot(address) {
            return Some(format!("{name}@slot"));
        }
        let (section, offset) = self.locate(address)?;
        Some(self.place(section, offset, size, depth))
    }

    /// What lies at a place of a section; `size` is how much of it is read, where that is known.
    pub(super) fn place(&self, section: usize, offset: u64, size: Option<u64>, depth: usize) -> String {
        if let Some((symbol, within)) = self.owner(section, offset) {
            return plus(&symbol.name, within.cast_signed());
        }
        let name = self.file.section_name(section);
        if self.is_code(section)
            && let Some(import) = self.stub(section, offset)
        {
            return format!("{import}@plt");
        }
        let content = self.part(section, offset, u64::MAX);
        if self.is_code(section) || self.is_empty_in_file(section) || content.is_empty() {
            return plus(&name, offset.cast_signed());
        }
        if size.is_none_or(|size| size == 0)
            && let Some(text) = string(content)
        {
            return text;
        }
        if size.is_none_or(|size| size == 0)
            && let Some(table) = self.jump_table(section, offset)
        {
            return table;
        }
        if depth >= DEPTH {
            return format!("({name})");
        }
        let end = self
            .bound(section, offset)
            .map_or(u64::MAX, |end| end.saturating_sub(offset));
        let known = size.filter(|&size| size > 0).or_else(|| self.label(section, offset));
        let length = known.unwrap_or(end).min(content.len() as u64);
        let shown = length.min(DATUM);
        let mut items = self.items(section, offset, shown, depth + 1);
        if known.is_some() && shown < length {
            items.push(format!("and {} more", length - shown));
        }
        format!("{{{}}}", items.join(" "))
    }

    /// A table of a linked program whose words, counted from the table, all lead into one function.
    fn jump_table(&self, section: usize, offset: u64) -> Option<String> {
        if self.relocatable || !offset.is_multiple_of(4) {
            return None;
        }
        let address = self.file.sections.get(section)?.sh_addr.wrapping_add(offset);
        let words = self.part(section, offset, JUMPS * 4).chunks_exact(4);
        let mut owner: Option<String> = None;
        let mut shown = Vec::new();
        for word in words {
            let word = i32::from_le_bytes(word.try_into().ok()?);
            let led = self.locate(address.wrapping_add_signed(i64::from(word)));
            let Some((symbol, within)) = led
                .filter(|(section, _)| self.is_code(*section))
                .and_then(|(section, place)| self.owner(section, place))
            else {
                break;
            };
            if *owner.get_or_insert_with(|| symbol.name.clone()) != symbol.name {
                break;
            }
            shown.push(format!("{within:#x}"));
        }
        // A single word may lead there by chance.
        (shown.len() > 1).then(|| format!("{{jumps to {}+ {}}}", owner.unwrap_or_default(), shown.join(" ")))
    }

    /// A datum as runs of at most eight bytes and pointers.
    pub(super) fn items(&self, section: usize, offset: u64, size: u64, depth: usize) -> Vec<String> {
        let bytes = self.part(section, offset, size);
        let mut items = Vec::new();
        let mut run: Vec<String> = Vec::new();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let pointer = self.pointer(section, offset, at as u64, depth);
            if (pointer.is_some() || run.len() == 8) && !run.is_empty() {
                items.push(std::mem::take(&mut run).concat());
            }
            match pointer {
                Some((width, text)) => {
                    items.push(format!("&{text}"));
                    at += width;
                }
                None => {
                    run.push(format!("{byte:02x}"));
                    at += 1;
                }
            }
        }
        if !run.is_empty() {
            items.push(run.concat());
        }
        items
    }

    /// The width of the pointer at a distance into a datum, and what it points to.
    fn pointer(&self, section: usize, datum: u64, distance: u64, depth: usize) -> Option<(usize, String)> {
        let offset = datum.wrapping_add(distance);
        if let Some(relocation) = self.relocation(section, offset) {
            let wide = matches!(relocation.kind, 1 | 24 | 257 | 260);
            // A word of a table counts from the table, though its relocation counts from the word.
            let relative = self.is_pc_relative(relocation.kind) || matches!(relocation.kind, 260..=262);
            let ahead = if relative { -distance.cast_signed() } else { 0 };
            return Some((if wide { 8 } else { 4 }, self.target(relocation, ahead, None, depth)));
        }
        if self.relocatable {
            return None;
        }
        let address = self.file.sections.get(section)?.sh_addr.wrapping_add(offset);
        match self.slot(address) {
            Some(Slot::Symbol(name)) => return Some((8, name.clone())),
            Some(Slot::Address(to)) => return Some((8, self.at_address(*to, None, depth)?)),
            None => {}
        }
        if !self.fixed || address % 8 != 0 {
            return None;
        }
        let word: [u8; 8] = self.part(section, offset, 8).try_into().ok()?;
        Some((8, self.at_address(u64::from_le_bytes(word), None, depth)?))
    }

    /// The import that a stub of the procedure linkage table leads to.
    fn stub(&self, section: usize, offset: u64) -> Option<String> {
        if !self.file.section_name(section).starts_with(".plt") {
            return None;
        }
        let address = self.file.sections.get(section)?.sh_addr.wrapping_add(offset);
        let slot = super::x86::jumps_through(self.part(section, offset, 16), address)
            .or_else(|| super::arm64::jumps_through(self.part(section, offset, 16), address))?;
        match self.slot(slot)? {
            Slot::Symbol(name) => Some(name.clone()),
            Slot::Address(_) => None,
        }
    }
}

/// A name and a distance from it.
pub(super) fn plus(name: &str, distance: i64) -> String {
    match distance {
        0 => name.to_owned(),
        1.. => format!("{name}+{distance:#x}"),
        _ => format!("{name}-{:#x}", distance.unsigned_abs()),
    }
}

/// Whether a byte is part of a printable string.
pub(super) fn printable(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte) || matches!(byte, b'\t' | b'\n' | b'\r')
}

/// Text that ends in a NUL, quoted.
fn string(content: &[u8]) -> Option<String> {
    let length = content.iter().take(LONGEST).position(|&byte| byte == 0)?;
    let text = content.get(..length)?;
    // One character is as well a small number.
    if text.len() < 2 || !text.iter().all(|&byte| printable(byte) || byte >= 0x80) {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    let shown: String = text.chars().take(TEXT).collect();
    let more = text.len() - shown.len();
    Some(match more {
        0 => format!("{shown:?}"),
        _ => format!("{shown:?} and {more} more"),
    })
}
