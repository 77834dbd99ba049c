//! One section, as its header says it.

use crate::model::Span;
use goblin::elf::{SectionHeader, section_header::SHF_COMPRESSED};

/// One section.
pub(super) struct Section {
    /// Its name; the n-th of a name has ` #n` behind it, so that a header and its section are paired alike.
    pub(super) label: String,
    /// What it holds: the label without its count, `.debug_x` for `.zdebug_x`.
    pub(super) known: String,
    pub(super) header: SectionHeader,
    /// Its bytes in the file; empty for SHT_NOBITS.
    pub(super) span: Span,
    /// True when no other section or table claims its bytes, so that it is a part of its own.
    pub(super) placed: bool,
}

impl Section {
    pub(super) fn has(&self, flag: u32) -> bool {
        self.header.sh_flags & u64::from(flag) != 0
    }
    pub(super) fn is(&self, kind: u32) -> bool {
        self.header.sh_type == kind
    }
    /// The section that it refers to.
    pub(super) fn link(&self) -> usize {
        self.header.sh_link as usize
    }
    /// Of relocations: the section that they change.
    pub(super) fn info(&self) -> usize {
        self.header.sh_info as usize
    }
    /// The label without its count; `.debug_x` for `.zdebug_x`.
    pub(super) fn name(&self) -> &str {
        &self.known
    }
    /// Its bytes are not what it holds.
    pub(super) fn compressed(&self) -> bool {
        self.has(SHF_COMPRESSED) || self.label.starts_with(".zdebug_")
    }
}
