//! Where the fields of ELF's structures lie, in either class: by the offsets of goblin's.

use crate::format::structures::{Layout, layout};
use goblin::container::Ctx;

/// goblin's structures of 64-bit files.
mod wide {
    pub(super) use goblin::elf::compression_header::compression_header64 as compression_header;
    pub(super) use goblin::elf64::*;
}

/// And of 32-bit files.
mod narrow {
    pub(super) use goblin::elf::compression_header::compression_header32 as compression_header;
    pub(super) use goblin::elf32::*;
}

macro_rules! structures {
    ($($name:ident: $module:ident::$structure:ident $fields:tt)+) => {
        $(pub(super) fn $name(ctx: Ctx) -> Layout {
            if ctx.is_big() {
                layout!(wide::$module::$structure $fields)
            } else {
                layout!(narrow::$module::$structure $fields)
            }
        })+
    };
}

structures! {
    file: header::Header {
        e_ident: "identification",
        e_type: "type",
        e_machine: "machine",
        e_version: "version",
        e_entry: "entry point",
        e_phoff: "program headers offset",
        e_shoff: "section headers offset",
        e_flags: "flags",
        e_ehsize: "header size",
        e_phentsize: "program header size",
        e_phnum: "program header count",
        e_shentsize: "section header size",
        e_shnum: "section header count",
        e_shstrndx: "section names index",
    }
    section: section_header::SectionHeader {
        sh_name: "name",
        sh_type: "type",
        sh_flags: "flags",
        sh_addr: "address",
        sh_offset: "offset",
        sh_size: "size",
        sh_link: "link",
        sh_info: "info",
        sh_addralign: "alignment",
        sh_entsize: "entry size",
    }
    segment: program_header::ProgramHeader {
        p_type: "type",
        p_flags: "flags",
        p_offset: "offset",
        p_vaddr: "virtual address",
        p_paddr: "physical address",
        p_filesz: "file size",
        p_memsz: "memory size",
        p_align: "alignment",
    }
    symbol: sym::Sym {
        st_name: "name",
        st_info: "info",
        st_other: "visibility",
        st_shndx: "section",
        st_value: "value",
        st_size: "size",
    }
    dynamic: dynamic::Dyn { d_tag: "tag", d_val: "value" }
    relocation: reloc::Rela { r_offset: "place", r_info: "symbol and type", r_addend: "addend" }
    compression: compression_header::CompressionHeader { ch_type: "type", ch_size: "size", ch_addralign: "alignment" }
}
